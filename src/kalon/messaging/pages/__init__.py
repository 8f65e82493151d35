"""Pages of messages: the demonstration's inbox, the staff log, wordings, the card on a patient's page, hooks."""

from kalon.messaging.pages.answers import answers
from kalon.messaging.pages.channels import channels, quiet_hours
from kalon.messaging.pages.hooks import mail, twilio_incoming, twilio_status, whatsapp
from kalon.messaging.pages.inbox import inbox
from kalon.messaging.pages.log import log, message
from kalon.messaging.pages.wishes import devices, my_wishes, wishes
from kalon.messaging.pages.wordings import wording, wordings

__all__ = [
    "answers",
    "channels",
    "devices",
    "inbox",
    "log",
    "mail",
    "message",
    "my_wishes",
    "quiet_hours",
    "twilio_incoming",
    "twilio_status",
    "whatsapp",
    "wishes",
    "wording",
    "wordings",
]
