"""Pages of messages: the demonstration's inbox, the staff log, the wordings, the card on a patient's page."""

from kalon.messaging.pages.inbox import inbox
from kalon.messaging.pages.log import log, message
from kalon.messaging.pages.wordings import wording, wordings

__all__ = ["inbox", "log", "message", "wording", "wordings"]
