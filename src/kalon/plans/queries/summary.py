"""What was planned in a visit, in lines for the summary that the patient takes home."""

from datetime import date
from typing import Any

from kalon.kernel.actors import Actor
from kalon.plans.lifecycles import READ, FollowUpKind, FollowUpStatus, PlanStatus
from kalon.plans.models import FollowUpPlan, PlanLine, ProcedurePlan
from kalon.plans.queries.follow_ups import follow_ups_of_consultation
from kalon.plans.queries.plans import plans_of_consultation

SIDES = {"LEFT": "left side", "RIGHT": "right side", "BOTH": "both sides"}


def summary_lines(of: Any, seen_by: Actor) -> list[str]:
    """The treatments that were planned, then the visits that follow; a patient reads a plan once it is approved.

    The day of the next visit that the note itself names is not said twice.
    """
    if not seen_by.may(READ):
        return []
    plans = plans_of_consultation(of.pk, seen_by=seen_by).exclude(status=PlanStatus.CANCELLED)
    planned = [line for plan in plans.prefetch_related("lines__service", "lines__patient") for line in _planned(plan)]
    follow_ups = follow_ups_of_consultation(of.pk, seen_by=seen_by).exclude(
        status__in=[FollowUpStatus.CANCELLED, FollowUpStatus.COMPLETED]
    )
    return planned + [
        _next(one) for one in follow_ups if one.kind != FollowUpKind.SERIES_SESSION and one.due_date != of.follow_up_on
    ]


def _planned(plan: ProcedurePlan) -> list[str]:
    times = ""
    if plan.is_series:
        apart = f", {plan.interval_days} days apart" if plan.interval_days else ""
        times = f" ({plan.session_count} sessions{apart})"
    lines = sorted(plan.lines.all(), key=lambda line: line.position)
    return [f"{_what(line)}{times}" for line in lines] or [f"{plan.title}{times}"]


def _what(line: PlanLine) -> str:
    many = f" × {line.quantity}" if line.quantity > 1 else ""
    side = SIDES.get(line.side)
    return f"{line.what}{many}, {side}" if side else f"{line.what}{many}"


def _next(one: FollowUpPlan) -> str:
    why = f": {one.reason}" if str(one.reason).strip() else ""
    return f"{one.get_kind_display()} around {_long(one.due_date)}{why}"


def _long(on: date) -> str:
    return f"{on.day} {on:%B %Y}"
