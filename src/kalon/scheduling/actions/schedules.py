"""When people work: the weekly hours, and the times they are away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg.types.range import TimestamptzRange

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotFound
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.scheduling import queries
from kalon.scheduling.actions.places import instant_of
from kalon.scheduling.lifecycles import MANAGE
from kalon.scheduling.models import Appointment, ScheduleBreak, TimeOff, WeeklySchedule
from kalon.scheduling.models.schedules import WORKS_ONCE
from kalon.scheduling.rules import ScheduleHours, Span

LONGEST_DAYS_OFF = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleLine:
    """Hours on one weekday (Monday is 0), on the branch's clock, with pauses."""

    weekday: int
    starts_at: time
    ends_at: time
    slot_minutes: int = 30
    capacity: int = 1
    valid_from: date
    valid_to: date | None = None
    breaks: Sequence[tuple[time, time]] = ()

    @property
    def hours(self) -> ScheduleHours:
        return ScheduleHours(
            weekday=self.weekday,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            slot_minutes=self.slot_minutes,
            capacity=self.capacity,
            breaks=tuple(self.breaks),
            valid_from=self.valid_from,
            valid_to=self.valid_to,
        )


@verb
def set_schedule(staff_id: UUID, branch_id: UUID, line: ScheduleLine, *, by: Actor) -> WeeklySchedule:
    """Give somebody hours on a weekday at a branch."""
    by.must(MANAGE, at=branch_id, do="change working hours")
    _check(line)
    schedule = WeeklySchedule(
        organization_id=by.organization_id,
        staff=people.staff_member(staff_id, seen_by=by),
        branch=people.branch(branch_id, seen_by=by),
    )
    return _write(schedule, line, by)


@verb
def change_schedule(pk: UUID, line: ScheduleLine, *, by: Actor) -> WeeklySchedule:
    """Change the hours of a weekday; visits that now lie outside stay until somebody moves them."""
    schedule = _schedule(pk, by)
    _check(line)
    return _write(schedule, line, by)


@verb
def end_schedule(pk: UUID, *, by: Actor) -> WeeklySchedule:
    """Take the hours of a weekday away."""
    schedule = _schedule(pk, by)
    schedule.is_active = False
    schedule.save(update_fields=["is_active"])
    audit.note(by, audit.Kind.CHANGE, schedule, facts={"ended": str(schedule)})
    return schedule


@verb
def block(
    start: datetime,
    end: datetime,
    *,
    staff_id: UUID | None = None,
    branch_id: UUID | None = None,
    kind: str = TimeOff.Kind.LEAVE,
    reason: str = "",
    by: Actor,
) -> tuple[TimeOff, list[Appointment]]:
    """Book nothing in a time: leave, a meeting, a holiday for everyone. Answers the visits that stand inside it."""
    by.must(MANAGE, at=branch_id, do="block times")
    zone = _zone(branch_id, by)
    span = Span(instant_of(start, zone), instant_of(end, zone))
    if not span.start < span.end:
        raise Invalid("The end comes after the beginning.", field="end")
    if (span.end - span.start).days > LONGEST_DAYS_OFF:
        raise Invalid("This is longer than a year. Block it year by year.", field="end")
    if kind not in TimeOff.Kind.values:
        raise Invalid("Choose leave, holiday or meeting.", field="kind")
    if staff_id is None and kind != TimeOff.Kind.HOLIDAY:
        raise Invalid("Say who is away. Only a holiday holds for everyone.", field="staff_id")
    off = TimeOff.objects.create(
        organization_id=by.organization_id,
        staff=people.staff_member(staff_id, seen_by=by) if staff_id else None,
        branch=people.branch(branch_id, seen_by=by) if branch_id else None,
        kind=kind,
        period=TimestamptzRange(span.start, span.end),
        reason=reason.strip()[:200],
    )
    audit.note(by, audit.Kind.CHANGE, off, facts={"blocked": [span.start.isoformat(), span.end.isoformat()]})
    return off, queries.inside(span, seen_by=by, staff_id=staff_id, branch_id=branch_id)


@verb
def unblock(pk: UUID, *, by: Actor) -> TimeOff:
    """Open a blocked time for booking again."""
    off = TimeOff.objects.select_for_update().filter(organization_id=by.organization_id, pk=pk, is_active=True).first()
    if off is None:
        raise NotFound("There is no such blocked time.")
    by.must(MANAGE, at=off.branch_id, do="open blocked times")
    off.is_active = False
    off.save(update_fields=["is_active"])
    audit.note(by, audit.Kind.CHANGE, off, facts={"unblocked": True})
    return off


def _schedule(pk: UUID, by: Actor) -> WeeklySchedule:
    lines = WeeklySchedule.objects.select_for_update(of=("self",)).select_related("staff", "branch")
    schedule = lines.filter(organization_id=by.organization_id, pk=pk, is_active=True).first()
    if schedule is None:
        raise NotFound("There are no such hours.")
    by.must(MANAGE, at=schedule.branch_id, do="change working hours")
    return schedule


def _write(schedule: WeeklySchedule, line: ScheduleLine, by: Actor) -> WeeklySchedule:
    for name in ("weekday", "starts_at", "ends_at", "slot_minutes", "capacity", "valid_from", "valid_to"):
        setattr(schedule, name, getattr(line, name))
    taken = Clash(
        f"{schedule.staff.name} already has hours on this day that overlap. Change those, or choose other hours.",
        field="starts_at",
    )
    with refusing({WORKS_ONCE: taken}):
        schedule.save()
        schedule.breaks.all().delete()
        ScheduleBreak.objects.bulk_create(
            ScheduleBreak(organization_id=schedule.organization_id, schedule=schedule, starts_at=start, ends_at=end)
            for start, end in line.breaks
        )
    audit.note(by, audit.Kind.CHANGE, schedule, facts={"hours": str(schedule)})
    return schedule


def _check(line: ScheduleLine) -> None:
    if line.weekday not in range(7):
        raise Invalid("Choose a day of the week.", field="weekday")
    if not line.starts_at < line.ends_at:
        raise Invalid("The end comes after the beginning, on the same day.", field="ends_at")
    if not 5 <= line.slot_minutes <= 240:
        raise Invalid("A slot lasts between 5 and 240 minutes.", field="slot_minutes")
    if not 1 <= line.capacity <= 20:
        raise Invalid("Between 1 and 20 patients fit into a slot.", field="capacity")
    if line.valid_to and line.valid_to < line.valid_from:
        raise Invalid("The last day comes after the first.", field="valid_to")
    for start, end in line.breaks:
        if not line.starts_at <= start < end <= line.ends_at:
            raise Invalid("A break lies within the hours and ends after it begins.", field="breaks")


def _zone(branch_id: UUID | None, by: Actor) -> ZoneInfo:
    if branch_id:
        return ZoneInfo(people.branch(branch_id, seen_by=by).timezone)
    return ZoneInfo(people.organization(seen_by=by).timezone)
