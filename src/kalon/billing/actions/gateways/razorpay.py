"""Razorpay: Payment Links on Razorpay's own pages, normal refunds, signed events.

Facts: razorpay.com/docs (Payment Links, Refunds with X-Refund-Idempotency, Webhooks). A link's `reference_id` is unique
in the account, so a link that was asked for twice exists once. An event's body is signed, its `x-razorpay-event-id` is
not: an event is known again by its body.
"""

import hashlib
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
    LONGEST_BODY,
    REFUND_FAILED,
    REFUNDED,
    SUCCEEDED,
    Account,
    BadSignature,
    GatewayWord,
    MoneyBack,
    Opened,
    Order,
    RefundStands,
)
from kalon.billing.actions.gateways.signing import must_be_signed
from kalon.kernel import clock
from kalon.kernel.errors import Invalid

SIGNATURE = "X-Razorpay-Signature"
EVENT_ID = "X-Razorpay-Event-Id"
METHODS = {"upi": "UPI", "card": "Card", "netbanking": "Net banking", "wallet": "Wallet", "emi": "EMI"}
MOST_REFUNDS = 100


class Razorpay:
    """The adapter. Its webhook takes payment_link.paid and .expired, refund.processed and .failed."""

    name: ClassVar[str] = "razorpay"
    label: ClassVar[str] = "Razorpay"

    def read(self, headers: Mapping[str, str], body: bytes, account: Account) -> GatewayWord:
        if len(body) > LONGEST_BODY:
            raise BadSignature("This message is too long to be a payment event.")
        must_be_signed(headers.get(SIGNATURE, ""), body, [text.encode() for text in account.webhook_secrets])
        try:
            return _event(json.loads(body), body, headers.get(EVENT_ID, ""))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError, RecursionError):
            raise Invalid("The event lacks something.", field="payload") from None

    def open_checkout(self, order: Order, account: Account) -> Opened:
        if order.is_resumed and (made := self.find_checkout(order, account)):
            return made
        asked = {
            "amount": to_minor(order.amount, order.currency),
            "currency": order.currency,
            "accept_partial": False,
            "reference_id": order.payment_id.hex,
            "description": order.label,
            "expire_by": int(order.expires_at.timestamp()),
            "notify": {"sms": False, "email": False},
            "reminder_enable": False,
            "notes": {"payment": str(order.payment_id)},
            "callback_url": order.return_url,
            "callback_method": "get",
        }
        try:
            return _opened(_ask("POST", "payment_links", account, json=asked))
        except SaidNo:  # also when an earlier try, of which we heard nothing, made it
            if made := self.find_checkout(order, account):
                return made
            raise

    def find_checkout(self, order: Order, account: Account) -> Opened | None:
        known = _ask("GET", "payment_links", account, params={"reference_id": order.payment_id.hex})
        ours = (row for row in known["payment_links"] if row.get("reference_id") == order.payment_id.hex)
        found = next(ours, None)
        return _opened(found) if found else None

    def look(self, reference: str, account: Account) -> GatewayWord | None:
        link = _ask("GET", f"payment_links/{reference}", account)
        paid = next((row for row in link.get("payments") or [] if row.get("status") == "captured"), None)
        if link.get("status") == "paid" and paid:
            money = {**paid, "id": paid["payment_id"], "currency": link["currency"]}
            return _paid(link, money, f"asked-{reference}-paid", _at(paid.get("created_at")))
        if link.get("status") in ("expired", "cancelled"):
            return _closed(link, f"asked-{reference}-closed", clock.now())
        return None

    def close(self, reference: str, account: Account) -> None:
        try:
            _ask("POST", f"payment_links/{reference}/cancel", account)
        except SaidNo:
            return  # it is paid, or closed already: whoever asks what became of it hears so

    def refund(self, asked: MoneyBack, account: Account) -> RefundStands:
        content = {
            "amount": to_minor(asked.amount, asked.currency),
            "speed": "normal",
            "receipt": asked.refund_id.hex,
            "notes": {"refund": str(asked.refund_id), "payment": str(asked.payment_id)},
        }
        headers = {"X-Refund-Idempotency": asked.key}
        return _stands(_ask("POST", f"payments/{asked.of}/refund", account, json=content, headers=headers))

    def find_refund(self, asked: MoneyBack, account: Account) -> RefundStands | None:
        known = _ask("GET", f"payments/{asked.of}/refunds", account, params={"count": MOST_REFUNDS})
        found = next((row for row in known["items"] if _note(row, "refund") == asked.refund_id), None)
        return _stands(found) if found else None

    def try_out(self, account: Account) -> str:
        _ask("GET", "payments", account, params={"count": 1})
        return "Razorpay knows these keys."


def _ask(method: str, path: str, account: Account, **content: Any) -> Any:
    return ask(method, f"{settings.KALON_RAZORPAY_API}/v1/{path}", auth=(account.key_id, account.secret), **content)


def _opened(link: dict[str, Any]) -> Opened:
    return Opened(reference=str(link["id"]), url=str(link["short_url"]))


def _event(event: dict[str, Any], body: bytes, said_id: str) -> GatewayWord:
    kind, at = str(event["event"]), _at(event["created_at"])
    parts = {name: part["entity"] for name, part in event["payload"].items()}
    event_id = f"sha256-{hashlib.sha256(body).hexdigest()}"
    link, payment, refund = parts.get("payment_link"), parts.get("payment"), parts.get("refund")
    if kind == "payment_link.paid" and link and payment:
        word = _paid(link, payment, event_id, at)
    elif kind in ("payment_link.expired", "payment_link.cancelled") and link:
        word = _closed(link, event_id, at)
    elif refund:
        word = _of_refund(refund, kind, event_id, at)
    else:
        word = _other(link or payment or {}, kind, event_id, at)
    word.payload.update(event=kind[:60], event_id=said_id[:80])
    return word


def _paid(link: dict[str, Any], payment: dict[str, Any], event_id: str, at: datetime) -> GatewayWord:
    return GatewayWord(
        event_id=event_id,
        kind=SUCCEEDED,
        occurred_at=at,
        payment_id=_uuid(link.get("reference_id")),
        reference=str(payment["id"])[:80],
        amount=from_minor(payment["amount"]),
        currency=str(payment["currency"])[:3],
        method=METHODS.get(str(payment.get("method")), "Razorpay"),
        payload={"payment_link": str(link["id"]), "payment": str(payment["id"]), "status": str(link.get("status"))},
    )


def _closed(link: dict[str, Any], event_id: str, at: datetime) -> GatewayWord:
    return GatewayWord(
        event_id=event_id,
        kind=EXPIRED,
        occurred_at=at,
        payment_id=_uuid(link.get("reference_id")),
        reference=str(link["id"])[:80],
        amount=from_minor(link.get("amount", 0)),
        currency=str(link.get("currency") or "")[:3],
        reason="Nobody paid in time." if link.get("status") == "expired" else "The payment page was closed.",
        payload={"payment_link": str(link["id"]), "status": str(link.get("status"))},
    )


def _of_refund(refund: dict[str, Any], said: str, event_id: str, at: datetime) -> GatewayWord:
    """By the event's name: "refund.created" may carry the status "processed" while the money is still on its way."""
    kind = {"refund.processed": REFUNDED, "refund.failed": REFUND_FAILED}.get(said, said)
    return GatewayWord(
        event_id=event_id,
        kind=kind[:40],
        occurred_at=at,
        payment_id=_note(refund, "payment"),
        refund_id=_note(refund, "refund"),
        reference=str(refund["id"])[:80],
        amount=from_minor(refund["amount"]),
        currency=str(refund["currency"])[:3],
        reason="Razorpay could not pay the money back." if kind == REFUND_FAILED else "",
        payload={"refund": str(refund["id"]), "status": str(refund.get("status"))},
    )


def _other(it: dict[str, Any], said: str, event_id: str, at: datetime) -> GatewayWord:
    """Something that settles nothing: an attempt that failed (the payer may try again on the same page), an order."""
    return GatewayWord(
        event_id=event_id,
        kind=said[:40],
        occurred_at=at,
        payment_id=_uuid(it.get("reference_id")) or _note(it, "payment"),
        reference=str(it.get("id") or "")[:80],
        amount=from_minor(it.get("amount", 0)),
        currency=str(it.get("currency") or "")[:3],
    )


def _stands(refund: dict[str, Any]) -> RefundStands:
    status = str(refund.get("status"))
    word = None
    if status in ("processed", "failed"):
        word = _of_refund(refund, f"refund.{status}", f"asked-{refund['id']}-{status}", clock.now())
    return RefundStands(reference=str(refund["id"]), word=word)


def _note(row: dict[str, Any], name: str) -> UUID | None:
    notes = row.get("notes")  # an empty list where there are none
    return _uuid(notes.get(name)) if isinstance(notes, dict) else None


def _at(seconds: Any) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC) if seconds else clock.now()


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None


add(Razorpay())
