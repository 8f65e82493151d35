"""Asking a gateway for a checkout, and what became of it: in steps that are each written down.

Before anything is asked a line BEGAN is committed under the key it is asked by; the asking happens in no unit of work,
so no lock of ours waits for a stranger; what was answered is written down in a second unit. Whoever is killed between
leaves a BEGAN without an answer: the next one asks under the same key, which is the same checkout, never a second one.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings

from kalon.billing import queries
from kalon.billing.actions import gateways
from kalon.billing.actions.accounts import account_of
from kalon.billing.actions.gateways import Account, GatewayWord, NoAnswer, Opened, Order, Refused
from kalon.billing.actions.hearing import settle_online
from kalon.billing.actions.locks import locked_bill, locked_payment
from kalon.billing.lifecycles import PAYMENT, TAKE_PAYMENT, PaymentStatus
from kalon.billing.models import GatewayCall, Payment
from kalon.kernel import actors, clock, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, IllegalMove, NotFound
from kalon.kernel.tenancy import acting_as, verb

Step = GatewayCall.Step
# A checkout of Stripe's lives at least half an hour and at most a day; so do all, so that clinics can say one thing.
SHORTEST, LONGEST = timedelta(minutes=31), timedelta(hours=23)
USED_UP = "This payment link is used up. Ask the clinic for a new one."
DO = "settle payments"


@verb
def behind(token: str, *, by: Actor) -> Payment:
    """The payment behind a link, for whoever has the link."""
    payment = queries.payments(seen_by=by).filter(checkout_token=token).first()
    if payment is None or (payment.gateway == gateways.PRACTICE and not settings.KALON_PRACTICE_GATEWAY):
        raise NotFound("This payment link is not known. Ask the clinic for a new one.")
    return payment


def go_to_gateway(token: str, return_url: str, *, by: Actor) -> str:
    """Where the payer goes on: the gateway's own page for this link. Opens its own units of work."""
    order, account, opened, gateway = begin_checkout(token, return_url, by=by)
    if opened is not None:
        return opened.url
    try:
        opened = gateways.named(gateway).open_checkout(order, account)
    except Refused as no:
        refuse_checkout(order.payment_id, order.key, str(no), by=by)
        raise Clash(f"The payment service refused: {no} Ask the clinic for another way to pay.") from None
    except NoAnswer as silence:
        lose_checkout(order.payment_id, order.key, str(silence), by=by)
        raise Clash("The payment service does not answer. Nothing was taken; try again in a minute.") from None
    keep_checkout(order.payment_id, order.key, opened, by=by)
    return opened.url


@verb
def begin_checkout(token: str, return_url: str, *, by: Actor) -> tuple[Order, Account, Opened | None, str]:
    """Write down that the gateway is about to be asked; what it answered before, if it did."""
    by.must(TAKE_PAYMENT, do=DO)
    found = behind(token, by=by)
    bill = locked_bill(found.bill_id, by=by) if found.bill_id else None
    payment = locked_payment(found.pk, by=by)
    now = clock.now()
    if payment.status != PaymentStatus.PENDING or (payment.expires_at and payment.expires_at <= now):
        raise IllegalMove(USED_UP)
    if bill is not None and (not bill.is_open or bill.owed < payment.amount):
        raise IllegalMove("Less is owed on this bill by now. Ask the clinic for a new payment link.")
    last = queries.calls_for(payment).last()
    if last is None:
        earliest, latest = now + SHORTEST, now + LONGEST
        payment.expires_at = min(max(payment.expires_at or earliest, earliest), latest)
        payment.save(update_fields=["expires_at"])
        _log(payment, Step.BEGAN)
    order = _order(payment, return_url, is_resumed=last is not None)
    answered = _answered(payment)
    return order, account_of(payment.gateway, by=by), answered, payment.gateway


@verb
def keep_checkout(payment_id: UUID, key: str, opened: Opened, *, by: Actor) -> None:
    """Write down where the gateway's page is."""
    payment = locked_payment(payment_id, by=by)
    if _answered(payment) is None:
        _log(payment, Step.ANSWERED, reference=opened.reference[:80], url=opened.url[:1000])


@verb
def lose_checkout(payment_id: UUID, key: str, detail: str, *, by: Actor) -> None:
    """Write down that the gateway did not answer: nobody knows, and it is asked again under the same key."""
    _log(locked_payment(payment_id, by=by), Step.NO_ANSWER, detail=detail[:300])


@verb
def refuse_checkout(payment_id: UUID, key: str, why: str, *, by: Actor) -> None:
    """Write down that the gateway refused to open a checkout; the payment failed."""
    payment = locked_payment(payment_id, by=by)
    _log(payment, Step.REFUSED, detail=why[:300])
    if payment.status == PaymentStatus.PENDING:
        PAYMENT.move(payment, "fail", by=by, failure=why[:200])


@verb
def expire_waiting(*, by: Actor) -> int:
    """Let checkouts whose time is over expire; says how many. Where a gateway was asked, it is asked first."""
    by.must(TAKE_PAYMENT, do="expire payments")
    waiting = queries.payments(seen_by=by).filter(status=PaymentStatus.PENDING, expires_at__lt=clock.now())
    asked = waiting.filter(calls__step=Step.BEGAN)
    rows = list(waiting.exclude(pk__in=asked.values("pk")).select_for_update(of=("self",), skip_locked=True)[:500])
    for payment in rows:
        PAYMENT.move(payment, "expire", by=by, failure="Nobody paid in time.")
    for payment in asked[:200]:
        outbox.defer(ask_after, organization_id=payment.organization_id, payment_id=payment.pk)
    return len(rows)


@verb
def ask_after_open(*, by: Actor) -> int:
    """Ask after checkouts that people went to and of which no word came; says how many. Webhooks do get lost."""
    by.must(TAKE_PAYMENT, do=DO)
    went = clock.now() - timedelta(minutes=4)
    waiting = queries.payments(seen_by=by).filter(status=PaymentStatus.PENDING, expires_at__gte=clock.now())
    rows = waiting.filter(calls__step=Step.ANSWERED, calls__at__lt=went).exclude(gateway=gateways.PRACTICE)[:200]
    for payment in rows:
        outbox.defer(ask_after, organization_id=payment.organization_id, payment_id=payment.pk)
    return len(rows)


@outbox.job(name="billing.ask_after", attempts=4, in_steps=True)
def ask_after(*, organization_id: UUID, payment_id: UUID) -> None:
    """Ask the gateway what became of a checkout and settle by its answer; one whose time is over is closed first."""
    by = actors.system("online payments", organization_id)
    with acting_as(by):
        payment = queries.payment(payment_id, seen_by=by)
        opened, account = _answered(payment), account_of(payment.gateway, by=by)
        order = _order(payment, payment.return_url, is_resumed=True)
        is_over = payment.expires_at is not None and payment.expires_at <= clock.now()
    if payment.status not in (PaymentStatus.PENDING, PaymentStatus.EXPIRED, PaymentStatus.FAILED):
        return
    gateway = gateways.named(payment.gateway)
    opened = opened or gateway.find_checkout(order, account)
    word = _became(gateway, opened, account, is_over) if opened else None
    if word is not None:
        settle_online(payment.gateway, word, by=by)
    elif is_over and payment.status == PaymentStatus.PENDING:
        give_up(payment_id, by=by)


@verb
def give_up(payment_id: UUID, *, by: Actor) -> None:
    """Nobody paid, the gateway says, and nobody can any more."""
    payment = locked_payment(payment_id, by=by)
    if payment.status == PaymentStatus.PENDING:
        PAYMENT.move(payment, "expire", by=by, failure="Nobody paid in time.")


def _became(gateway: gateways.Gateway, opened: Opened, account: Account, is_over: bool) -> GatewayWord | None:
    word = gateway.look(opened.reference, account)
    if word is None and is_over:
        gateway.close(opened.reference, account)
        word = gateway.look(opened.reference, account)  # somebody may have paid in between
        if word is None and gateway.name != gateways.PRACTICE:
            raise NoAnswer("The checkout could not be closed, and is not paid. It is asked after again.")
    return word


def _order(payment: Payment, return_url: str, *, is_resumed: bool) -> Order:
    assert payment.expires_at is not None
    label = f"Bill {payment.bill.number}" if payment.bill else "Payment on account"
    return Order(
        payment_id=payment.pk,
        key=f"checkout-{payment.pk}",
        amount=payment.amount,
        currency=payment.currency,
        label=label,
        expires_at=payment.expires_at,
        return_url=return_url,
        is_resumed=is_resumed,
    )


def _answered(payment: Payment) -> Opened | None:
    line = queries.calls_for(payment).filter(step=Step.ANSWERED).first()
    return Opened(reference=line.reference, url=line.url) if line else None


def _log(payment: Payment, step: str, **said: str) -> GatewayCall:
    return GatewayCall.objects.create(
        organization_id=payment.organization_id,
        patient_id=payment.patient_id,
        payment=payment,
        gateway=payment.gateway,
        kind=GatewayCall.Kind.CHECKOUT,
        step=step,
        key=f"checkout-{payment.pk}",
        **said,
    )
