"""Eight at once, each with a connection of its own: the same money is never put down twice, no number is missed."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from kalon.billing import actions, queries
from kalon.billing.actions import LineDetails
from kalon.billing.actions.embedded import SIGNATURE, event_body, signature
from kalon.billing.actions.gateways import SUCCEEDED
from kalon.billing.models import Bill, BillLine, Payment, PaymentAllocation
from kalon.billing.tests.clinic import Clinic, open_clinic
from kalon.kernel import clock
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.errors import DomainError
from kalon.kernel.tenancy import acting_as
from kalon.pricing import actions as pricing
from kalon.pricing.actions import DiscountDetails
from kalon.pricing.queries import Asked

EIGHT = 8


@pytest.fixture
def clinic(own_database: str, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock():
        yield open_clinic()
        connection.close()


def test_eight_cashiers_on_one_bill(clinic: Clinic, at_once: Callable[..., list[Any]]):
    bill = clinic.bill()
    answers = at_once(lambda _: clinic.pay(bill, "300"))
    taken = [answer for answer in answers if isinstance(answer, Payment)]
    assert len(taken) == 2
    assert {refusal.code for refusal in answers if not isinstance(refusal, Payment)} == {"invalid"}
    again = clinic.again(bill)
    assert (again.status, again.allocated, again.owed) == ("PARTIALLY_PAID", Decimal("600.00"), Decimal("200.00"))


def test_eight_retries_of_one_request_pay_once(clinic: Clinic, at_once: Callable[..., list[Any]]):
    bill = clinic.bill()
    answers = at_once(lambda _: clinic.pay(bill, "100", key="one"))
    assert len({answer.pk for answer in answers}) == 1
    assert clinic.again(bill).allocated == Decimal("100.00")


def test_eight_deliveries_of_one_word_count_once(clinic: Clinic, at_once: Callable[..., list[Any]]):
    bill = clinic.bill()
    payment = actions.start_online_payment(bill.pk, by=clinic.desk)
    body = event_body(payment, SUCCEEDED, at=clock.now(), method="upi")
    header = {SIGNATURE: signature(body, clinic.organization.pk)}
    assert Counter(at_once(lambda _: actions.receive("embedded", header, body))) == {"received": 1, "duplicate": 7}
    assert clinic.again(bill).allocated == Decimal("800.00")


def test_money_on_account_goes_to_one_of_eight_bills(clinic: Clinic, at_once: Callable[..., list[Any]]):
    first = clinic.bill()
    payment = clinic.pay(first, "800")
    actions.void_bill(first.pk, "Twice", by=clinic.desk)
    bills = [clinic.bill() for _ in range(EIGHT)]
    answers = at_once(lambda which: actions.apply_on_account(payment.pk, bills[which].pk, by=clinic.desk))
    assert sum(isinstance(answer, Payment) for answer in answers) == 1
    assert clinic.again(payment).on_account == 0
    with acting_as(clinic.system):
        assert sum(bill.allocated for bill in Bill.objects.all()) == Decimal("800.00")
        assert queries.mismatches(seen_by=clinic.system) == []


def test_eight_desks_and_the_last_use_of_a_coupon(clinic: Clinic, at_once: Callable[..., list[Any]]):
    details = DiscountDetails(
        code="LAST", name="Last one", tier="PROMOTION", coupon="LAST", percent=Decimal(10), max_uses=1,
        valid_from=clock.today("Asia/Kolkata"),
    )  # fmt: skip
    discount = pricing.add_discount(details, by=clinic.system)
    bills = [actions.draft_bill(clinic.patient.pk, clinic.branch.pk, by=clinic.desk) for _ in range(EIGHT)]
    asked = LineDetails(service_id=clinic.consultation.pk, asked=Asked(coupon="LAST"))
    answers = at_once(lambda which: actions.add_line(bills[which].pk, asked, by=clinic.desk))
    assert sum(isinstance(answer, BillLine) for answer in answers) == 1
    refused = [answer for answer in answers if not isinstance(answer, BillLine)]
    assert all("as often as it may be" in answer.detail for answer in refused)
    with acting_as(clinic.system):
        assert discount.uses.count() == 1


def test_eight_sql_sessions_cannot_over_allocate_a_line(clinic: Clinic, at_once: Callable[..., list[Any]]):
    """Past Python altogether: plain INSERTs as the application's role."""
    payments = []
    for _ in range(EIGHT):
        bill = clinic.bill()
        payments.append(clinic.pay(bill, "800"))
        actions.release(bill.pk, "For the test", by=clinic.desk)
    draft = clinic.draft()
    line = actions.add_line(draft.pk, LineDetails(description="Cream", unit_price=Decimal("1700.00")), by=clinic.desk)
    actions.finalize(draft.pk, by=clinic.desk)

    def insert(which: int) -> str:
        with acting_as(clinic.system):
            try:
                with transaction.atomic():
                    PaymentAllocation.objects.create(
                        organization_id=draft.organization_id, patient_id=draft.patient_id, payment=payments[which],
                        bill_id=draft.pk, bill_line_id=line.pk, amount=Decimal("800.00"),
                    )  # fmt: skip
            except Exception as error:
                return broken_constraint(error.__cause__)
            return "done"

    assert Counter(at_once(insert)) == {"done": 2, "billing_bill_over_allocated": 6}
    with acting_as(clinic.system):
        assert BillLine.objects.get(pk=line.pk).bill.allocated == Decimal("1600.00")


def test_eight_finalise_and_no_number_is_missed(clinic: Clinic, at_once: Callable[..., list[Any]]):
    drafts = [[clinic.draft(clinic.consultation).pk for _ in range(4)] for _ in range(EIGHT)]

    def finalise(which: int) -> int:
        made = 0
        for turn, pk in enumerate(drafts[which]):
            try:
                with transaction.atomic():
                    actions.finalize(pk, by=clinic.desk)
                    if (which + turn) % 3 == 0:
                        raise ConnectionAbortedError("the desk's computer went off")
                made += 1
            except ConnectionAbortedError:
                pass
        return made

    made = sum(at_once(finalise))
    with acting_as(clinic.system):
        serials = sorted(Bill.objects.exclude(serial=None).values_list("serial", flat=True))
    assert 0 < made < EIGHT * 4
    assert serials == list(range(1, made + 1))


def test_eight_refunds_of_the_same_money(clinic: Clinic, at_once: Callable[..., list[Any]]):
    bill = clinic.bill()
    payment = clinic.pay(bill, "800")
    actions.void_bill(bill.pk, "Cancelled", by=clinic.desk)
    answers = at_once(
        lambda _: actions.request_refund(payment.pk, Decimal("300.00"), "Asked", str(uuid4()), by=clinic.desk)
    )
    assert sum(not isinstance(answer, DomainError) for answer in answers) == 2
    assert clinic.again(payment).on_account == Decimal("200.00")
