"""The states of a message on its way out, and every move between them."""

from typing import Any

from django.db import models

from kalon.kernel import clock
from kalon.kernel.lifecycle import Lifecycle, Move

VIEW = "messaging.view"
MANAGE = "messaging.manage"


class Status(models.TextChoices):
    QUEUED = "QUEUED", "Waiting to be sent"
    SENT = "SENT", "Sent"
    DELIVERED = "DELIVERED", "Delivered"
    FAILED = "FAILED", "Not delivered"
    UNKNOWN = "UNKNOWN", "Perhaps sent"


def _still_has_words(message: Any) -> str | None:
    return None if message.body is not None else "Its one-time code has expired. Ask for a new code instead."


def _still_of_use(message: Any) -> str | None:
    if message.withdrawn_at is not None:
        return "What it said is no longer true. Write to the patient about what holds now."
    if message.until is not None and message.until <= clock.now():
        return "Its time has passed: nobody needs it any more."
    return None


# UNKNOWN: we handed it over and never heard whether it was taken. It is asked after, and sent again only when
# the provider says it never had it. A provider's reports come in any order, so a delivery that was reported after
# a failure counts (it did arrive), and a failure that was reported after a delivery does not.
MESSAGE = Lifecycle(
    of="messaging.Message",
    noun="message",
    states=Status,
    initial=(Status.QUEUED,),
    moves=(
        Move("accept", (Status.QUEUED, Status.UNKNOWN), Status.SENT, "record the message as sent", MANAGE,
             automatic=True),
        Move("deliver", (Status.SENT, Status.FAILED), Status.DELIVERED, "record the delivery", MANAGE, automatic=True),
        Move("fail", (Status.QUEUED, Status.SENT, Status.UNKNOWN), Status.FAILED, "record that it failed", MANAGE,
             automatic=True),
        Move("lose_sight", (Status.QUEUED,), Status.UNKNOWN, "record that nobody knows", MANAGE, automatic=True),
        Move("requeue", (Status.UNKNOWN,), Status.QUEUED, "send what the provider never had", MANAGE, automatic=True),
        Move("send_again", (Status.FAILED,), Status.QUEUED, "send the message again", MANAGE,
             requires=(_still_has_words, _still_of_use), reason_needed=True, icon="send"),
        Move("give_up_looking", (Status.UNKNOWN,), Status.FAILED, "call it not delivered", MANAGE,
             reason_needed=True, icon="circle-alert"),
    ),
)  # fmt: skip
