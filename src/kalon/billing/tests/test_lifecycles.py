"""Every pair of states by plain SQL: only drawn arrows pass, and only when the sums agree."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from kalon.billing import actions
from kalon.billing.lifecycles import PAYMENT, BillStatus, PaymentStatus, RefundStatus
from kalon.billing.models import Bill, Payment, Refund
from kalon.billing.tests.clinic import Clinic
from kalon.billing.tests.sql import DONE, attack
from kalon.kernel.tenancy import acting_as


def _paid(clinic: Clinic, amount: str) -> Bill:
    bill = clinic.bill()
    clinic.pay(bill, amount)
    return clinic.again(bill)


BILLS: dict[str, Callable[[Clinic], Bill]] = {
    BillStatus.DRAFT: lambda clinic: clinic.draft(clinic.consultation),
    BillStatus.FINALIZED: lambda clinic: clinic.bill(),
    BillStatus.PARTIALLY_PAID: lambda clinic: _paid(clinic, "300"),
    BillStatus.PAID: lambda clinic: _paid(clinic, "800"),
    BillStatus.VOID: lambda clinic: actions.void_bill(clinic.bill().pk, "Twice", by=clinic.desk),
    BillStatus.WRITTEN_OFF: lambda clinic: actions.write_off(clinic.bill().pk, "Moved away", by=clinic.desk),
}


def _waiting(clinic: Clinic) -> Payment:
    return actions.start_online_payment(clinic.bill().pk, by=clinic.desk)


def _ended(name: str) -> Callable[[Clinic], Payment]:
    def make(clinic: Clinic) -> Payment:
        payment = _waiting(clinic)
        with acting_as(clinic.system):
            PAYMENT.move(payment, name, by=clinic.system)
        return payment

    return make


def _on_account(clinic: Clinic) -> Payment:
    bill = clinic.bill()
    payment = clinic.pay(bill, "800")
    actions.release(bill.pk, "Wrong bill", by=clinic.desk)
    return clinic.again(payment)


def _refund(clinic: Clinic, *, amount: str = "800", steps: tuple[str, ...] = ()) -> Refund:
    refund = actions.request_refund(_on_account(clinic).pk, Decimal(amount), "Asked for it", by=clinic.desk)
    if "approve" in steps:
        actions.approve_refund(refund.pk, by=clinic.desk)
    if "done" in steps:
        actions.refund_done(refund.pk, "UTR 1", by=clinic.desk)
    if "fail" in steps:
        actions.refund_failed(refund.pk, "Bank refused", by=clinic.desk)
    return clinic.again(refund)


def _refunded(amount: str) -> Callable[[Clinic], Payment]:
    def make(clinic: Clinic) -> Payment:
        refund = _refund(clinic, amount=amount, steps=("approve", "done"))
        with acting_as(clinic.system):
            return Payment.objects.get(pk=refund.payment_id)

    return make


PAYMENTS: dict[str, Callable[[Clinic], Payment]] = {
    PaymentStatus.PENDING: _waiting,
    PaymentStatus.SUCCEEDED: _on_account,
    PaymentStatus.FAILED: _ended("fail"),
    PaymentStatus.EXPIRED: _ended("expire"),
    PaymentStatus.PARTIALLY_REFUNDED: _refunded("300"),
    PaymentStatus.REFUNDED: _refunded("800"),
}

REFUNDS: dict[str, Callable[[Clinic], Refund]] = {
    RefundStatus.REQUESTED: lambda clinic: _refund(clinic),
    RefundStatus.APPROVED: lambda clinic: _refund(clinic, steps=("approve",)),
    RefundStatus.DONE: lambda clinic: _refund(clinic, steps=("approve", "done")),
    RefundStatus.FAILED: lambda clinic: _refund(clinic, steps=("fail",)),
}

# What bare SQL may do without a reason, a number, a receipt or money: everything else is refused.
BARE = {
    ("billing_payment", "PENDING", "FAILED"),
    ("billing_payment", "PENDING", "EXPIRED"),
    ("billing_refund", "REQUESTED", "APPROVED"),
    ("billing_refund", "APPROVED", "DONE"),
}
STATES = [
    pytest.param(table, str(source), [str(target) for target in makers if target != source], make,
                 id=f"{table}: {source}")
    for table, makers in (("billing_bill", BILLS), ("billing_payment", PAYMENTS), ("billing_refund", REFUNDS))
    for source, make in makers.items()
]  # fmt: skip


@pytest.mark.parametrize(("table", "source", "targets", "make"), STATES)
def test_bare_sql_moves_nothing_that_is_not_so(
    clinic: Clinic, table: str, source: str, targets: list[str], make: Callable[[Clinic], Any]
):
    row = make(clinic)
    assert str(row.status) == source
    for target in targets:
        outcome = attack(f"UPDATE {table} SET status = %s WHERE id = %s", [target, row.pk], by=clinic.system)
        assert (outcome == DONE) is ((table, source, target) in BARE), (target, outcome)


@pytest.mark.parametrize("status", [status for status in BillStatus if status != BillStatus.DRAFT])
def test_a_bill_is_born_a_draft(clinic: Clinic, status: str):
    bill = clinic.draft()
    statement = """INSERT INTO billing_bill SELECT (jsonb_populate_record(bill, jsonb_build_object(
        'id', %s::text, 'status', %s::text))).* FROM billing_bill bill WHERE id = %s"""
    assert attack(statement, [str(uuid4()), status, bill.pk], by=clinic.system) == "billing_bill_status_moves"


def test_a_reason_opens_the_moves_that_need_one(clinic: Clinic):
    fail = """WITH why AS (SELECT set_config('kalon.reason', 'Wrong account', true))
        UPDATE billing_refund SET status = 'FAILED' FROM why WHERE id = %s"""
    refund = _refund(clinic)
    assert attack(fail, [refund.pk], by=clinic.system) == DONE
    bare = "UPDATE billing_refund SET status = 'FAILED' WHERE id = %s"
    assert attack(bare, [refund.pk], by=clinic.system) == "billing_refund_status_moves"
