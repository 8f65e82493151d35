"""The payment gateways that are known, behind one port."""

from collections.abc import Iterator

from django.conf import settings

from kalon.billing.actions.gateways.port import (
    EXPIRED,
    FAILED,
    LONGEST_BODY,
    OF_REFUNDS,
    REFUND_FAILED,
    REFUNDED,
    SUCCEEDED,
    Account,
    BadSignature,
    Gateway,
    GatewayWord,
    MoneyBack,
    NoAnswer,
    Opened,
    Order,
    RefundStands,
    Refused,
)
from kalon.kernel.errors import NotFound

__all__ = [
    "EXPIRED",
    "FAILED",
    "LONGEST_BODY",
    "OF_REFUNDS",
    "PRACTICE",
    "REFUNDED",
    "REFUND_FAILED",
    "SUCCEEDED",
    "Account",
    "BadSignature",
    "Gateway",
    "GatewayWord",
    "MoneyBack",
    "NoAnswer",
    "Opened",
    "Order",
    "RefundStands",
    "Refused",
    "add",
    "named",
    "offered",
]

PRACTICE = "embedded"
_gateways: dict[str, Gateway] = {}


def add(gateway: Gateway) -> None:
    """Make a gateway known; its name is part of its webhook's address."""
    _gateways[gateway.name] = gateway


def named(name: str) -> Gateway:
    """The gateway of this name; the practice gateway only where practising is allowed."""
    if name not in _gateways or (name == PRACTICE and not settings.KALON_PRACTICE_GATEWAY):
        raise NotFound("There is no such payment gateway.")
    return _gateways[name]


def offered() -> Iterator[Gateway]:
    """The gateways that a clinic may choose, besides the practice gateway."""
    yield from (gateway for name, gateway in sorted(_gateways.items()) if name != PRACTICE)
