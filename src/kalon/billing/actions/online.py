"""Paying through a gateway: a payment waits, the gateway's signed word settles it."""

import secrets
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from django.utils.http import url_has_allowed_host_and_scheme

from kalon.billing import queries
from kalon.billing.actions import gateways
from kalon.billing.actions.gateways import GatewayWord
from kalon.billing.actions.locks import locked_bill, locked_payment
from kalon.billing.actions.receiving import at_most_owed, mark_received, must_be_open, put_on_bill, tell
from kalon.billing.lifecycles import PAY, PAYMENT, TAKE_PAYMENT, PaymentStatus
from kalon.billing.models import Bill, GatewayEvent, Payment
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import KeyReused, NotFound, NotPermitted
from kalon.kernel.tenancy import verb

WAITS = timedelta(minutes=20)


@verb
def start_online_payment(
    bill_id: UUID, key: str = "", *, amount: Decimal | None = None, return_url: str = "", by: Actor
) -> Payment:
    """Open a checkout for what is to be paid now on a bill: a deposit, or all that is owed, unless `amount` is said.

    A checkout over the same amount that is still open is given again.
    """
    bill = locked_bill(bill_id, by=by)
    if not (by.may(PAY) or by.may(TAKE_PAYMENT, at=bill.branch_id)):
        raise NotPermitted(f"{by.name} may not pay bills online. Ask at the desk.", permission=PAY)
    if key and (before := Payment.objects.filter(patient_id=bill.patient_id, key=key).first()):
        return _the_same(before, bill, amount)
    must_be_open(bill)
    asked = queries.due_now(bill, seen_by=by) if amount is None else at_most_owed(amount, bill)
    if open_one := _still_open(bill, asked):
        return open_one
    gateway = gateways.current()
    token = secrets.token_urlsafe(24)
    payment = Payment(
        organization_id=bill.organization_id,
        patient_id=bill.patient_id,
        branch=bill.branch,
        bill=bill,
        method=Payment.Method.ONLINE,
        amount=asked,
        currency=bill.currency,
        key=key or str(uuid4()),
        gateway=gateway.name,
        checkout_token=token,
        checkout_url=gateway.checkout_url(token),
        return_url=return_url if _is_ours(return_url) else "",
        expires_at=clock.now() + WAITS,
    )
    with refusing({"billing_payment_key_once": KeyReused("This key was used for another payment. Send a new key.")}):
        return PAYMENT.born(payment)  # type: ignore[no-any-return]


@verb
def settle_online(gateway: str, word: GatewayWord, *, by: Actor) -> str:
    """Take a gateway's verified word for what happened to a payment; says what came of it.

    Gateways repeat themselves and overtake themselves: the same word twice counts once, a refusal after a success
    changes nothing, and money that comes after the payment expired or failed is kept on account.
    """
    by.must(TAKE_PAYMENT, do="settle payments")
    if _known(gateway, word):
        return "duplicate"
    payment = _locked_with_bill(word.payment_id, by)
    if _known(gateway, word):  # the other one held the lock
        return "duplicate"
    outcome = _settle(payment, word, by=by) if payment else "unknown payment"
    with refusing({"billing_gatewayevent_once": _Repeated("Already known.")}):
        GatewayEvent.objects.create(
            organization_id=by.organization_id,
            gateway=gateway,
            event_id=word.event_id,
            kind=word.kind,
            occurred_at=word.occurred_at,
            payload=word.payload,
            payment=payment,
            outcome=outcome,
        )
    return outcome


@verb
def expire_waiting(*, by: Actor) -> int:
    """Let checkouts whose time is over expire; says how many."""
    by.must(TAKE_PAYMENT, do="expire payments")
    waiting = queries.payments(seen_by=by).filter(status=PaymentStatus.PENDING, expires_at__lt=clock.now())
    rows = list(waiting.select_for_update(of=("self",), skip_locked=True)[:500])
    for payment in rows:
        PAYMENT.move(payment, "expire", by=by, failure="Nobody paid in time.")
    return len(rows)


class _Repeated(NotFound):
    """Two deliveries of one word for an unknown payment met; the second is refused and comes again."""


def _settle(payment: Payment, word: GatewayWord, *, by: Actor) -> str:
    if word.kind == gateways.FAILED:
        if payment.status != PaymentStatus.PENDING:
            return "ignored"
        PAYMENT.move(payment, "fail", by=by, failure=word.reason[:200] or "Declined.")
        return "failed"
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


def _receive(payment: Payment, word: GatewayWord, *, by: Actor) -> str:
    mark_received(payment, by=by, gateway_reference=word.reference, reference=word.method)
    bill = payment.bill
    if bill is None or not bill.is_open:
        tell(payment, by=by)
        return "on account"
    put_on_bill(payment, bill, min(payment.amount, bill.owed), by=by)
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


def _still_open(bill: Bill, amount: Decimal) -> Payment | None:
    waiting = bill.payments.filter(status=PaymentStatus.PENDING, expires_at__gt=clock.now(), amount=amount)
    return waiting.first()


def _is_ours(url: str) -> bool:
    """Whether an address is a path of this site: the gateway sends nobody elsewhere."""
    return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)


def _the_same(before: Payment, bill: Bill, amount: Decimal | None) -> Payment:
    is_other = before.bill_id != bill.pk or before.method != Payment.Method.ONLINE
    if is_other or (amount is not None and before.amount != amount):
        raise KeyReused("This key was used for another payment. Send a new key.")
    return before
