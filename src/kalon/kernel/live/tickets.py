"""Tickets: what one screen may hear, signed, for a quarter of an hour.

A ticket names the organisation, the places of each topic, the page's address (no other page may use it) and a hash
of the session (so that signing out ends the stream). It opens nothing else: whoever has it hears that something
changed, and must still ask the server what, as themselves.
"""

import hashlib
import time
from dataclasses import dataclass
from uuid import UUID

from django.core import signing

from kalon.kernel.actors import EVERYWHERE, Actor

LIFETIME_SECONDS = 900
SALT = "kalon.live"

_permissions: dict[str, str] = {}


class TicketRefused(Exception):
    """The ticket is forged, too old, or does not cover what is asked for."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a screen may hear: of each topic the places, or None for every place of the organisation."""

    organization_id: str
    topics: dict[str, tuple[str, ...] | None]
    session: str  # the hash of the session that the ticket ends with
    origin: str  # the page's own address: scheme, host, port
    expires_at: float  # seconds since 1970, on the real clock

    def covers(self, topic: str, place: str | None) -> bool:
        """Whether a change of this topic at this place may be told."""
        if topic not in self.topics:
            return False
        places = self.topics[topic]
        return places is None or place is None or place in places

    def signed(self) -> str:
        """The ticket as a page carries it."""
        return signing.dumps([self.organization_id, self.topics, self.session, self.origin, self.expires_at], salt=SALT)


def topic(name: str, *, permission: str) -> None:
    """Say once, when the application starts, which permission lets somebody hear of a topic."""
    _permissions[name] = permission


def topics_of(actor: Actor) -> dict[str, tuple[str, ...] | None]:
    """The topics somebody may hear of, and where."""
    heard: dict[str, tuple[str, ...] | None] = {}
    for name, permission in _permissions.items():
        places = [at for at, held in actor.grants.items() if permission in held]
        if places:
            heard[name] = None if EVERYWHERE in places else tuple(sorted(str(at) for at in places))
    return heard


def ticket_for(actor: Actor, *, session_key: str, origin: str) -> Ticket | None:
    """What this person may hear on this page; None where there is nothing for them."""
    heard = topics_of(actor)
    if not heard or not session_key:
        return None
    return Ticket(str(actor.organization_id), heard, mark_of(session_key), origin, time.time() + LIFETIME_SECONDS)


def for_screen(organization_id: UUID, topics: dict[str, tuple[str, ...]], *, secret: str, origin: str) -> Ticket:
    """What a screen that nobody is signed in on may hear; it ends when `secret` is announced to be over."""
    return Ticket(str(organization_id), dict(topics), mark_of(secret), origin, time.time() + LIFETIME_SECONDS)


def read(text: str) -> Ticket:
    """The ticket a screen shows, if this installation signed it and it is not too old."""
    try:
        organization_id, topics, session, origin, expires_at = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise TicketRefused("This ticket was not given by this clinic.") from error
    if expires_at < time.time():
        raise TicketRefused("This ticket is too old. Load the page again.")
    places = {name: None if some is None else tuple(some) for name, some in topics.items()}
    return Ticket(organization_id, places, session, origin, expires_at)


def mark_of(session_key: str) -> str:
    """What is said of a session when it ends: useless to whoever hears it."""
    return hashlib.sha256(session_key.encode()).hexdigest()
