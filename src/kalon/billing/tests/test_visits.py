"""A visit that waits for payment: its bill, its confirmation, its cancellation, its other day."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kalon.billing import actions, queries
from kalon.billing.actions import embedded
from kalon.billing.lifecycles import BillStatus
from kalon.billing.models import Bill, BillLine
from kalon.billing.tests.clinic import Clinic
from kalon.kernel import clock, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as
from kalon.messaging import queries as messages
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest
from kalon.scheduling.lifecycles import Source

MORNING = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def half_past_eight():
    with clock.at(MORNING):
        yield


def on_the_wall(day: int, hour: int) -> datetime:
    """A time on the branch's wall clock."""
    return datetime.combine(date(2026, 11, day), time(hour))


def book(clinic: Clinic, *, by: Actor, hour: int = 11, source: str = Source.FRONT_DESK) -> Any:
    return scheduling.book(
        BookingRequest(
            patient_id=clinic.patient.pk, branch_id=clinic.branch.pk, service_id=clinic.consultation.pk,
            start=on_the_wall(25, hour), source=source,
        ),
        by=by,
    )  # fmt: skip


def bill_of(clinic: Clinic, visit: Any) -> Bill:
    with acting_as(clinic.system):
        bill = queries.bill_for_appointment(visit.pk, seen_by=clinic.system)
    assert bill is not None
    return bill


def run_jobs(clinic: Clinic) -> None:
    with acting_as(clinic.system):
        outbox.run_due()


def test_a_booking_at_the_desk_is_billed_and_confirmed_by_paying(clinic: Clinic):
    visit = book(clinic, by=clinic.desk)
    bill = bill_of(clinic, visit)
    assert (visit.status, bill.status, bill.total) == ("PENDING_PAYMENT", BillStatus.FINALIZED, Decimal("800.00"))
    clinic.pay(bill, "300")
    assert clinic.again(visit).status == "PENDING_PAYMENT"
    clinic.pay(bill, "500", method="UPI")
    assert clinic.again(visit).status == "CONFIRMED"
    with acting_as(clinic.desk):
        assert actions.bill_appointment(visit.pk, by=clinic.desk).pk == bill.pk


def test_a_patients_own_booking_is_billed_in_their_own_name(clinic: Clinic, django_capture_on_commit_callbacks: Any):
    by = clinic.as_patient(clinic.patient)
    visit = book(clinic, by=by, source=Source.SELF_SERVICE)
    with acting_as(by):
        [bill] = queries.bills(seen_by=by)
    assert (visit.status, bill.status, bill.total, bill.number) == (
        "PENDING_PAYMENT", BillStatus.FINALIZED, Decimal("800.00"), "KOC/2627/00001",
    )  # fmt: skip
    payment = actions.start_online_payment(bill.pk, by=by)
    with django_capture_on_commit_callbacks(execute=True):
        embedded.decide(payment.checkout_token, pays=True, method="upi", by=clinic.system)
    assert (clinic.again(visit).status, clinic.again(bill).status) == ("CONFIRMED", BillStatus.PAID)
    run_jobs(clinic)  # the gateway posts again, as gateways do
    assert clinic.again(payment).allocated == Decimal("800.00")


def test_a_payment_is_answered_with_a_message(clinic: Clinic):
    clinic.pay(bill_of(clinic, book(clinic, by=clinic.desk)), "800")
    with acting_as(clinic.system):
        codes = [
            message.template_code for message in messages.messages(seen_by=clinic.system, patient_id=clinic.patient.pk)
        ]
    assert codes.count("payment-received") == 1


def test_a_cancelled_visits_money_waits_on_account(clinic: Clinic):
    visit = book(clinic, by=clinic.desk)
    bill = bill_of(clinic, visit)
    payment = clinic.pay(bill, "800")
    scheduling.cancel(visit.pk, "Has a cold", by=clinic.as_patient(clinic.patient))
    run_jobs(clinic)
    assert (clinic.again(bill).status, clinic.again(payment).on_account) == (BillStatus.VOID, Decimal("800.00"))


def test_a_paid_visit_keeps_its_bill_on_another_day(clinic: Clinic):
    visit = book(clinic, by=clinic.desk)
    bill = bill_of(clinic, visit)
    clinic.pay(bill, "800")
    moved = scheduling.reschedule(visit.pk, on_the_wall(26, 12), "Asked to", by=clinic.desk)
    run_jobs(clinic)
    assert (clinic.again(moved).status, bill_of(clinic, moved).pk) == ("CONFIRMED", bill.pk)


def test_an_unpaid_visit_on_another_day_is_confirmed_by_the_same_bill(clinic: Clinic):
    visit = book(clinic, by=clinic.desk)
    moved = scheduling.reschedule(visit.pk, on_the_wall(26, 12), "Asked to", by=clinic.desk)
    clinic.pay(bill_of(clinic, moved), "800")
    assert clinic.again(moved).status == "CONFIRMED"
    with acting_as(clinic.system):
        assert Bill.objects.count() == 1


def test_money_for_a_visit_that_lapsed_is_never_lost(clinic: Clinic, django_capture_on_commit_callbacks: Any):
    by = clinic.as_patient(clinic.patient)
    visit = book(clinic, by=by, source=Source.SELF_SERVICE)
    payment = actions.start_online_payment(bill_of(clinic, visit).pk, by=by)
    scheduling.cancel(visit.pk, "Not paid in time", by=clinic.system)
    run_jobs(clinic)
    with clock.at(MORNING + timedelta(minutes=2)), django_capture_on_commit_callbacks(execute=True):
        embedded.decide(payment.checkout_token, pays=True, method="upi", by=clinic.system)
    assert clinic.again(payment).on_account == Decimal("800.00")


def test_the_database_lets_a_patient_bill_only_the_price_they_were_shown(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
):
    """The planted fault: a reaction that halves the price in the patient's own unit of work."""
    honest = BillLine.save

    def halved(line: BillLine, *args: Any, **kwargs: Any) -> None:
        line.unit_price, line.taxable, line.total = line.unit_price / 2, line.taxable / 2, line.total / 2
        honest(line, *args, **kwargs)

    monkeypatch.setattr(BillLine, "save", halved)
    with pytest.raises(Exception, match="only the booked service may be billed, at the price that was shown"):
        book(clinic, by=clinic.as_patient(clinic.patient), source=Source.SELF_SERVICE)
