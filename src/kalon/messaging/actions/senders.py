"""The port through which messages leave, and its adapters: the embedded one, which needs no account, and SMTP.

A sender is asked for one thing at a time and says honestly what came of it: the message was taken, was refused for
good (`Refused`), was not taken now (`NotNow`), or nobody knows (any other error). Which sender carries which channel
is configuration: `KALON_SENDERS = {"EMAIL": "smtp", "SMS": "embedded"}`.
"""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as a sender sees it. `attempt` counts from 1."""

    id: UUID
    organization_id: UUID
    channel: str
    recipient: str
    subject: str
    body: str
    attempt: int
    sender: str
    is_lost: bool = False  # handed over before, and nobody knows whether it was taken


class Refused(Exception):
    """The provider will not take it, now or later (an address that does not exist)."""


class NotNow(Exception):
    """The provider did not take it, and may later."""


class Fate(StrEnum):
    """What a provider says about a message that was lost from sight."""

    TAKEN = "TAKEN"
    NEVER_TAKEN = "NEVER_TAKEN"
    NOBODY_KNOWS = "NOBODY_KNOWS"


class Sender(Protocol):
    """One way out. `arrives`: what it takes has arrived, so that there is no delivery report to wait for."""

    name: str
    arrives: bool

    def send(self, message: Outgoing) -> str:
        """Hand it over; the provider's id for it."""
        ...

    def reconcile(self, message: Outgoing) -> Fate:
        """What became of a message that was handed over without an answer."""
        ...


class Embedded:
    """Carries nothing out: the message itself is what `/inbox` shows in the demonstration."""

    name = "embedded"
    arrives = True

    def send(self, message: Outgoing) -> str:
        return f"inbox:{message.id}"

    def reconcile(self, message: Outgoing) -> Fate:
        return Fate.NEVER_TAKEN  # nothing leaves the building, so nothing can have left it


class Smtp:
    """E-mail over SMTP, by Django's own settings (EMAIL_HOST and so on)."""

    name = "smtp"
    arrives = False

    def send(self, message: Outgoing) -> str:
        link = EmailBackend(timeout=settings.EMAIL_TIMEOUT or 20)
        try:
            link.open()
        except (OSError, smtplib.SMTPException) as error:
            raise NotNow(f"No connection to the mail server: {type(error).__name__}") from error
        identifier = f"<{message.id}.{message.attempt}@{_domain()}>"
        try:
            link.send_messages([_mail(message, identifier, link)])
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise _by_code(code, "the address") from error
        except smtplib.SMTPResponseException as error:
            raise _by_code(error.smtp_code, "the message") from error
        finally:
            _hang_up(link)
        return identifier

    def reconcile(self, message: Outgoing) -> Fate:
        return Fate.NOBODY_KNOWS  # SMTP has no question for this


_senders: dict[str, Callable[[], Sender]] = {"embedded": Embedded, "smtp": Smtp}


def add(name: str, make: Callable[[], Sender]) -> None:
    """Make another way out known, to be chosen by configuration."""
    _senders[name] = make


def named(name: str) -> Sender:
    """The sender of that name."""
    return _senders[name]()


def carrier(channel: str) -> str:
    """The name of the sender that carries a channel here; the embedded one where nothing is configured."""
    chosen: dict[str, str] = getattr(settings, "KALON_SENDERS", {})
    return chosen.get(channel, "embedded")


def _mail(message: Outgoing, identifier: str, link: EmailBackend) -> EmailMessage:
    headers = {"Message-ID": identifier, "Date": formatdate(), "Auto-Submitted": "auto-generated"}
    subject = " ".join(message.subject.split())
    return EmailMessage(
        subject, message.body, settings.DEFAULT_FROM_EMAIL, [message.recipient], connection=link, headers=headers
    )


def _by_code(code: int, what: str) -> Exception:
    """SMTP's own distinction: 4xx is for now, 5xx for good (RFC 5321, 4.2.1)."""
    if 400 <= code < 500:
        return NotNow(f"The mail server did not take {what}: {code}")
    return Refused(f"The mail server refused {what}: {code}")


def _domain() -> str:
    return str(settings.DEFAULT_FROM_EMAIL).rpartition("@")[2].rstrip(">") or "localhost"


def _hang_up(link: EmailBackend) -> None:
    try:
        link.close()
    except (OSError, smtplib.SMTPException):
        return  # the message was answered already; a rude goodbye changes nothing
