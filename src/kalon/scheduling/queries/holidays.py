"""The days a branch keeps: its calendar, what is decided of each day, and what waits to be decided."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Count, QuerySet

from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.scheduling.lifecycles import VIEW
from kalon.scheduling.models import Holiday, HolidayCalendar
from kalon.scheduling.rules import same_feast


def calendar_of(branch_id: UUID, *, seen_by: Actor) -> HolidayCalendar | None:
    """Which calendar a branch follows; None before somebody chose one."""
    seen_by.must(VIEW, at=branch_id, do="see holidays")
    return HolidayCalendar.objects.filter(organization_id=seen_by.organization_id, branch_id=branch_id).first()


def calendars(*, seen_by: Actor) -> QuerySet[HolidayCalendar]:
    """Every branch's calendar."""
    return HolidayCalendar.objects.filter(organization_id=seen_by.organization_id)


def holidays_of(branch_id: UUID, first: date, last: date, *, seen_by: Actor) -> QuerySet[Holiday]:
    """The days between two days that a branch keeps or could keep, with what closes them."""
    seen_by.must(VIEW, at=branch_id, do="see holidays")
    return _rows(seen_by).filter(branch_id=branch_id, on_date__gte=first, on_date__lte=last)


def holiday(pk: UUID, *, seen_by: Actor) -> Holiday:
    """One day that a branch keeps or could keep."""
    found = one(_rows(seen_by).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such holiday. Look for it in the list of the branch.")
    return found


def holidays_to_decide(*, seen_by: Actor, after: date) -> dict[UUID, int]:
    """How many proposed days wait for a decision, by branch."""
    waiting = Holiday.objects.filter(
        organization_id=seen_by.organization_id, decision=Holiday.Decision.PROPOSED, on_date__gte=after
    )
    counted = waiting.order_by().values("branch_id").annotate(count=Count("pk"))
    return {row["branch_id"]: row["count"] for row in counted}


def kept_before(day: Holiday, others: Iterable[Holiday]) -> bool:
    """Whether the branch closed for the same feast the last time it decided about it."""
    decided = [
        one
        for one in others
        if one.on_date < day.on_date and one.decision != Holiday.Decision.PROPOSED and same_feast(one.name, day.name)
    ]
    latest = max(decided, key=lambda one: one.on_date, default=None)
    return latest is not None and latest.decision == Holiday.Decision.CLOSED


def _rows(seen_by: Actor) -> QuerySet[Holiday]:
    rows = Holiday.objects.filter(organization_id=seen_by.organization_id)
    return rows.select_related("time_off", "branch").order_by("on_date", "name", "id")
