"""The states of a batch, of a unit with a serial number and of a reservation, and what may be asked of the store."""

from typing import Any

from django.db.models import TextChoices

from kalon.kernel.lifecycle import Lifecycle, Move, Row

VIEW, MANAGE, ISSUE = "inventory.view", "inventory.manage", "inventory.issue"
IMPLANTS, RECALL = "inventory.implants", "inventory.recall"


class BatchStatus(TextChoices):
    AVAILABLE = "AVAILABLE", "Available"
    QUARANTINED = "QUARANTINED", "Quarantined"


BATCH = Lifecycle(
    of="inventory.Batch",
    noun="batch",
    states=BatchStatus,
    initial=(BatchStatus.AVAILABLE,),
    moves=(
        Move(
            "quarantine",
            source=(BatchStatus.AVAILABLE,),
            target=BatchStatus.QUARANTINED,
            label="lock the batch away",
            permission=MANAGE,
            reason_needed=True,
            icon="lock",
        ),
        Move(
            "release",
            source=(BatchStatus.QUARANTINED,),
            target=BatchStatus.AVAILABLE,
            label="release the batch",
            permission=MANAGE,
            reason_needed=True,
            icon="lock-open",
        ),
    ),
)


class UnitStatus(TextChoices):
    IN_STOCK = "IN_STOCK", "In stock"
    RESERVED = "RESERVED", "Reserved"
    IMPLANTED = "IMPLANTED", "Implanted"
    EXPLANTED = "EXPLANTED", "Taken out"
    CONSUMED = "CONSUMED", "Used up"
    RETURNED = "RETURNED", "Sent back"
    QUARANTINED = "QUARANTINED", "Locked away"
    EXPIRED = "EXPIRED", "Expired"
    WASTED = "WASTED", "Wasted"


class RecallMark(TextChoices):
    """What a recall says of a unit, beside its state: an implanted unit stays implanted."""

    CLEAR = "CLEAR", "No recall"
    AFFECTED = "AFFECTED", "Recalled"
    ACTION_REQUIRED = "ACTION_REQUIRED", "Recalled: act"


U = UnitStatus
HERE = (U.IN_STOCK, U.RESERVED, U.QUARANTINED)  # it stands on a shelf of ours
# what becomes of a unit that leaves, by the kind of movement that carries it out
LEAVES = {
    "ISSUED": (U.IMPLANTED, U.CONSUMED, U.EXPLANTED), "SENT_BACK": (U.RETURNED,), "WASTED": (U.WASTED,),
    "EXPIRED": (U.EXPIRED,),
}  # fmt: skip
NOT_RECALLED = Row.is_in(
    "recall", RecallMark.CLEAR, otherwise="It is recalled: it can only be sent back or thrown away."
)

# What is locked away goes back to its maker or is thrown away from where it is: through the shelf it could be taken.
UNIT = Lifecycle(
    of="inventory.SerialUnit",
    noun="implant",
    states=UnitStatus,
    initial=(U.IN_STOCK,),
    moves=(
        Move("reserve", (U.IN_STOCK,), U.RESERVED, "reserve it", ISSUE, where=(NOT_RECALLED,), icon="bookmark"),
        Move("free", (U.RESERVED,), U.IN_STOCK, "give it free again", ISSUE, reason_needed=True, icon="bookmark-x"),
        Move("implant", (U.RESERVED,), U.IMPLANTED, "implant it", ISSUE, where=(NOT_RECALLED,), automatic=True),
        Move("explant", (U.IMPLANTED,), U.EXPLANTED, "write down that it was taken out", ISSUE, reason_needed=True,
             icon="undo-2"),
        Move("consume", (U.RESERVED,), U.CONSUMED, "use it up", ISSUE, where=(NOT_RECALLED,), automatic=True),
        Move("send_back", (U.IN_STOCK, U.QUARANTINED), U.RETURNED, "send it back", MANAGE, reason_needed=True,
             icon="truck"),
        Move("quarantine", (U.IN_STOCK,), U.QUARANTINED, "lock it away", MANAGE, reason_needed=True, icon="lock"),
        Move("release", (U.QUARANTINED,), U.IN_STOCK, "release it", MANAGE, where=(NOT_RECALLED,), reason_needed=True,
             icon="lock-open"),
        Move("expire", (U.IN_STOCK, U.QUARANTINED), U.EXPIRED, "write it off as expired", MANAGE, icon="circle-alert"),
        Move("waste", (U.IN_STOCK, U.QUARANTINED), U.WASTED, "write it off", ISSUE, reason_needed=True, icon="trash-2"),
    ),
)  # fmt: skip


class ReservationStatus(TextChoices):
    HELD = "HELD", "Reserved"
    USED = "USED", "Used"
    RELEASED = "RELEASED", "Given free"


R = ReservationStatus

RESERVATION = Lifecycle(
    of="inventory.Reservation",
    noun="reservation",
    states=ReservationStatus,
    initial=(R.HELD,),
    moves=(
        Move("use", (R.HELD,), R.USED, "use what was reserved", ISSUE, automatic=True),
        Move("release", (R.HELD,), R.RELEASED, "give it free again", ISSUE, reason_needed=True, icon="bookmark-x"),
    ),
)


class RecallStatus(TextChoices):
    OPEN = "OPEN", "Under way"
    CLOSED = "CLOSED", "Closed"


class TaskStatus(TextChoices):
    TO_REACH = "TO_REACH", "To reach"
    REACHED = "REACHED", "Reached"
    DONE = "DONE", "Outcome written"


def everybody_settled(notice: Any) -> str | None:
    """Every patient of the recall has an outcome."""
    left = notice.tasks.exclude(status=TaskStatus.DONE).count()
    if not left:
        return None
    return f"{left} patient{'s have' if left > 1 else ' has'} no outcome yet. Write down what came of each first."


NOTICE = Lifecycle(
    of="inventory.RecallNotice",
    noun="recall",
    states=RecallStatus,
    initial=(RecallStatus.OPEN,),
    seals=(RecallStatus.CLOSED,),
    moves=(
        Move("close", (RecallStatus.OPEN,), RecallStatus.CLOSED, "close the recall", RECALL,
             requires=(everybody_settled,), reason_needed=True, icon="check-check"),
    ),
)  # fmt: skip

TASK = Lifecycle(
    of="inventory.RecallTask",
    noun="task",
    states=TaskStatus,
    initial=(TaskStatus.TO_REACH,),
    seals=(TaskStatus.DONE,),
    moves=(
        Move("reach", (TaskStatus.TO_REACH,), TaskStatus.REACHED, "write down that the patient was reached", RECALL,
             icon="phone"),
        Move("settle", (TaskStatus.TO_REACH, TaskStatus.REACHED), TaskStatus.DONE, "write down the outcome", RECALL,
             where=(Row.filled("outcome", otherwise="Say what came of it."),), icon="check"),
    ),
)  # fmt: skip


class TakeStatus(TextChoices):
    COUNTING = "COUNTING", "Being counted"
    COUNTED = "COUNTED", "To be confirmed"
    CONFIRMED = "CONFIRMED", "Confirmed"
    CANCELLED = "CANCELLED", "Given up"


T = TakeStatus

TAKE = Lifecycle(
    of="inventory.StockTake",
    noun="stock take",
    states=TakeStatus,
    initial=(T.COUNTING,),
    seals=(T.CONFIRMED, T.CANCELLED),
    moves=(
        Move("finish", (T.COUNTING,), T.COUNTED, "end the count", MANAGE, icon="check"),
        Move("recount", (T.COUNTED,), T.COUNTING, "have it counted again", MANAGE, reason_needed=True, icon="undo-2"),
        Move("confirm", (T.COUNTED,), T.CONFIRMED, "confirm the count", MANAGE, icon="check-check"),
        Move("cancel", (T.COUNTING, T.COUNTED), T.CANCELLED, "give the stock take up", MANAGE, reason_needed=True,
             icon="x"),
    ),
)  # fmt: skip
