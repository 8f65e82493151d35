"""Writing one line of somebody's week, and saying which other hours stand in its way."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash
from kalon.scheduling import queries, rules
from kalon.scheduling.models import ScheduleBreak, WeeklySchedule
from kalon.scheduling.models.schedules import WORKS_ONCE
from kalon.scheduling.rules import ScheduleHours

COMPARED = timedelta(days=400)  # two clocks drift apart and together within a year
FACTS = ("weekday", "starts_at", "ends_at", "slot_minutes", "capacity", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class NewHours:
    """Hours that somebody is to keep at a branch."""

    staff: Any
    branch: Any
    hours: ScheduleHours


def write(new: NewHours, *, over: WeeklySchedule | None = None, by: Actor) -> WeeklySchedule:
    """Write the hours as a new line, or over an old one; refuse where others stand in the way."""
    line = over or WeeklySchedule(organization_id=by.organization_id, staff=new.staff, branch=new.branch)
    for name in FACTS:
        setattr(line, name, getattr(new.hours, name))
    with refusing({WORKS_ONCE: lambda: _clash(new, line, by)}):
        line.save()
    if (other := _in_the_way(new, line, by)) is not None:
        raise _refusal(new, other)
    line.breaks.all().delete()
    ScheduleBreak.objects.bulk_create(
        ScheduleBreak(organization_id=line.organization_id, schedule=line, starts_at=start, ends_at=end)
        for start, end in new.hours.breaks
    )
    audit.note(by, audit.Kind.CHANGE, line, facts={"hours": str(line), "from": str(line.valid_from)})
    return line


def _clash(new: NewHours, line: WeeklySchedule, by: Actor) -> Clash:
    """The refusal of the database in words: with which hours, and where."""
    taken = rules.week_seconds(new.hours)
    for other in queries.schedules_of(new.staff.pk, seen_by=by).exclude(pk=line.pk):
        there = rules.week_seconds(queries.hours_of(other))
        if _meet_in_time(new.hours, other) and any(a < d and c < b for a, b in taken for c, d in there):
            return _refusal(new, other)
    return Clash(f"{new.staff.name} already has hours then. Choose other hours.", field="starts_at")


def _in_the_way(new: NewHours, line: WeeklySchedule, by: Actor) -> WeeklySchedule | None:
    """Other hours that the week's arithmetic in the database cannot see: on another clock, or of last night.

    Changes of hours wait for each other, so nobody writes any while we look.
    """
    zone = ZoneInfo(new.branch.timezone)
    for other in queries.schedules_of(new.staff.pk, seen_by=by).exclude(pk=line.pk):
        theirs = queries.hours_of(other)
        far = other.branch.timezone != new.branch.timezone
        if (far or new.hours.crosses_midnight or theirs.crosses_midnight) and _meet_on_a_day(
            new.hours, zone, theirs, ZoneInfo(other.branch.timezone)
        ):
            return other
    return None


def _meet_on_a_day(one: ScheduleHours, here: ZoneInfo, other: ScheduleHours, there: ZoneInfo) -> bool:
    first = max(one.valid_from, other.valid_from - rules.DAY, clock.today(here) - rules.DAY)
    last = min(one.valid_to or date.max, (other.valid_to or date.max - rules.DAY) + rules.DAY, first + COMPARED)
    day = first + timedelta(days=(one.weekday - first.weekday()) % 7)
    while day <= last:
        mine = one.on(day, here).span
        for near in (day - rules.DAY, day, day + rules.DAY):
            if near.weekday() == other.weekday and other.is_valid(near) and other.on(near, there).span.overlaps(mine):
                return True
        day += timedelta(days=7)
    return False


def _meet_in_time(hours: ScheduleHours, other: WeeklySchedule) -> bool:
    return (other.valid_to is None or hours.valid_from <= other.valid_to) and (
        hours.valid_to is None or other.valid_from <= hours.valid_to
    )


def _refusal(new: NewHours, other: WeeklySchedule) -> Clash:
    until = f" until {other.valid_to:%-d %b %Y}" if other.valid_to else ""
    here = "" if other.branch_id == new.branch.pk else f" at {other.branch.name}"
    return Clash(
        f"{new.staff.name} already works{here} on {other.get_weekday_display()}s from {other.starts_at:%H:%M} to "
        f"{other.ends_at:%H:%M}{until}. Change those hours, or choose others.",
        field="starts_at",
        clashes_with=str(other.pk),
        branch_id=str(other.branch_id),
    )
