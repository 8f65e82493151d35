"""Hearing a gateway: its signed word, or what it answers when asked, settles payments and refunds."""

import json
from collections.abc import Mapping
from uuid import UUID

from kalon.billing import queries
from kalon.billing.actions import gateways
from kalon.billing.actions.accounts import account_of
from kalon.billing.actions.correcting import mark_refunded
from kalon.billing.actions.gateways import BadSignature, GatewayWord
from kalon.billing.actions.locks import locked_bill, locked_payment, locked_refund
from kalon.billing.actions.receiving import mark_received, put_on_bill, tell
from kalon.billing.lifecycles import PAYMENT, REFUND, TAKE_PAYMENT, PaymentStatus, RefundStatus
from kalon.billing.models import GatewayCall, GatewayEvent, Payment, Refund
from kalon.kernel import actors
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, NotFound
from kalon.kernel.money import ZERO
from kalon.kernel.tenancy import verb

LONGEST_UNSIGNED = 20_000
# The gateway sends it again, and we ask after it; by then it is the next day, which takes money.
TOMORROW = Clash("This day's books are closed. The money is dated tomorrow: send this again.")


def receive(gateway: str, headers: Mapping[str, str], body: bytes, organization_id: UUID | None = None) -> str:
    """A webhook arrived: believe it if it is signed, then settle as the system. Says what came of it.

    The practice gateway says in the body whose it is; the others post to the clinic's own address.
    """
    adapter = gateways.named(gateway)
    if organization_id is None:
        organization_id = _account_in(gateway, body)
    by = actors.system(f"the {gateway} payment gateway", organization_id)
    return settle_online(gateway, adapter.read(headers, body, account_of(gateway, by=by)), by=by)


@verb
def settle_online(gateway: str, word: GatewayWord, *, by: Actor) -> str:
    """Take a gateway's verified word for what happened to a payment or a refund; says what came of it.

    Gateways repeat themselves and overtake themselves: the same word twice counts once, a refusal after a success
    changes nothing, and money that comes after the payment expired or failed is kept on account.
    """
    by.must(TAKE_PAYMENT, do="settle payments")
    if _known(gateway, word):
        return "duplicate"
    refund = _locked_refund(word, by) if word.refund_id else None
    payment = refund.payment if refund else _locked_with_bill(word.payment_id, by)
    if _known(gateway, word):  # the other one held the lock
        return "duplicate"
    if payment is not None and payment.gateway != gateway:
        payment, refund, outcome = None, None, "of another gateway"
    else:
        with refusing({"tills_day_closed": TOMORROW}):
            outcome = _outcome(payment, refund, word, by=by)
    with refusing({"billing_gatewayevent_once": _Repeated("Already known.")}):
        GatewayEvent.objects.create(
            organization_id=by.organization_id,
            gateway=gateway,
            event_id=word.event_id,
            kind=word.kind,
            occurred_at=word.occurred_at,
            payload=word.payload,
            payment=payment,
            refund=refund,
            outcome=outcome,
        )
    return outcome


def _outcome(payment: Payment | None, refund: Refund | None, word: GatewayWord, *, by: Actor) -> str:
    if word.kind in gateways.OF_REFUNDS:
        return _settle_refund(refund, word, by=by) if refund else "unknown refund"
    return _settle(payment, word, by=by) if payment else "unknown payment"


class _Repeated(NotFound):
    """Two deliveries of one word for an unknown payment met; the second is refused and comes again."""


def _settle(payment: Payment, word: GatewayWord, *, by: Actor) -> str:
    if word.kind in (gateways.FAILED, gateways.EXPIRED):
        if payment.status != PaymentStatus.PENDING:
            return "ignored"
        move = "fail" if word.kind == gateways.FAILED else "expire"
        PAYMENT.move(payment, move, by=by, failure=word.reason[:200] or "Declined.")
        return "failed" if word.kind == gateways.FAILED else "expired"
    if word.kind != gateways.SUCCEEDED:
        return "ignored"
    if word.currency != payment.currency:
        return "wrong currency"
    if Payment.objects.filter(gateway=payment.gateway, gateway_reference=word.reference).exists():
        return "duplicate"
    in_time = payment.expires_at is None or word.occurred_at <= payment.expires_at
    if payment.status == PaymentStatus.PENDING and not in_time:
        PAYMENT.move(payment, "expire", by=by, failure="The money came too late.")
    if payment.status == PaymentStatus.PENDING and word.amount == payment.amount:
        return _receive(payment, word, by=by)
    if payment.status == PaymentStatus.PENDING:
        PAYMENT.move(payment, "fail", by=by, failure="The gateway took another amount; it is on account.")
    return _receive_late(payment, word, by=by)


def _settle_refund(refund: Refund, word: GatewayWord, *, by: Actor) -> str:
    if (word.amount, word.currency) != (refund.amount, refund.payment.currency):
        return "wrong amount"
    done = word.kind == gateways.REFUNDED
    if refund.status == RefundStatus.DONE:
        return "duplicate" if done else "failed after it was done"
    if refund.status == RefundStatus.FAILED:
        return "paid back after it failed" if done else "duplicate"
    if refund.status != RefundStatus.APPROVED:
        return "ignored"
    log_refund(refund, GatewayCall.Step.SETTLED if done else GatewayCall.Step.REFUSED, word.reference, word.reason)
    if done:
        mark_refunded(refund, word.reference, by=by)
        return "paid back"
    REFUND.move(refund, "fail", by=by, reason=word.reason or "The gateway could not pay the money back.")
    return "not paid back"


def log_refund(refund: Refund, step: str, reference: str = "", detail: str = "") -> GatewayCall:
    """Write down one step of paying a refund back."""
    return GatewayCall.objects.create(
        organization_id=refund.organization_id,
        patient_id=refund.patient_id,
        payment_id=refund.payment_id,
        refund=refund,
        gateway=refund.payment.gateway,
        kind=GatewayCall.Kind.REFUND,
        step=step,
        key=f"refund-{refund.pk}",
        reference=reference[:80],
        detail=detail[:300],
    )


def _receive(payment: Payment, word: GatewayWord, *, by: Actor) -> str:
    mark_received(payment, by=by, gateway_reference=word.reference, reference=word.method)
    bill = payment.bill
    amount = min(payment.amount, queries.owed_to(payment, bill)) if bill is not None and bill.is_open else ZERO
    if bill is None or not amount:
        tell(payment, by=by)
        return "on account"
    put_on_bill(payment, bill, amount, by=by)
    return "received"


def _receive_late(first: Payment, word: GatewayWord, *, by: Actor) -> str:
    """Money for a payment that was given up: a payment of its own, on account, never lost."""
    payment = Payment(
        organization_id=first.organization_id,
        patient_id=first.patient_id,
        branch=first.branch,
        method=Payment.Method.ONLINE,
        amount=word.amount,
        currency=first.currency,
        key=f"late:{first.gateway}:{word.reference}",
        gateway=first.gateway,
        plan_id=first.plan_id,
        late_for=first,
    )
    PAYMENT.born(payment)
    mark_received(payment, by=by, gateway_reference=word.reference, reference=word.method)
    tell(payment, by=by)
    return "on account"


def _locked_with_bill(payment_id: UUID | None, by: Actor) -> Payment | None:
    """The payment under lock, its bill locked before it."""
    found = queries.payments(seen_by=by).filter(pk=payment_id).first() if payment_id else None
    if found is None:
        return None
    bill = locked_bill(found.bill_id, by=by) if found.bill_id else None
    payment = locked_payment(found.pk, by=by)
    payment.bill = bill
    return payment


def _known(gateway: str, word: GatewayWord) -> bool:
    return GatewayEvent.objects.filter(gateway=gateway, event_id=word.event_id).exists()


def _locked_refund(word: GatewayWord, by: Actor) -> Refund | None:
    """The refund under lock after its payment; one of another payment than the gateway says is not the one it means."""
    assert word.refund_id is not None
    if not queries.refunds(seen_by=by).filter(pk=word.refund_id).exists():
        return None
    refund = locked_refund(word.refund_id, by=by)
    return refund if word.payment_id in (None, refund.payment_id) else None


def _account_in(gateway: str, body: bytes) -> UUID:
    if gateway != gateways.PRACTICE:
        raise NotFound("This is not the address of a clinic's payment gateway.")
    if len(body) > LONGEST_UNSIGNED:
        raise BadSignature("This message is too long to be a payment event.")
    try:
        return UUID(str(json.loads(body)["account"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadSignature("This message is not a payment event.") from None
