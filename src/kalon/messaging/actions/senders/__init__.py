"""The port through which messages leave, and its adapters.

A sender is asked for one thing at a time and says honestly what came of it: the message was taken, was refused for
good (`Refused`), was not taken now (`NotNow`), or nobody knows (any other error). Which sender carries which channel
is configuration (docs/messages.md): `KALON_SENDERS = {"EMAIL": "smtp", "SMS": "twilio"}`.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from django.conf import settings

from kalon.messaging.actions.senders.port import (
    NOBODY_KNOWS,
    Device,
    Fate,
    Finding,
    NotNow,
    Outgoing,
    Receipt,
    Refused,
    Sender,
    tracked,
)

__all__ = [
    "NOBODY_KNOWS",
    "Device",
    "Fate",
    "Finding",
    "NotNow",
    "Outgoing",
    "Receipt",
    "Refused",
    "Sender",
    "add",
    "carrier",
    "missing",
    "named",
    "tracked",
]

# Where each adapter is, imported when it is first used: their libraries are slow to load, and most clinics use none.
_WHERE = {
    "embedded": "embedded.Embedded",
    "smtp": "smtp.Smtp",
    "anymail": "mail_service.MailService",
    "twilio": "twilio_sms.Twilio",
    "meta": "whatsapp.WhatsAppCloud",
    "webpush": "push.WebPush",
}
CHOICES = {
    "EMAIL": ("embedded", "smtp", "anymail"),
    "SMS": ("embedded", "twilio"),
    "WHATSAPP": ("embedded", "meta"),
    "PUSH": ("embedded", "webpush"),
}
_added: dict[str, Callable[[], Sender]] = {}


def add(name: str, make: Callable[[], Sender]) -> None:
    """Make another way out known, to be chosen by configuration."""
    _added[name] = make


def named(name: str) -> Sender:
    """The sender of that name."""
    if name in _added:
        return _added[name]()
    module, _, maker = _WHERE[name].partition(".")
    made: Sender = getattr(import_module(f"{__name__}.{module}"), maker)()
    return made


def carrier(channel: str) -> str:
    """The name of the sender that carries a channel here; the embedded one where nothing is configured."""
    chosen: dict[str, str] = getattr(settings, "KALON_SENDERS", {})
    return chosen.get(channel, "embedded")


def missing(channel: str) -> list[str]:
    """The settings without which the chosen sender of a channel cannot work, by the names a clinic sets them by."""
    chosen = carrier(channel)
    wanted = {
        "smtp": {"KALON_SMTP_HOST": settings.EMAIL_HOST, "KALON_FROM": settings.DEFAULT_FROM_EMAIL},
        "anymail": {"KALON_MAIL_SERVICE": settings.KALON_MAIL_SERVICE, "KALON_FROM": settings.DEFAULT_FROM_EMAIL},
        "twilio": _named("KALON_TWILIO_", settings.KALON_TWILIO, "account", "token", "from"),
        "meta": _named("KALON_WHATSAPP_", settings.KALON_WHATSAPP, "phone_id", "token", "app_secret", "verify_token"),
        "webpush": _named("KALON_PUSH_", settings.KALON_PUSH, "contact"),
    }.get(chosen, {})
    if chosen in ("twilio", "meta", "anymail"):
        wanted["KALON_URL"] = settings.KALON_URL
    if chosen not in CHOICES.get(channel, ()) and chosen not in _added:
        return [f"KALON_{channel}"]
    return [name for name, value in wanted.items() if not value]


def _named(prefix: str, given: Mapping[str, Any], *keys: str) -> dict[str, str]:
    return {f"{prefix}{key.upper()}": str(given[key]) for key in keys}
