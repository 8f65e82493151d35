"""Stripe: Checkout Sessions on Stripe's own pages, refunds of PaymentIntents, signed events.

Facts: docs.stripe.com/api (Checkout Sessions, PaymentIntents, Refunds, idempotent requests, errors) and
docs.stripe.com/webhooks (signatures). A session lives for 30 minutes to 24 hours; a key is kept for a day at least.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings

from kalon.billing.actions.gateways import add
from kalon.billing.actions.gateways.asking import SaidNo, ask
from kalon.billing.actions.gateways.minor import from_minor, to_minor
from kalon.billing.actions.gateways.port import (
    EXPIRED,
    FAILED,
    LONGEST_BODY,
    REFUND_FAILED,
    REFUNDED,
    SUCCEEDED,
    Account,
    BadSignature,
    GatewayWord,
    MoneyBack,
    NoAnswer,
    Opened,
    Order,
    RefundStands,
)
from kalon.billing.actions.gateways.signing import must_be_signed_in_time
from kalon.kernel import clock
from kalon.kernel.errors import Invalid

VERSION = "2024-06-20"  # of Stripe's API: what is written below is what that version says
SIGNATURE = "Stripe-Signature"
MOST_REFUNDS = 100
KEPT = ("id", "object", "status", "payment_status")  # of what it sends: no name, no address, no card
OF_REFUND = {"succeeded": REFUNDED, "failed": REFUND_FAILED, "canceled": REFUND_FAILED}


class Stripe:
    """The adapter. Its webhook address takes: checkout.session.*, payment_intent.succeeded, refund.*."""

    name: ClassVar[str] = "stripe"
    label: ClassVar[str] = "Stripe"

    def read(self, headers: Mapping[str, str], body: bytes, account: Account) -> GatewayWord:
        if len(body) > LONGEST_BODY:
            raise BadSignature("This message is too long to be a payment event.")
        must_be_signed_in_time(headers.get(SIGNATURE, ""), body, [text.encode() for text in account.webhook_secrets])
        try:
            event = json.loads(body)
            return _word(event["data"]["object"], str(event["type"]), str(event["id"]), event["created"])
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError, RecursionError):
            raise Invalid("The event lacks something.", field="data") from None

    def open_checkout(self, order: Order, account: Account) -> Opened:
        mark = {"payment": str(order.payment_id)}
        asked: dict[str, Any] = {
            "mode": "payment",
            "client_reference_id": str(order.payment_id),
            "success_url": order.return_url,
            "cancel_url": order.return_url,
            "expires_at": int(order.expires_at.timestamp()),
            "line_items[0][quantity]": 1,
            "line_items[0][price_data][currency]": order.currency.lower(),
            "line_items[0][price_data][unit_amount]": to_minor(order.amount, order.currency),
            "line_items[0][price_data][product_data][name]": order.label,
            **{f"metadata[{name}]": value for name, value in mark.items()},
            **{f"payment_intent_data[metadata][{name}]": value for name, value in mark.items()},
        }
        made = _ask("POST", "checkout/sessions", account, key=order.key, data=asked)
        if made.get("status") == "expired" or not made.get("url"):
            raise NoAnswer("Its checkout is closed already.")
        return Opened(reference=str(made["id"]), url=str(made["url"]))

    def find_checkout(self, order: Order, account: Account) -> Opened | None:
        return None  # sessions cannot be searched by our mark; asked for again under its key it is the same session

    def look(self, reference: str, account: Account) -> GatewayWord | None:
        if reference.startswith("pi_"):
            found = _ask("GET", f"payment_intents/{reference}", account)
            kind = {"succeeded": "payment_intent.succeeded", "canceled": "payment_intent.canceled"}.get(found["status"])
        else:
            found = _ask("GET", f"checkout/sessions/{reference}", account)
            kind = _session_kind(found)
        if kind is None:
            return None
        # a session is paid before its time is over, whenever it is asked after
        at = min(clock.now().timestamp(), found.get("expires_at") or found["created"])
        return _word(found, kind, f"asked-{reference}-{kind.rpartition('.')[2]}", at)

    def close(self, reference: str, account: Account) -> None:
        path = "payment_intents/{}/cancel" if reference.startswith("pi_") else "checkout/sessions/{}/expire"
        try:
            _ask("POST", path.format(reference), account, key=f"close-{reference}")
        except SaidNo:
            return  # it is paid, or closed already: whoever asks what became of it hears so

    def refund(self, asked: MoneyBack, account: Account) -> RefundStands:
        content = {
            "payment_intent": asked.of,
            "amount": to_minor(asked.amount, asked.currency),
            "metadata[refund]": str(asked.refund_id),
            "metadata[payment]": str(asked.payment_id),
        }
        return _stands(_ask("POST", "refunds", account, key=asked.key, data=content))

    def find_refund(self, asked: MoneyBack, account: Account) -> RefundStands | None:
        known = _ask("GET", "refunds", account, params={"payment_intent": asked.of, "limit": MOST_REFUNDS})
        ours = (row for row in known["data"] if (row.get("metadata") or {}).get("refund") == str(asked.refund_id))
        found = next(ours, None)
        return _stands(found) if found else None

    def try_out(self, account: Account) -> str:
        _ask("GET", "balance", account)
        return "Stripe knows these keys."


def _ask(method: str, path: str, account: Account, *, key: str = "", **content: Any) -> Any:
    headers = {"Authorization": f"Bearer {account.secret}", "Stripe-Version": VERSION}
    if key:
        headers["Idempotency-Key"] = key
    try:
        return ask(method, f"{settings.KALON_STRIPE_API}/v1/{path}", headers=headers, **content)
    except SaidNo as no:
        if no.kind == "idempotency_error":  # it did something under this key, and will not say what
            raise NoAnswer("It was asked for something else under this key.") from None
        raise


def _session_kind(session: dict[str, Any]) -> str | None:
    if session.get("payment_status") == "paid":
        return "checkout.session.completed"
    return "checkout.session.expired" if session.get("status") == "expired" else None


def _stands(refund: dict[str, Any]) -> RefundStands:
    status = refund.get("status")
    decided = status in ("succeeded", "failed", "canceled")
    event_id = f"asked-{refund['id']}-{status}"
    word = _word(refund, "refund.updated", event_id, clock.now().timestamp()) if decided else None
    return RefundStands(reference=str(refund["id"]), word=word)


def _word(it: dict[str, Any], said: str, event_id: str, created: float) -> GatewayWord:
    """What an object of Stripe's says, whether it came by an event or because it was asked for."""
    kind = _kind(it, said)
    is_session = it.get("object") == "checkout.session" or said.startswith("checkout.session.")
    mark = it.get("metadata") or {}
    reference = it.get("payment_intent") if is_session else it.get("id")
    amount = it.get("amount_total" if is_session else "amount", 0)
    return GatewayWord(
        event_id=event_id[:80],
        kind=kind[:40],
        occurred_at=datetime.fromtimestamp(float(created), UTC),
        payment_id=_uuid(mark.get("payment") or (it.get("client_reference_id") if is_session else None)),
        refund_id=_uuid(mark.get("refund")),
        reference=str(reference or it.get("id") or "")[:80],
        amount=from_minor(it.get("amount_received", amount) if said == "payment_intent.succeeded" else amount or 0),
        currency=str(it.get("currency") or "").upper()[:3],
        method="Stripe",
        reason=_reason(it, kind),
        payload={
            "type": said,
            **{name: it[name] for name in KEPT if isinstance(it.get(name), str)},
        },
    )


def _kind(it: dict[str, Any], said: str) -> str:
    """Our word for it. A payment that was declined is not the end: on the same page the payer tries another card."""
    if said in ("checkout.session.completed", "checkout.session.async_payment_succeeded"):
        return SUCCEEDED if it.get("payment_status") in ("paid", "no_payment_required") else said
    if said == "payment_intent.succeeded":
        return SUCCEEDED
    if said in ("checkout.session.expired", "payment_intent.canceled"):
        return EXPIRED
    if said == "checkout.session.async_payment_failed":
        return FAILED
    if it.get("object") == "refund" or said.startswith("refund."):
        return OF_REFUND.get(str(it.get("status")), said)
    return said


def _reason(it: dict[str, Any], kind: str) -> str:
    if kind == REFUND_FAILED:
        return f"Stripe: {str(it.get('failure_reason') or 'the refund failed').replace('_', ' ')}."[:200]
    return {FAILED: "The bank declined.", EXPIRED: "Nobody paid in time."}.get(kind, "")


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None


add(Stripe())
