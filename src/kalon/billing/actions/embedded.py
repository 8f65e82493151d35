"""The embedded test gateway: an outside party that happens to live here.

It shows its own checkout page at /pay/<token>, never touches our books, and tells us what happened the way real
ones do: a JSON event, signed with HMAC-SHA256 over "<unix time>.<body>" in the header `Kalon-Signature: t=…,v1=…`,
delivered at least once. It posts once when the person decides and once more from the outbox, so duplicates are
everyday.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import transaction

from kalon.billing import queries
from kalon.billing.actions import gateways
from kalon.billing.actions.gateways import BadSignature, GatewayWord
from kalon.billing.actions.online import settle_online
from kalon.billing.lifecycles import PaymentStatus
from kalon.billing.models import Payment
from kalon.kernel import actors, clock, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid, NotFound
from kalon.kernel.tenancy import verb

SIGNATURE = "Kalon-Signature"
TOLERANCE_SECONDS = 300
LONGEST_BODY = 20_000
METHODS = {"upi": "UPI", "card": "Card", "netbanking": "Net banking"}


class EmbeddedGateway:
    """The adapter on our side: where its page is, and how its webhooks are read."""

    name: ClassVar[str] = "embedded"

    def checkout_url(self, token: str) -> str:
        return f"/pay/{token}"

    def read(self, headers: Mapping[str, str], body: bytes) -> tuple[UUID, GatewayWord]:
        if len(body) > LONGEST_BODY:
            raise BadSignature("This message is too long to be a payment event.")
        try:
            event = json.loads(body)
            organization_id = UUID(str(event["account"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            raise BadSignature("This message is not a payment event.") from None
        _check(headers.get(SIGNATURE, ""), body, organization_id)
        try:
            return organization_id, _word(event)
        except (ValueError, KeyError, TypeError, OverflowError, OSError, InvalidOperation):
            raise Invalid("The event lacks something.", field="data") from None


def signature(body: bytes, organization_id: UUID, *, at: int | None = None) -> str:
    """The header that only the gateway and we can write."""
    stamp = at if at is not None else int(time.time())
    mac = hmac.new(_key(organization_id), f"{stamp}.".encode() + body, hashlib.sha256)
    return f"t={stamp},v1={mac.hexdigest()}"


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


@verb
def checkout(token: str, *, by: Actor) -> Payment:
    """What the gateway's page shows for a link: the payment behind it."""
    payment = Payment.objects.select_related("bill", "branch").filter(checkout_token=token, gateway="embedded").first()
    if payment is None:
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


def receive(gateway: str, headers: Mapping[str, str], body: bytes) -> str:
    """A webhook arrived: believe it if it is signed, then settle as the system. Says what came of it."""
    organization_id, word = gateways.named(gateway).read(headers, body)
    return settle_online(gateway, word, by=actors.system(f"the {gateway} payment gateway", organization_id))


def _post(organization_id: UUID, body: bytes) -> None:
    receive("embedded", {SIGNATURE: signature(body, organization_id)}, body)


def _check(header: str, body: bytes, organization_id: UUID) -> None:
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    stamp = parts.get("t", "")
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        raise BadSignature("This message is not signed by the gateway.")
    expected = signature(body, organization_id, at=int(stamp)).rpartition("v1=")[2]
    if not hmac.compare_digest(expected.encode(), parts.get("v1", "").encode()):
        raise BadSignature("This message is not signed by the gateway.")
    if abs(time.time() - int(stamp)) > TOLERANCE_SECONDS:
        raise BadSignature("This message is too old. Send it again with a fresh signature.")


def _word(event: dict[str, Any]) -> GatewayWord:
    data = event["data"]
    return GatewayWord(
        event_id=str(event["id"])[:80],
        kind=str(event["type"])[:40],
        occurred_at=datetime.fromtimestamp(float(event["created"]), UTC),
        payment_id=UUID(str(data["order"])),
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
