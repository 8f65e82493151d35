"""Paying back what was paid online: sent by the outbox under its own key, done only on the gateway's word.

Killed between the gateway and our books, a refund has a line BEGAN and no answer. Then the gateway is asked whether it
has it; only when it clearly has not, it is asked for again, under the same key.
"""

from datetime import timedelta
from uuid import UUID

from kalon.billing import queries
from kalon.billing.actions import gateways
from kalon.billing.actions.accounts import account_of
from kalon.billing.actions.gateways import Account, MoneyBack, NoAnswer, RefundStands, Refused
from kalon.billing.actions.hearing import log_refund, settle_online
from kalon.billing.actions.locks import locked_refund
from kalon.billing.lifecycles import REFUND, REFUND_MONEY, RefundStatus
from kalon.billing.models import GatewayCall, Payment
from kalon.kernel import actors, clock, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import verb

Step = GatewayCall.Step
# Longer than any asking takes. Until then a line BEGAN without an answer is another worker at work, not a dead one.
AT_WORK = timedelta(seconds=90)
DO = "pay money back online"


@outbox.job(name="billing.send_refund", attempts=6, in_steps=True)
def send_refund(*, organization_id: UUID, refund_id: UUID) -> None:
    """Have the gateway pay an approved refund back, or find out what became of one it was asked for."""
    by = actors.system("online payments", organization_id)
    begun = begin_refund(refund_id, by=by)
    if begun is None:
        return
    asked, account, name, is_resumed = begun
    gateway = gateways.named(name)
    try:
        stands = gateway.find_refund(asked, account) if is_resumed else None
        stands = stands or gateway.refund(asked, account)
    except Refused as no:
        refuse_refund(refund_id, str(no), by=by)
        return
    except NoAnswer as silence:
        lose_refund(refund_id, str(silence), by=by)
        raise
    keep_refund(refund_id, stands, by=by)
    if stands.word is not None:
        settle_online(name, stands.word, by=by)


@verb
def begin_refund(refund_id: UUID, *, by: Actor) -> tuple[MoneyBack, Account, str, bool] | None:
    """Write down that the gateway is about to be asked to pay back. None: there is nothing to do, or another is at it.

    The last of what is given says whether it was begun before: then it is asked after, not asked for.
    """
    by.must(REFUND_MONEY, do=DO)
    refund = locked_refund(refund_id, by=by)
    payment = refund.payment
    if refund.status != RefundStatus.APPROVED or payment.method != Payment.Method.ONLINE:
        return None
    last = queries.refund_calls(refund).last()
    if last is not None and last.step == Step.BEGAN and clock.now() - last.at < AT_WORK:
        return None
    if last is None:
        log_refund(refund, Step.BEGAN)
    asked = MoneyBack(
        refund_id=refund.pk,
        payment_id=payment.pk,
        key=f"refund-{refund.pk}",
        of=payment.gateway_reference,
        amount=refund.amount,
        currency=payment.currency,
    )
    return asked, account_of(payment.gateway, by=by), payment.gateway, last is not None


@verb
def keep_refund(refund_id: UUID, stands: RefundStands, *, by: Actor) -> None:
    """Write down that the gateway has it; it is done when the gateway says so."""
    refund = locked_refund(refund_id, by=by)
    if not refund.calls.filter(step=Step.ANSWERED).exists():
        log_refund(refund, Step.ANSWERED, stands.reference)


@verb
def lose_refund(refund_id: UUID, detail: str, *, by: Actor) -> None:
    """Write down that nobody knows whether the gateway has it; it is asked after, not asked for again."""
    log_refund(locked_refund(refund_id, by=by), Step.NO_ANSWER, detail=detail)


@verb
def refuse_refund(refund_id: UUID, why: str, *, by: Actor) -> None:
    """The gateway will not pay it back: the refund failed for its reason, and the money is on account again."""
    refund = locked_refund(refund_id, by=by)
    if refund.status == RefundStatus.APPROVED:
        log_refund(refund, Step.REFUSED, detail=why)
        REFUND.move(refund, "fail", by=by, reason=f"The gateway refused: {why}")


@verb
def ask_after_refunds(*, by: Actor) -> int:
    """Take up approved refunds of online payments that are not settled: whoever was at them may be gone."""
    by.must(REFUND_MONEY, do=DO)
    rows = queries.refunds(seen_by=by).filter(
        status=RefundStatus.APPROVED, status_at__lt=clock.now() - AT_WORK, payment__method=Payment.Method.ONLINE
    )
    for refund in rows[:200]:
        outbox.defer(send_refund, organization_id=refund.organization_id, refund_id=refund.pk)
    return len(rows[:200])
