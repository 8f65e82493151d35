"""The port through which any payment gateway speaks with us: a checkout address out, a signed word in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Protocol
from uuid import UUID

from django.conf import settings

from kalon.kernel.errors import DomainError, NotFound

SUCCEEDED = "payment.succeeded"
FAILED = "payment.failed"


class BadSignature(DomainError):
    """A webhook that the gateway did not sign, or that is too old to be believed."""

    code, title, status, fhir_issue = "bad-signature", "Not signed by the gateway", 400, "security"


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayWord:
    """What a gateway says happened, after its signature was checked.

    `payment_id` is our payment; `reference` the gateway's own id of the money; `payload` is kept as it came.
    """

    event_id: str
    kind: str
    occurred_at: datetime
    payment_id: UUID | None
    reference: str
    amount: Decimal
    currency: str
    method: str = ""
    reason: str = ""
    payload: dict[str, Any] = field(default_factory=dict)


class Gateway(Protocol):
    """What an adapter (embedded, and later Stripe or Razorpay) must know."""

    name: ClassVar[str]

    def checkout_url(self, token: str) -> str:
        """Where the patient pays."""
        ...

    def read(self, headers: Mapping[str, str], body: bytes) -> tuple[UUID, GatewayWord]:
        """Check a webhook's signature and age; the organisation it is for, and what it says."""
        ...


_gateways: dict[str, Gateway] = {}


def add(gateway: Gateway) -> None:
    """Make a gateway known; its name is part of its webhook's address."""
    _gateways[gateway.name] = gateway


def named(name: str) -> Gateway:
    if name not in _gateways:
        raise NotFound("There is no such payment gateway.")
    return _gateways[name]


def current() -> Gateway:
    """The gateway this installation uses for new payments."""
    return named(getattr(settings, "KALON_GATEWAY", "embedded"))
