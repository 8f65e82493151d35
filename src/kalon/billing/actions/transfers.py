"""Giving money on account to another patient: out of the one account and into the other in one step, or not at all."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from kalon.billing import queries, rules
from kalon.billing.actions.advances import REUSED, whole_amount
from kalon.billing.actions.receiving import mark_received
from kalon.billing.lifecycles import PAYMENT, REFUND, TRANSFER
from kalon.billing.models import AccountTransfer, Payment, Refund
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid
from kalon.kernel.money import ZERO
from kalon.kernel.reasons import reason_given
from kalon.kernel.tenancy import verb
from kalon.patients import queries as patients
from kalon.people import queries as people

SPENT = Clash("This money was put somewhere else meanwhile. Look at the account again.")


@verb
def transfer_on_account(
    patient_id: UUID, to_patient_id: UUID, amount: Decimal, reason: str, *, key: str = "", by: Actor
) -> AccountTransfer:
    """Give money on account to another patient of the clinic; what is kept for a plan or came by voucher stays."""
    by.must(TRANSFER, do="give money on account to another patient")
    giver = patients.patient(patient_id, seen_by=by)
    taker = patients.patient(to_patient_id, seen_by=by)
    if giver.pk == taker.pk:
        raise Invalid("This is the same patient. Choose another one.", field="to")
    asked = whole_amount(amount)
    why = reason_given(reason, "give the money to another patient")
    key = f"transfer:{key or uuid4()}"
    if before := Payment.objects.filter(patient_id=taker.pk, key=key).select_related("transfer").first():
        if (before.amount, before.transfer.patient_id) != (asked, giver.pk):
            raise REUSED
        return before.transfer
    made = _born(giver, taker, asked, why, key, by)
    left = asked
    for paid in _free(giver, asked, by):
        part = min(paid.on_account, left)
        _leave(paid, made, part, by)
        left -= part
        if not left:
            break
    mark_received(made.payment, by=by)
    return made


def _free(giver: Any, asked: Decimal, by: Actor) -> list[Payment]:
    """The payments with money that is free to give, held, the oldest first."""
    free = queries.on_account(giver.pk, seen_by=by).filter(plan=None).exclude(method=Payment.Method.VOUCHER)
    held = list(free.select_for_update(of=("self",)).order_by("pk"))
    sum_of = sum((paid.on_account for paid in held), ZERO)
    if sum_of < asked:
        raise Invalid(
            f"Only {rules.grouped(sum_of, held[0].currency if held else 'INR')} is on account that is kept for no plan "
            "and came by no voucher. Give that, or less.",
            field="amount",
        )
    return held


def _born(giver: Any, taker: Any, amount: Decimal, why: str, key: str, by: Actor) -> AccountTransfer:
    payment = Payment(
        organization_id=taker.organization_id,
        patient=taker,
        branch=people.own_branch(by),
        method=Payment.Method.TRANSFER,
        amount=amount,
        currency=people.organization(seen_by=by).currency,
        key=key[:120],
    )
    with refusing({"billing_payment_key_once": REUSED}):
        PAYMENT.born(payment)
    return AccountTransfer.objects.create(
        organization_id=giver.organization_id,
        patient=giver,
        to_patient=taker,
        payment=payment,
        amount=amount,
        reason=why,
        made_by_id=by.user_id,
        made_by_name=by.name[:120],
    )


def _leave(paid: Payment, transfer: AccountTransfer, amount: Decimal, by: Actor) -> None:
    refund = Refund(
        organization_id=paid.organization_id,
        patient_id=paid.patient_id,
        payment=paid,
        amount=amount,
        reason=transfer.reason,
        key=f"transfer:{transfer.pk}:{paid.pk.hex}",
        method=Payment.Method.TRANSFER,
        transfer=transfer,
        requested_by_id=by.user_id,
    )
    with refusing({"billing_payment_over_allocated": SPENT, "billing_payment_not_received": SPENT}):
        REFUND.born(refund, name="request")
    REFUND.move(refund, "approve", by=by, approved_by_id=by.user_id)
    REFUND.move(refund, "done", by=by, done_by_id=by.user_id)
