"""Taking an instalment at the desk: money for the treatment, which the database counts by itself."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.billing.lifecycles import OPEN_BILL, TAKE_PAYMENT
from kalon.installments import queries
from kalon.installments.actions.locks import fresh
from kalon.installments.lifecycles import OPEN
from kalon.installments.models import PaymentPlan
from kalon.installments.rules.words import cash
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid
from kalon.kernel.tenancy import verb


@verb
def pay(
    installment_id: UUID,
    method: str,
    amount: Decimal | None = None,
    *,
    reference: str = "",
    key: str = "",
    by: Actor,
) -> Any:
    """Take money at the desk for one instalment, and for what is still missing before it: all of it, or a part.

    Returns billing's payment; the same key again is the same payment. On an open bill of the treatment it goes at once.
    """
    part = queries.installment(installment_id, seen_by=by)
    agreement = queries.payment_plan(part.payment_plan_id, seen_by=by)
    key = key or str(uuid4())
    _in_turn(agreement, by=by)
    if before := _same(agreement, key, by=by):
        return _received(agreement, method, before.amount if amount is None else amount, reference, key, by=by)
    standing = queries.standing_of(agreement)
    wanted = next(one for one in standing.parts if one.pk == part.pk)
    _must_be_open(agreement)
    if not wanted.is_unpaid:
        raise IllegalMove(
            f"This instalment is {wanted.get_status_display().lower()}. Look at the payment plan again.",
            status_is=str(wanted.status),
        )
    most = standing.up_to(wanted)
    asked = most if amount is None else amount
    if not asked.is_finite() or asked > most:
        raise Invalid(
            f"{cash(most, agreement.currency)} is to come up to this instalment. Take that, or less.", field="amount"
        )
    return _taken(agreement, method, asked, reference, key, by=by)


@verb
def settle_early(payment_plan_id: UUID, method: str, *, reference: str = "", key: str = "", by: Actor) -> Any:
    """Take everything that is still to come, before its days: there was no interest, and there is no fee."""
    agreement = queries.payment_plan(payment_plan_id, seen_by=by)
    key = key or str(uuid4())
    _in_turn(agreement, by=by)
    if before := _same(agreement, key, by=by):
        return _received(agreement, method, before.amount, reference, key, by=by)
    _must_be_open(agreement)
    return _taken(agreement, method, agreement.owed, reference, key, by=by)


def _in_turn(agreement: PaymentPlan, *, by: Actor) -> None:
    """Who takes money for one payment plan takes turns: before any other lock, so that nobody waits in a circle."""
    by.must(TAKE_PAYMENT, at=agreement.branch_id, do="take payments")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))", [str(agreement.plan_id)])
    fresh(agreement)


def _must_be_open(agreement: PaymentPlan) -> None:
    if agreement.status not in OPEN:
        raise IllegalMove(
            f"The payment plan is {agreement.get_status_display().lower()}: nothing is to come on it.",
            status_is=str(agreement.status),
        )


def _taken(agreement: PaymentPlan, method: str, amount: Decimal, reference: str, key: str, *, by: Actor) -> Any:
    """Receive it: billing puts it on the treatment's open bill at once. See that it is not more than was asked for.

    The bills are locked before the receipt's number is taken, as whoever takes money on a bill does it.
    """
    rows = bills.bills(seen_by=by).filter(lines__plan_id=agreement.plan_id, status__in=OPEN_BILL)
    waiting = {row.pk for row in rows}
    list(bills.bills(seen_by=by).select_for_update(of=("self",)).filter(pk__in=waiting).order_by("pk"))
    payment = _received(agreement, method, amount, reference, key, by=by)
    fresh(agreement)
    if agreement.received > agreement.total - agreement.waived:
        raise Invalid("Somebody took money for this payment plan meanwhile. Look at what is left.", field="amount")
    return bills.payment(payment.pk, seen_by=by)


def _received(agreement: PaymentPlan, method: str, amount: Decimal, reference: str, key: str, *, by: Actor) -> Any:
    branch_id = by.branch_id or agreement.branch_id
    return billing.receive_advance(
        agreement.patient_id, branch_id, method, amount, plan_id=agreement.plan_id, reference=reference, key=key, by=by
    )


def _same(agreement: PaymentPlan, key: str, *, by: Actor) -> Any:
    return bills.payments(seen_by=by).filter(patient_id=agreement.patient_id, key=key).first()
