"""The embedded test gateway: an outside party that happens to live here.

It shows its own checkout page at /pay/<token>, never touches our books, and tells us what happened the way real
ones do: a JSON event, signed with HMAC-SHA256 over "<unix time>.<body>" in the header `Kalon-Signature: t=…,v1=…`,
delivered at least once. It posts once when the person decides and once more from the outbox, so duplicates are
everyday. It answers only where `KALON_PRACTICE_GATEWAY` is set: in a demonstration and in tests.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import transaction

from kalon.billing import queries
from kalon.billing.actions import gateways
from kalon.billing.actions.gateways import (
    Account,
    GatewayWord,
    MoneyBack,
    Opened,
    Order,
    RefundStands,
)
from kalon.billing.actions.gateways.signing import must_be_signed_in_time, signed
from kalon.billing.actions.hearing import receive
from kalon.billing.lifecycles import PaymentStatus
from kalon.billing.models import Payment
from kalon.kernel import actors, clock, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid, NotFound
from kalon.kernel.tenancy import verb

SIGNATURE = "Kalon-Signature"
METHODS = {"upi": "UPI", "card": "Card", "netbanking": "Net banking"}


class EmbeddedGateway:
    """The adapter on our side: how its webhooks are read, and what it is asked for. It keeps no books itself."""

    name: ClassVar[str] = gateways.PRACTICE
    label: ClassVar[str] = "Practice gateway"

    def read(self, headers: Mapping[str, str], body: bytes, account: Account) -> GatewayWord:
        must_be_signed_in_time(headers.get(SIGNATURE, ""), body, [_key(account.organization_id)])
        try:
            return _word(json.loads(body))
        except (ValueError, KeyError, TypeError, OverflowError, OSError, InvalidOperation, RecursionError):
            raise Invalid("The event lacks something.", field="data") from None

    def open_checkout(self, order: Order, account: Account) -> Opened:
        return Opened(reference=f"emb_{order.payment_id.hex}", url=order.return_url)

    def find_checkout(self, order: Order, account: Account) -> Opened | None:
        return None

    def look(self, reference: str, account: Account) -> GatewayWord | None:
        return None  # it remembers nothing: what was decided on its page is posted until it is taken

    def close(self, reference: str, account: Account) -> None:
        return

    def refund(self, asked: MoneyBack, account: Account) -> RefundStands:
        """It pays back at once, and says so by a signed event like any other."""
        body = refund_body(asked, account.organization_id, at=clock.now())
        _post(account.organization_id, body)
        return RefundStands(reference=f"embr_{asked.refund_id.hex}")

    def find_refund(self, asked: MoneyBack, account: Account) -> RefundStands | None:
        return None

    def try_out(self, account: Account) -> str:
        return "The practice gateway is here. No real money moves."


def signature(body: bytes, organization_id: UUID, *, at: int | None = None) -> str:
    """The header that only the gateway and we can write."""
    return signed(body, _key(organization_id), at=at)


def event_body(payment: Payment, kind: str, *, at: datetime, method: str = "") -> bytes:
    """What the gateway says of a payment; the same decision always is the same event."""
    event = {
        "id": f"evt_{payment.pk.hex}_{kind.rpartition('.')[2]}",
        "account": str(payment.organization_id),
        "type": kind,
        "created": at.timestamp(),
        "data": {
            "order": str(payment.pk),
            "reference": f"emb_{payment.pk.hex}",
            "amount": str(payment.amount),
            "currency": payment.currency,
            "method": METHODS.get(method, ""),
            "reason": "" if kind == gateways.SUCCEEDED else "Declined by the payer.",
        },
    }
    return json.dumps(event, separators=(",", ":")).encode()


def refund_body(asked: MoneyBack, organization_id: UUID, *, at: datetime) -> bytes:
    """What the gateway says of money it paid back."""
    event = {
        "id": f"evt_{asked.refund_id.hex}_processed",
        "account": str(organization_id),
        "type": gateways.REFUNDED,
        "created": at.timestamp(),
        "data": {
            "order": str(asked.payment_id),
            "refund": str(asked.refund_id),
            "reference": f"embr_{asked.refund_id.hex}",
            "amount": str(asked.amount),
            "currency": asked.currency,
        },
    }
    return json.dumps(event, separators=(",", ":")).encode()


@verb
def checkout(token: str, *, by: Actor) -> Payment:
    """What the gateway's page shows for a link: the payment behind it."""
    payment = (
        Payment.objects.select_related("bill", "branch").filter(checkout_token=token, gateway=gateways.PRACTICE).first()
    )
    if payment is None or not settings.KALON_PRACTICE_GATEWAY:
        raise NotFound("This payment link is not known. Ask the clinic for a new one.")
    return payment


@verb
def decide(token: str, *, pays: bool, method: str, by: Actor) -> Payment:
    """The person paid or declined on the gateway's page: the gateway tells us so, signed, after this is written."""
    payment = checkout(token, by=by)
    if payment.status != PaymentStatus.PENDING or (payment.expires_at and payment.expires_at <= clock.now()):
        raise IllegalMove("This payment link is used up. Go back to the bill and start again.")
    if pays and method not in METHODS:
        raise Invalid("Choose how you pay.", field="method")
    method = method or "none"
    kind, at = (gateways.SUCCEEDED if pays else gateways.FAILED), clock.now()
    organization_id, body = payment.organization_id, event_body(payment, kind, at=at, method=method)
    outbox.defer(
        post_again,
        organization_id=organization_id,
        payment_id=payment.pk,
        kind=kind,
        method=method,
        decided_at=at.isoformat(),
    )
    transaction.on_commit(lambda: _post(organization_id, body), robust=True)
    return payment


@outbox.job(name="billing.embedded_webhook", attempts=5)
def post_again(*, organization_id: UUID, payment_id: UUID, kind: str, method: str, decided_at: str) -> None:
    """Post an event again until it is taken: at least once, as gateways promise."""
    payment = queries.payment(payment_id, seen_by=actors.system("the embedded payment gateway", organization_id))
    _post(organization_id, event_body(payment, kind, at=datetime.fromisoformat(decided_at), method=method))


def _post(organization_id: UUID, body: bytes) -> None:
    receive(gateways.PRACTICE, {SIGNATURE: signature(body, organization_id)}, body)


def _word(event: dict[str, Any]) -> GatewayWord:
    data = event["data"]
    return GatewayWord(
        event_id=str(event["id"])[:80],
        kind=str(event["type"])[:40],
        occurred_at=datetime.fromtimestamp(float(event["created"]), UTC),
        payment_id=UUID(str(data["order"])),
        refund_id=UUID(str(data["refund"])) if data.get("refund") else None,
        reference=str(data["reference"])[:80],
        amount=Decimal(str(data["amount"])).quantize(Decimal("0.01")),
        currency=str(data["currency"])[:3],
        method=str(data.get("method", ""))[:40],
        reason=str(data.get("reason", ""))[:200],
        payload=event,
    )


def _key(organization_id: UUID) -> bytes:
    """The secret shared with the gateway for one organisation's account."""
    return hmac.new(
        settings.SECRET_KEY.encode(), f"embedded gateway {organization_id}".encode(), hashlib.sha256
    ).digest()


gateways.add(EmbeddedGateway())
