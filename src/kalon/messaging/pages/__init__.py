"""Pages of messages: the demonstration's inbox, the staff log, wordings, the card on a patient's page, hooks."""

from kalon.messaging.pages.hooks import mail, twilio_incoming, twilio_status, whatsapp
from kalon.messaging.pages.inbox import inbox
from kalon.messaging.pages.log import log, message
from kalon.messaging.pages.wordings import wording, wordings

__all__ = [
    "inbox",
    "log",
    "mail",
    "message",
    "twilio_incoming",
    "twilio_status",
    "whatsapp",
    "wording",
    "wordings",
]
