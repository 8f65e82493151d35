"""The hours people keep week by week: set, changed from a day on, copied, ended."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise
from uuid import UUID

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid, NotFound
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.scheduling import queries, rules
from kalon.scheduling.actions.schedules.settling import Answers, settle
from kalon.scheduling.actions.schedules.writing import NewHours, write
from kalon.scheduling.lifecycles import MANAGE
from kalon.scheduling.models import Appointment, WeeklySchedule
from kalon.scheduling.models.schedules import Weekday
from kalon.scheduling.rules import ScheduleHours

EVERY_DAY = range(7)
MOST_SPANS, MOST_BREAKS = 6, 4  # in a day, in a span


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleLine:
    """Hours on one weekday (Monday is 0), on the branch's clock, with pauses.

    An end that does not come after the beginning is on the next day.
    """

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
    """Give somebody more hours on a weekday at a branch."""
    by.must(MANAGE, at=branch_id, do="change working hours")
    _check(line.hours)
    queries.hours_change(seen_by=by)
    (schedule,) = _write(staff_id, branch_id, [line.hours], by)
    return schedule


@verb
def change_schedule(pk: UUID, line: ScheduleLine, *, answers: Answers | None = None, by: Actor) -> WeeklySchedule:
    """Change the hours of a weekday; `answers` say what becomes of the visits that then lie outside."""
    schedule = _schedule(pk, by)
    _check(line.hours)
    with_new = _changing(schedule.staff_id, schedule.branch_id, by)
    (written,) = _write(schedule.staff_id, schedule.branch_id, [line.hours], by, over=schedule)
    settle(with_new(), answers or {}, why=f"hours changed for {written.staff.name}", by=by)
    return written


@verb
def end_schedule(pk: UUID, *, answers: Answers | None = None, by: Actor) -> WeeklySchedule:
    """Take the hours of a weekday away from today on; what was worked stays written."""
    schedule = _schedule(pk, by)
    outside = _changing(schedule.staff_id, schedule.branch_id, by)
    today = clock.today(schedule.branch.timezone)
    if schedule.valid_from < today:
        schedule.valid_to = today - rules.DAY
    else:
        schedule.is_active = False
    schedule.save(update_fields=["is_active", "valid_to"])
    audit.note(by, audit.Kind.CHANGE, schedule, facts={"ended": str(schedule)})
    settle(outside(), answers or {}, why=f"hours ended for {schedule.staff.name}", by=by)
    return schedule


@verb
def set_week(
    staff_id: UUID,
    branch_id: UUID,
    week: Sequence[ScheduleLine],
    *,
    first: date,
    last: date | None = None,
    weekdays: Sequence[int] = EVERY_DAY,
    answers: Answers | None = None,
    by: Actor,
) -> list[WeeklySchedule]:
    """Give somebody new hours at a branch from a day on: the old ones end the day before.

    With `last` the new hours hold until then and the old ones come back; with `weekdays` only those days change.
    `answers` say what becomes of the visits that then lie outside. Answers the week as it stands on the first day.
    """
    by.must(MANAGE, at=branch_id, do="change working hours")
    branch = people.branch(branch_id, seen_by=by)
    _check_week(week, weekdays, first, last, clock.today(branch.timezone))
    outside = _changing(staff_id, branch_id, by)
    _paint(staff_id, branch_id, [line.hours for line in week], weekdays, first, last, by)
    person = people.staff_member(staff_id, seen_by=by)
    settle(outside(), answers or {}, why=f"hours of {person.name} changed from {first:%-d %b}", by=by)
    return queries.week_of(staff_id, branch_id, first, seen_by=by)


@verb
def copy_day(
    staff_id: UUID,
    branch_id: UUID,
    weekday: int,
    to: Sequence[int],
    *,
    first: date,
    last: date | None = None,
    answers: Answers | None = None,
    by: Actor,
) -> list[WeeklySchedule]:
    """Give other days of somebody's week the hours of one day, from a day on."""
    week = [_line(line) for line in queries.week_of(staff_id, branch_id, first, seen_by=by) if line.weekday == weekday]
    copies = [_on(line, day) for day in to for line in week]
    return set_week(staff_id, branch_id, copies, first=first, last=last, weekdays=to, answers=answers, by=by)


@verb
def copy_week(
    staff_id: UUID,
    branch_id: UUID,
    to_staff_id: UUID,
    *,
    first: date,
    last: date | None = None,
    answers: Answers | None = None,
    by: Actor,
) -> list[WeeklySchedule]:
    """Give another person the week that somebody has at a branch, from a day on."""
    week = [_line(line) for line in queries.week_of(staff_id, branch_id, first, seen_by=by)]
    if not week:
        raise NotFound("There are no hours to copy on this day. Choose a day on which they hold.")
    return set_week(to_staff_id, branch_id, week, first=first, last=last, answers=answers, by=by)


def _changing(staff_id: UUID, branch_id: UUID, by: Actor) -> Callable[[], list[Appointment]]:
    """Begin a change of hours; what is answered tells afterwards which visits it has put outside."""
    queries.hours_change(seen_by=by)
    before = {visit.pk for visit in queries.stranded(staff_id, branch_id, seen_by=by)}

    def outside() -> list[Appointment]:
        return [visit for visit in queries.stranded(staff_id, branch_id, seen_by=by) if visit.pk not in before]

    return outside


def _paint(
    staff_id: UUID,
    branch_id: UUID,
    new: Sequence[ScheduleHours],
    weekdays: Sequence[int],
    first: date,
    last: date | None,
    by: Actor,
) -> None:
    """Lay the new hours over the old ones, and write what changed."""
    lines = queries.schedules_of(staff_id, seen_by=by).filter(branch_id=branch_id).select_for_update(of=("self",))
    old = {line.pk: line for line in lines}
    change = rules.painted([(pk, queries.hours_of(line)) for pk, line in old.items()], new, weekdays, first, last)
    for pk, until in change.ended.items():
        old[pk].valid_to = until
    for pk, begins in change.later.items():
        old[pk].valid_from = begins
    for pk in change.gone:
        old[pk].is_active = False
    touched = [old[pk] for pk in (*change.ended, *change.later, *change.gone)]
    WeeklySchedule.objects.bulk_update(touched, ["valid_from", "valid_to", "is_active"])
    for line in touched:
        audit.note(by, audit.Kind.CHANGE, line, facts={"hours": str(line), "until": str(line.valid_to or "")})
    _write(staff_id, branch_id, change.added, by)


def _write(
    staff_id: UUID, branch_id: UUID, hours: Sequence[ScheduleHours], by: Actor, over: WeeklySchedule | None = None
) -> list[WeeklySchedule]:
    staff, branch = people.staff_member(staff_id, seen_by=by), people.branch(branch_id, seen_by=by)
    return [write(NewHours(staff, branch, one), over=over, by=by) for one in hours]


def _schedule(pk: UUID, by: Actor) -> WeeklySchedule:
    by.must(MANAGE, do="change working hours")
    lines = WeeklySchedule.objects.select_for_update(of=("self",)).select_related("staff", "branch")
    schedule = lines.filter(organization_id=by.organization_id, pk=pk, is_active=True).first()
    if schedule is None:
        raise NotFound("There are no such hours.")
    by.must(MANAGE, at=schedule.branch_id, do="change working hours")
    return schedule


def _line(line: WeeklySchedule) -> ScheduleLine:
    return _on(line, line.weekday)


def _on(line: "WeeklySchedule | ScheduleLine", weekday: int) -> ScheduleLine:
    breaks = queries.hours_of(line).breaks if isinstance(line, WeeklySchedule) else tuple(line.breaks)
    return ScheduleLine(
        weekday=weekday,
        starts_at=line.starts_at,
        ends_at=line.ends_at,
        slot_minutes=line.slot_minutes,
        capacity=line.capacity,
        valid_from=line.valid_from,
        breaks=breaks,
    )


def _check_week(
    week: Sequence[ScheduleLine], weekdays: Sequence[int], first: date, last: date | None, today: date
) -> None:
    if first < today:
        raise Invalid("Choose today or a later day: hours that are over stay as they were.", field="first")
    if not rules.FIRST_DAY < first < rules.LAST_DAY - timedelta(days=400):
        raise Invalid("Choose a day before 2198.", field="first")
    if last and last < first:
        raise Invalid("The last day comes after the first.", field="last")
    for line in week:
        _check(line.hours)
        if line.weekday not in weekdays:
            raise Invalid("These hours are on a day that is not to be changed.", field="weekday")
    for day in Weekday:
        of_day = [line for line in week if line.weekday == day]
        if len(of_day) > MOST_SPANS:
            raise Invalid(f"{day.label} has more than {MOST_SPANS} stretches of hours. Join some.", field="weekday")
    _check_apart(week)


def _check_apart(week: Sequence[ScheduleLine]) -> None:
    """No stretch of the new week reaches into another."""
    taken = sorted((start, end, _shown(line)) for line in week for start, end in rules.week_seconds(line.hours))
    for (_, ends, one), (begins, _, other) in pairwise(taken):
        if ends > begins:
            raise Invalid(f"{one} and {other} overlap. Change one of them.", field="starts_at")


def _shown(line: "ScheduleLine | ScheduleHours") -> str:
    return f"{Weekday(line.weekday).label} {line.starts_at:%H:%M}–{line.ends_at:%H:%M}"


def _check(line: ScheduleHours) -> None:
    if line.weekday not in EVERY_DAY:
        raise Invalid("Choose a day of the week.", field="weekday")
    if line.starts_at == line.ends_at:
        raise Invalid("The end is another time than the beginning.", field="ends_at")
    if not 5 <= line.slot_minutes <= 240:
        raise Invalid("A slot lasts between 5 and 240 minutes.", field="slot_minutes")
    if line.slot_minutes > line.minutes:
        raise Invalid(f"No slot of {line.slot_minutes} minutes fits into {_shown(line)}.", field="slot_minutes")
    if not 1 <= line.capacity <= 20:
        raise Invalid("Between 1 and 20 patients fit into a slot.", field="capacity")
    if not rules.FIRST_DAY < line.valid_from < rules.LAST_DAY:
        raise Invalid("Choose a day between 1970 and 2199.", field="valid_from")
    if line.valid_to and line.valid_to < line.valid_from:
        raise Invalid("The last day comes after the first.", field="valid_to")
    if len(line.breaks) > MOST_BREAKS:
        raise Invalid(f"At most {MOST_BREAKS} breaks fit into a stretch. Make two stretches of it.", field="breaks")
    for start, end in line.breaks:
        if not line.holds_break(start, end):
            raise Invalid(
                f"{_shown(line)}: the break {start:%H:%M}–{end:%H:%M} does not lie within these hours.", field="breaks"
            )
