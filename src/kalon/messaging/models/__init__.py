"""Tables of what is told: wordings, messages and their delivery, what comes back, and what each person wishes."""

from kalon.messaging.models.answers import Answer, ProviderEvent
from kalon.messaging.models.channels import Channel
from kalon.messaging.models.messages import DeliveryEvent, Message, Template, own_key
from kalon.messaging.models.push import PushKey, PushSubscription
from kalon.messaging.models.wishes import Preference, QuietHours

__all__ = [
    "Answer",
    "Channel",
    "DeliveryEvent",
    "Message",
    "Preference",
    "ProviderEvent",
    "PushKey",
    "PushSubscription",
    "QuietHours",
    "Template",
    "own_key",
]
