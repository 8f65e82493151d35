"""Clearance as data (PRODUCT §3): open lines, cleared for one date, and over when the date or the evidence goes."""

from typing import TYPE_CHECKING

from django.db.models import TextChoices

from kalon.kernel.lifecycle import Lifecycle, Move, Row

if TYPE_CHECKING:
    from kalon.theatre.models import Clearance

VIEW = "theatre.view"
ARRANGE = "theatre.arrange"
STATE = "theatre.state"
CLEAR = "theatre.clear"
WAIVE = "theatre.waive"
MANAGE = "theatre.manage"
BLOCKS = "theatre.blocks"


class ClearanceStatus(TextChoices):
    OPEN = "OPEN", "Open"
    CLEARED = "CLEARED", "Cleared"
    NOT_CLEARED = "NOT_CLEARED", "Not cleared"
    EXPIRED = "EXPIRED", "Expired"


class Moment(TextChoices):
    """When a line has to be met: before the day it makes the clearance, on the day it lets the case start."""

    BEFORE = "BEFORE", "Before the day"
    DAY_OF = "DAY_OF", "On the day"


C = ClearanceStatus


def nothing_missing(clearance: "Clearance") -> str | None:
    """Every line of before the day has its evidence."""
    missing = [
        line.title for line in clearance.lines.select_related("patient").filter(moment=Moment.BEFORE, evidence_id=None)
    ]
    return f"Still missing: {', '.join(missing).lower()}." if missing else None


CLEARANCE = Lifecycle(
    of="theatre.Clearance",
    noun="clearance",
    states=C,
    initial=(C.OPEN,),
    seals=(C.CLEARED, C.EXPIRED),
    moves=(
        Move("clear", (C.OPEN,), C.CLEARED, "clear the patient for surgery", CLEAR,
             requires=(nothing_missing,),
             where=(Row.filled("cleared_by_id", otherwise="Somebody clears under their own name."),
                    Row.filled("valid_until")), icon="shield-check"),
        Move("refuse", (C.OPEN,), C.NOT_CLEARED, "refuse clearance", CLEAR, reason_needed=True, icon="shield-x"),
        Move("reopen", (C.NOT_CLEARED,), C.OPEN, "open the clearance again", CLEAR, icon="rotate-ccw"),
        Move("expire", (C.CLEARED,), C.EXPIRED, "end the clearance", VIEW, reason_needed=True, automatic=True),
    ),
)  # fmt: skip
