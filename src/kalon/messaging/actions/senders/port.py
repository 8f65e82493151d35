"""The port through which messages leave: what a sender is given, and what it may answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from kalon.kernel import clock

TIMEOUT = (5.0, 20.0)  # seconds to connect, and to be answered
LONGEST_WAIT = 3600


@dataclass(frozen=True, slots=True)
class Device:
    """One browser that takes notifications, as its push service knows it."""

    id: UUID
    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as a sender sees it. `attempt` counts from 1.

    `values` are the names that were filled in, in the order in which the wording uses them; `choices` what may be
    answered by a button (digit → its word); `in_conversation`: the person wrote within the last 24 hours.
    `not_these` are the ids that the provider gave to other messages to the same address.
    """

    id: UUID
    organization_id: UUID
    channel: str
    recipient: str
    subject: str
    body: str
    attempt: int
    sender: str
    is_lost: bool = False  # handed over before, and nobody knows whether it was taken
    code: str = ""
    language: str = "en"
    values: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    in_conversation: bool = False
    attachment: str = ""
    until: datetime | None = None
    began_at: datetime | None = None
    not_these: frozenset[str] = frozenset()
    devices: tuple[Device, ...] = ()
    push_key: tuple[str, str] = ("", "")  # public and private

    @property
    def tracker(self) -> str:
        """What a provider sends back with its reports, to say which message it speaks of."""
        return f"{self.organization_id}.{self.id}"


def tracked(text: str) -> tuple[UUID, UUID] | None:
    """The organisation and the message that a tracker names."""
    organization, _, message = text.partition(".")
    try:
        return UUID(organization), UUID(message)
    except ValueError:
        return None


class Refused(Exception):
    """The provider will not take it, now or later (an address that does not exist). `ended`: devices that are gone."""

    def __init__(self, detail: str, *, ended: tuple[UUID, ...] = ()) -> None:
        super().__init__(detail)
        self.ended = ended


class NotNow(Exception):
    """The provider did not take it, and may later; `wait` in seconds where it said how long."""

    def __init__(self, detail: str, *, wait: int | None = None) -> None:
        super().__init__(detail)
        self.wait = wait


class Fate(StrEnum):
    """What a provider says about a message that was lost from sight."""

    TAKEN = "TAKEN"
    NEVER_TAKEN = "NEVER_TAKEN"
    NOBODY_KNOWS = "NOBODY_KNOWS"


@dataclass(frozen=True, slots=True)
class Receipt:
    """It was taken: the provider's id for it, and devices that turned out to be gone."""

    provider_id: str
    ended: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of a message that was lost from sight, and the provider's id for it when it was found there."""

    fate: Fate
    provider_id: str = ""


NOBODY_KNOWS = Finding(Fate.NOBODY_KNOWS)


class Sender(Protocol):
    """One way out. `arrives`: what it takes has arrived, so that there is no delivery report to wait for."""

    name: str
    arrives: bool

    def send(self, message: Outgoing) -> Receipt:
        """Hand it over."""
        ...

    def reconcile(self, message: Outgoing) -> Finding:
        """What became of a message that was handed over without an answer."""
        ...


def seconds_to_wait(header: str | None) -> int:
    """A Retry-After header (seconds or a date, RFC 9110) in seconds; a minute when there is none to be read."""
    if header is None:
        return 60
    try:
        wait = int(header)
    except ValueError:
        try:
            wait = int((parsedate_to_datetime(header) - clock.now()).total_seconds())
        except (TypeError, ValueError):
            wait = 60
    return min(max(wait, 1), LONGEST_WAIT)


def answer(status: int, retry_after: str | None, what: str) -> Exception | None:
    """What an HTTP status says of a message that was handed over; None where it does not say whether it was taken.

    429 and 503 promise that it was not. Any other 5xx may come after it was.
    """
    if status in (429, 503):
        return NotNow(f"{what} asked to wait: {status}", wait=seconds_to_wait(retry_after))
    if 400 <= status < 500:
        return Refused(f"{what} refused it: {status}")
    return None
