"""The follow-up plan as data (PRODUCT §3). OVERDUE is no state: it is a PENDING one whose day has passed."""

from typing import TYPE_CHECKING

from django.db.models import TextChoices

from kalon.consultations.lifecycles import Status as Encounter
from kalon.kernel.lifecycle import Lifecycle, Move, Row
from kalon.plans.lifecycles.procedures import ARRANGE, SIGN
from kalon.scheduling.lifecycles import BOOK, CANCEL

if TYPE_CHECKING:
    from kalon.plans.models import FollowUpPlan


class FollowUpStatus(TextChoices):
    PENDING = "PENDING", "To be booked"
    SCHEDULED = "SCHEDULED", "Booked"
    COMPLETED = "COMPLETED", "Done"
    CANCELLED = "CANCELLED", "Withdrawn"


class FollowUpKind(TextChoices):
    REVIEW = "REVIEW", "Review"
    POST_OP = "POST_OP", "After surgery"
    SERIES_SESSION = "SERIES_SESSION", "Session of a series"


def visit_closed(follow_up: "FollowUpPlan") -> str | None:
    """A follow-up is done when what was said and seen in its visit is signed, or its session is completed."""
    visit = follow_up.appointment
    encounter, session = getattr(visit, "consultation", None), getattr(visit, "session", None)
    if encounter is not None and encounter.status == Encounter.CLOSED:
        return None
    if session is not None and session.status == "COMPLETED":
        return None
    return "The visit of this follow-up is not signed yet."


F = FollowUpStatus
FOLLOW_UP = Lifecycle(
    of="plans.FollowUpPlan",
    noun="follow-up",
    states=FollowUpStatus,
    initial=(F.PENDING,),
    seals=(F.COMPLETED, F.CANCELLED),
    moves=(
        Move("schedule", (F.PENDING,), F.SCHEDULED, "book the follow-up", BOOK,
             where=(Row.filled("appointment_id", otherwise="Book its visit first."),), automatic=True),
        Move("unschedule", (F.SCHEDULED,), F.PENDING, "take the booking back", CANCEL,
             where=(Row("appointment_id", present=False, otherwise="Its visit still stands."),), automatic=True),
        Move("complete", (F.SCHEDULED,), F.COMPLETED, "complete the follow-up", SIGN,
             requires=(visit_closed,), where=(Row.filled("appointment_id"),), automatic=True),
        Move("cancel", (F.PENDING,), F.CANCELLED, "withdraw the follow-up", ARRANGE, reason_needed=True, icon="x"),
    ),
)  # fmt: skip
