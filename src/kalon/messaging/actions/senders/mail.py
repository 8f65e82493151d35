"""A message as an e-mail, whoever carries it."""

from email.mime.text import MIMEText
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

from kalon.messaging.actions.senders.port import Outgoing


def compose(message: Outgoing, kind: type[EmailMessage] = EmailMessage, **more: Any) -> Any:
    """The e-mail, with its calendar file where there is one. Nothing of it can become a second header."""
    headers = {"Auto-Submitted": "auto-generated", **more.pop("headers", {})}
    mail = kind(
        " ".join(message.subject.split()),
        message.body,
        settings.DEFAULT_FROM_EMAIL,
        [message.recipient],
        headers=headers,
        **more,
    )
    if message.attachment:
        mail.attach(_calendar(message.attachment))
    return mail


def _calendar(text: str) -> MIMEText:
    """As RFC 6047 wants it: the method stands in the type too, or mail programs show no buttons."""
    method = next((line[7:].strip() for line in text.splitlines() if line.startswith("METHOD:")), "PUBLISH")
    part = MIMEText(text, "calendar", "utf-8")
    part.replace_header("Content-Type", f'text/calendar; charset="utf-8"; method={method}')
    part.add_header("Content-Disposition", "attachment", filename="visit.ics")
    return part


def domain() -> str:
    """The part behind the @ of the clinic's address."""
    return str(settings.DEFAULT_FROM_EMAIL).rpartition("@")[2].rstrip(">") or "localhost"
