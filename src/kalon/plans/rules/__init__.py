"""What can be said of plans and follow-ups without looking anything up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from kalon.plans.lifecycles import ConsentNeed, FollowUpKind, PlanType

FIRST_CHASE, SECOND_CHASE = 3, 14  # days after it was due; what a clinic starts with, and may change
CHASE = (FIRST_CHASE, SECOND_CHASE)
MOST_CHASES, LATEST_CHASE = 5, 365
LONGEST_TEXT = 4_000
FARTHEST = timedelta(days=5 * 366)

# The kind of visit that a follow-up takes; one of a plan is a review of that plan.
VISIT_OF = {
    FollowUpKind.REVIEW: "FOLLOW_UP",
    FollowUpKind.POST_OP: "POST_OP",
    FollowUpKind.SERIES_SESSION: "SESSION",
}


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the whole, for "3 of 6"."""

    done: int
    of: int

    @property
    def percent(self) -> Decimal:
        return Decimal(100 * self.done) / self.of if self.of else Decimal(0)

    def __str__(self) -> str:
        return f"{self.done} of {self.of}"


def consent_of(plan_type: str, wished: str, *, is_asked: bool = False) -> str:
    """A surgery always needs a signed consent, a plan without a procedure never; the others as the doctor says.

    `is_asked`: one of its procedures asks for a consent in the catalogue, whatever the doctor wished.
    """
    if plan_type == PlanType.SURGICAL:
        return ConsentNeed.REQUIRED
    if plan_type == PlanType.CONSERVATIVE:
        return ConsentNeed.NOT_REQUIRED
    return ConsentNeed.REQUIRED if is_asked else wished or ConsentNeed.REQUIRED


def visit_kind(kind: str, *, of_plan: bool) -> str:
    """Which kind of visit is booked for a follow-up."""
    if kind == FollowUpKind.REVIEW and of_plan:
        return "REVIEW"
    return VISIT_OF[FollowUpKind(kind)]


def due_in_words(days: int) -> str:
    """How far away a day is, as the desk says it: "due in 2 days", "overdue 5 days"."""
    if days == 0:
        return "due today"
    if days == 1:
        return "due tomorrow"
    if days > 1:
        return f"due in {days} days"
    return "overdue since yesterday" if days == -1 else f"overdue {-days} days"


def waits_in_words(days: int) -> str:
    """How long an approved plan has waited for its visit."""
    if days >= 0:
        return "approved today"
    return "approved yesterday" if days == -1 else f"approved {-days} days ago"


def chase_step(days_overdue: int, steps: Sequence[int]) -> int:
    """The last step whose day has come (1 is the first); 0 while none has."""
    return sum(1 for days in steps if days_overdue >= days)


def later(start: date, days: int) -> date:
    return start + timedelta(days=days)
