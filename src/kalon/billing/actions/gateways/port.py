"""The port through which any payment gateway speaks with us: a checkout out, a signed word in, money back.

Whatever an adapter does out there happens in no transaction, so it holds no lock of ours. An answer is one of three: it
was taken on, it was `Refused`, or there was `NoAnswer` and nobody knows; then what became of it is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Protocol
from uuid import UUID

from kalon.kernel.errors import DomainError

SUCCEEDED = "payment.succeeded"
FAILED = "payment.failed"
EXPIRED = "payment.expired"
REFUNDED = "refund.processed"
REFUND_FAILED = "refund.failed"
OF_REFUNDS = (REFUNDED, REFUND_FAILED)
LONGEST_BODY = 200_000


class BadSignature(DomainError):
    """A webhook that the gateway did not sign, or that is too old to be believed."""

    code, title, status, fhir_issue = "bad-signature", "Not signed by the gateway", 400, "security"


class Refused(Exception):
    """The gateway said no, in words that may be shown; nothing happened there."""


class NoAnswer(Exception):
    """The gateway did not answer, or not in a way that says what happened. Nobody knows; ask later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayWord:
    """What a gateway says happened, after its signature was checked or because it was asked.

    `payment_id` is our payment, `refund_id` our refund; `reference` the gateway's own id of the money; `payload` what
    is kept of the message: ids, sums and states, nobody's name or address.
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
    refund_id: UUID | None = None
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An organisation's account with a gateway, opened for one use; its secrets are in no log."""

    organization_id: UUID
    key_id: str = ""
    secret: str = field(default="", repr=False)
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody is to pay: asked for under `key`, once; `label` names no person and no treatment."""

    payment_id: UUID
    key: str
    amount: Decimal
    currency: str
    label: str
    expires_at: datetime
    return_url: str
    is_resumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A checkout on the gateway's own pages."""

    reference: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyBack:
    """What is to be paid back: asked for under `key`, once; `of` is the gateway's id of the money that came in."""

    refund_id: UUID
    payment_id: UUID
    key: str
    of: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundStands:
    """A refund that the gateway knows of: its own id, and its word once it is decided."""

    reference: str
    word: GatewayWord | None = None


class Gateway(Protocol):
    """What every adapter must know. Nothing here is called inside a unit of work but `read`."""

    name: ClassVar[str]
    label: ClassVar[str]

    def read(self, headers: Mapping[str, str], body: bytes, account: Account) -> GatewayWord:
        """Check a webhook's signature and age, and say what it says."""
        ...

    def open_checkout(self, order: Order, account: Account) -> Opened:
        """Have a checkout made on the gateway's pages; asked again under the same key it is the same one."""
        ...

    def find_checkout(self, order: Order, account: Account) -> Opened | None:
        """The checkout that was asked for under this key, if the gateway can be asked and has it."""
        ...

    def look(self, reference: str, account: Account) -> GatewayWord | None:
        """What became of a checkout; None while it is open."""
        ...

    def close(self, reference: str, account: Account) -> None:
        """Let nobody pay by this checkout any more; one that is paid or closed stays as it is."""
        ...

    def refund(self, asked: MoneyBack, account: Account) -> RefundStands:
        """Have money paid back; asked again under the same key it is the same refund."""
        ...

    def find_refund(self, asked: MoneyBack, account: Account) -> RefundStands | None:
        """The refund that was asked for under this key; None when the gateway never had it."""
        ...

    def try_out(self, account: Account) -> str:
        """Ask the gateway for something harmless with these keys; a sentence when they work, else `Refused`."""
        ...
