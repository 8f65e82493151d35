"""The states of a drawer's session and of a closed day, and every move between them."""

from typing import Any

from django.db import models

from kalon.kernel.lifecycle import Lifecycle, Move

VIEW = "tills.view"
TAKE = "tills.take"
CLOSE = "tills.close"
APPROVE = "tills.approve"


class SessionStatus(models.TextChoices):
    OPEN = "OPEN", "Open"
    COUNTED = "COUNTED", "Counted"
    CLOSED = "CLOSED", "Closed"


class DayStatus(models.TextChoices):
    CLOSED = "CLOSED", "Closed"
    REOPENED = "REOPENED", "Reopened"


def _explained(session: Any) -> str | None:
    """A difference above the limit needs words before anybody may agree to it."""
    if session.is_within_limit or session.explanation:
        return None
    return "Write why the count differs first."


# What the drawer should hold is worked out by the database at the moment it is counted, never before: whoever counts
# does not know it. A count is taken back only by somebody who may approve, in a named move with a reason.
DRAWER_SESSION = Lifecycle(
    of="tills.DrawerSession",
    noun="drawer",
    states=SessionStatus,
    initial=(SessionStatus.OPEN,),
    moves=(
        Move("count", (SessionStatus.OPEN,), SessionStatus.COUNTED, "count the drawer", TAKE, icon="calculator"),
        Move("count_again", (SessionStatus.COUNTED,), SessionStatus.OPEN, "have the drawer counted again", APPROVE,
             reason_needed=True, icon="undo-2"),
        Move("close", (SessionStatus.COUNTED,), SessionStatus.CLOSED, "close the drawer", CLOSE,
             requires=(_explained,), icon="lock"),
    ),
    seals=(SessionStatus.CLOSED,),
)  # fmt: skip

DAY_CLOSE = Lifecycle(
    of="tills.DayClose",
    noun="day",
    states=DayStatus,
    initial=(DayStatus.CLOSED,),
    moves=(
        Move("reopen", (DayStatus.CLOSED,), DayStatus.REOPENED, "reopen the day", APPROVE, reason_needed=True,
             icon="lock-open"),
    ),
    seals=(DayStatus.CLOSED, DayStatus.REOPENED),
)  # fmt: skip
