"""A deposit confirms a visit while its bill stays over the whole; paying online asks for the deposit first."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from kalon.billing import actions, queries
from kalon.billing.actions import embedded
from kalon.billing.actions.paper import receipt_data
from kalon.billing.lifecycles import BillStatus
from kalon.billing.models import Bill
from kalon.billing.tests.clinic import Clinic
from kalon.billing.tests.test_visits import bill_of, book, on_the_wall, run_jobs
from kalon.catalog import actions as catalog
from kalon.catalog.models import Service
from kalon.kernel import clock
from kalon.kernel.errors import Invalid
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest
from kalon.scheduling.lifecycles import Source

MORNING = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def half_past_eight() -> Iterator[None]:
    with clock.at(MORNING):
        yield


@pytest.fixture
def with_deposit(clinic: Clinic) -> Clinic:
    """The consultation (800) asks for a deposit of 25 %."""
    offer(clinic, prepayment="DEPOSIT", deposit_percent=25)
    return clinic


def offer(clinic: Clinic, **changes: Any) -> None:
    with acting_as(clinic.system):
        Service.objects.filter(pk=clinic.consultation.pk).update(**changes)


def due(clinic: Clinic, bill: Bill) -> Decimal:
    with acting_as(clinic.desk):
        return queries.due_now(clinic.again(bill), seen_by=clinic.desk)


def test_the_deposit_confirms_the_visit_and_the_rest_stays_owed(with_deposit: Clinic) -> None:
    clinic = with_deposit
    visit = book(clinic, by=clinic.desk)
    bill = bill_of(clinic, visit)
    assert (visit.status, visit.amount_due, bill.total) == ("PENDING_PAYMENT", Decimal("200.00"), Decimal("800.00"))
    assert due(clinic, bill) == Decimal("200.00")
    clinic.pay(bill, "150")
    assert (clinic.again(visit).status, due(clinic, bill)) == ("PENDING_PAYMENT", Decimal("50.00"))
    payment = clinic.pay(bill, "50")
    assert (clinic.again(visit).status, clinic.again(bill).status) == ("CONFIRMED", BillStatus.PARTIALLY_PAID)
    assert due(clinic, bill) == Decimal("600.00")
    with acting_as(clinic.desk):
        paper = receipt_data(queries.payment(payment.pk, seen_by=clinic.desk), by=clinic.desk)
    assert paper["owed"] == "600.00"
    assert paper["deposit"] == "This is the deposit for the visit on 25 November 2026, 11:00. It is confirmed."


def test_a_fixed_deposit_is_never_more_than_the_price(clinic: Clinic) -> None:
    offer(clinic, prepayment="DEPOSIT", deposit_amount=Decimal("500.00"))
    assert book(clinic, by=clinic.desk).amount_due == Decimal("500.00")
    offer(clinic, price=Decimal("300.00"))
    assert book(clinic, by=clinic.desk, hour=14).amount_due == Decimal("300.00")


def test_paying_online_asks_for_the_deposit_or_for_what_is_said(
    with_deposit: Clinic, django_capture_on_commit_callbacks: Any
) -> None:
    clinic = with_deposit
    by = clinic.as_patient(clinic.patient)
    visit = book(clinic, by=by, source=Source.SELF_SERVICE)
    bill = bill_of(clinic, visit)
    assert actions.start_online_payment(bill.pk, amount=Decimal("800"), by=by).amount == Decimal("800.00")
    for wrong in ("0", "800.01", "0.001"):
        with pytest.raises(Invalid):
            actions.start_online_payment(bill.pk, amount=Decimal(wrong), by=by)
    payment = actions.start_online_payment(bill.pk, by=by)
    assert payment.amount == Decimal("200.00")
    assert actions.start_online_payment(bill.pk, by=by).pk == payment.pk
    with django_capture_on_commit_callbacks(execute=True):
        embedded.decide(payment.checkout_token, pays=True, method="upi", by=clinic.system)
    assert (clinic.again(visit).status, clinic.again(bill).owed) == ("CONFIRMED", Decimal("600.00"))
    assert actions.start_online_payment(bill.pk, by=by).amount == Decimal("600.00")


def test_a_visit_that_was_asked_for_and_approved_is_paid_online(
    clinic: Clinic, django_capture_on_commit_callbacks: Any
) -> None:
    offer(clinic, is_auto_approved=False)
    by = clinic.as_patient(clinic.patient)
    visit = book(clinic, by=by, source=Source.SELF_SERVICE)
    assert visit.status == "REQUESTED"
    with acting_as(by):
        assert not queries.bills(seen_by=by).exists()
    scheduling.approve(visit.pk, by=clinic.system)
    bill = bill_of(clinic, visit)
    assert (clinic.again(visit).status, bill.status) == ("PENDING_PAYMENT", BillStatus.FINALIZED)
    payment = actions.start_online_payment(bill.pk, by=by)
    with django_capture_on_commit_callbacks(execute=True):
        embedded.decide(payment.checkout_token, pays=True, method="upi", by=clinic.system)
    assert clinic.again(visit).status == "CONFIRMED"


def test_a_deposit_goes_along_to_another_day(with_deposit: Clinic) -> None:
    clinic = with_deposit
    visit = book(clinic, by=clinic.desk)
    bill = bill_of(clinic, visit)
    moved = scheduling.reschedule(visit.pk, on_the_wall(26, 12), "Asked to", by=clinic.desk)
    clinic.pay(bill, "200")
    assert clinic.again(moved).status == "CONFIRMED"
    again = scheduling.reschedule(moved.pk, on_the_wall(27, 12), "Asked to", by=clinic.as_patient(clinic.patient))
    run_jobs(clinic)
    assert (clinic.again(again).status, bill_of(clinic, again).pk) == ("CONFIRMED", bill.pk)


def test_a_late_deposit_confirms_nothing_that_was_given_away(with_deposit: Clinic) -> None:
    clinic = with_deposit
    visit = book(clinic, by=clinic.desk)
    bill = bill_of(clinic, visit)
    scheduling.cancel(visit.pk, "Not paid in time", by=clinic.system)
    payment = clinic.pay(bill, "200")
    run_jobs(clinic)
    assert (clinic.again(visit).status, clinic.again(bill).status) == ("CANCELLED", BillStatus.VOID)
    assert clinic.again(payment).on_account == Decimal("200.00")


def test_a_bill_without_a_visit_is_due_as_a_whole(clinic: Clinic) -> None:
    bill = clinic.bill()
    assert due(clinic, bill) == bill.owed == Decimal("800.00")


def test_a_patient_books_and_pays_a_package_online(clinic: Clinic, django_capture_on_commit_callbacks: Any) -> None:
    package = catalog.add_package(
        {
            "code": "TWICE", "name": "Two consultations", "price": Decimal("1500"), "tax_code": "COSMETIC",
            "prepayment": "DEPOSIT", "deposit_amount": Decimal("300"), "is_self_bookable": True,
            "is_auto_approved": True, "needs_doctor": False,
        },
        [(clinic.consultation.pk, 2)],
        by=clinic.system,
    )  # fmt: skip
    by = clinic.as_patient(clinic.patient)
    wish = BookingRequest(
        patient_id=clinic.patient.pk, branch_id=clinic.branch.pk, package_id=package.pk, start=on_the_wall(25, 11),
        source=Source.SELF_SERVICE,
    )  # fmt: skip
    visit = scheduling.book(wish, by=by)
    bill = bill_of(clinic, visit)
    assert (visit.amount_due, bill.taxable, bill.total) == (Decimal("300.00"), Decimal("1500.00"), Decimal("1770.00"))
    payment = actions.start_online_payment(bill.pk, by=by)
    with django_capture_on_commit_callbacks(execute=True):
        embedded.decide(payment.checkout_token, pays=True, method="upi", by=clinic.system)
    assert (clinic.again(visit).status, clinic.again(bill).owed) == ("CONFIRMED", Decimal("1470.00"))
