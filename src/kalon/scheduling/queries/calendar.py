"""The calendar: what is drawn for some days of a branch, in the same few statements however full they are."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.people import queries as people
from kalon.scheduling import rules
from kalon.scheduling.lifecycles import VIEW
from kalon.scheduling.models import Allocation, Appointment, TimeOff, WeeklySchedule
from kalon.scheduling.models.appointments import LONGEST
from kalon.scheduling.queries.schedules import hours_of
from kalon.scheduling.queries.visits import appointments
from kalon.scheduling.rules import DAY, Span

LONGEST_LOOK = timedelta(days=45)  # a month as a calendar draws it, with the ends of its neighbours
BREAK = "BREAK"


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which nothing is booked: a break, leave, a room's upkeep, or (of nobody in particular) a holiday."""

    resource_id: UUID | None
    span: Span
    kind: str
    reason: str = ""
    id: UUID | None = None  # of the time off; a break has none, it belongs to the hours


@dataclass(frozen=True, slots=True)
class Held:
    """A time somebody keeps while they book or move a visit."""

    id: UUID
    resource_id: UUID
    span: Span
    until: datetime
    is_mine: bool


@dataclass(slots=True)
class Calendar:
    """Everything that is drawn for some days of one branch."""

    branch: Any
    zone: ZoneInfo
    first: date
    last: date
    visits: list[Appointment] = field(default_factory=list)
    rooms: list[Any] = field(default_factory=list)
    devices: list[Any] = field(default_factory=list)
    staff: dict[UUID, Any] = field(default_factory=dict)
    hours: dict[UUID, list[Span]] = field(default_factory=dict)
    pauses: list[Pause] = field(default_factory=list)
    holds: list[Held] = field(default_factory=list)

    @property
    def days(self) -> list[date]:
        """The days from the first to the last."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def frame(self) -> Span:
        """From the first midnight to the last, on the branch's clock."""
        return Span(rules.whole_day(self.first, self.zone).start, rules.whole_day(self.last, self.zone).end)

    def frame_of(self, on: date) -> Span:
        """From midnight to midnight of one of the days."""
        return rules.whole_day(on, self.zone)


def calendar(branch: Any, first: date, last: date, *, seen_by: Actor) -> Calendar:
    """A branch's visits, working hours, pauses and holds from one day to another."""
    seen_by.must(VIEW, at=branch.pk, do="see the calendar of this branch")
    if not rules.FIRST_DAY < first <= last < rules.LAST_DAY or last - first > LONGEST_LOOK:
        raise Invalid("A calendar shows up to six weeks between 1970 and 2199. Choose another day.", field="date")
    book = Calendar(branch, ZoneInfo(branch.timezone), first, last)
    book.rooms = list(people.rooms(seen_by=seen_by, branch_id=branch.pk))
    book.devices = list(people.equipment_of(seen_by=seen_by, branch_id=branch.pk))
    book.visits = _visits(book, seen_by)
    for line in _lines(book, seen_by):
        _work(book, line)
    for visit in book.visits:  # who works here today without having hours still has a column
        if visit.doctor:
            book.staff.setdefault(visit.doctor.pk, visit.doctor)
    book.pauses += _time_off(book, seen_by)
    book.holds = list(_holds(book, seen_by))
    return book


def _visits(book: Calendar, seen_by: Actor) -> list[Appointment]:
    """Also those that began the evening before; what many of them share is read once, not joined to each."""
    frame = book.frame
    rows = appointments(seen_by=seen_by).filter(
        branch_id=book.branch.pk,
        starts_at__gte=frame.start - LONGEST,
        starts_at__lt=frame.end,
        ends_at__gt=frame.start,
    )
    found = rows.select_related(None).select_related("patient").prefetch_related("doctor", "room", "service", "package")
    visits = list(found.order_by("starts_at", "id"))
    for visit in visits:
        visit.branch = book.branch
    return visits


def _lines(book: Calendar, seen_by: Actor) -> Iterator[WeeklySchedule]:
    lines = WeeklySchedule.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=book.first - DAY),
        organization_id=seen_by.organization_id,
        branch_id=book.branch.pk,
        is_active=True,
        valid_from__lte=book.last,
    )
    return iter(lines.select_related("staff").prefetch_related("breaks").order_by("staff__name", "weekday"))


def _work(book: Calendar, line: WeeklySchedule) -> None:
    """Put a line of somebody's week on the days it falls on."""
    week = hours_of(line)
    for on in (book.first - DAY, *book.days) if week.crosses_midnight else book.days:
        if on.weekday() == week.weekday and week.is_valid(on):
            stretch = week.on(on, book.zone)
            book.staff[line.staff_id] = line.staff
            book.hours.setdefault(line.staff_id, []).append(stretch.span)
            book.pauses += [Pause(line.staff_id, pause, BREAK) for pause in stretch.breaks]


def _time_off(book: Calendar, seen_by: Actor) -> list[Pause]:
    frame = book.frame
    rows = TimeOff.objects.filter(
        Q(branch_id=book.branch.pk) | Q(branch=None),
        organization_id=seen_by.organization_id,
        is_active=True,
        period__overlap=(frame.start, frame.end),
    )
    return [
        Pause(who, Span(off.period.lower, off.period.upper), off.kind, off.reason, off.pk)
        for off in rows
        for who in _away_by(off, book)
    ]


def _away_by(off: TimeOff, book: Calendar) -> list[UUID | None]:
    """Whose column it closes: one, everybody's (None), or all but those who work on a holiday all the same."""
    if off.except_staff:
        return [staff_id for staff_id in book.staff if staff_id not in off.except_staff]
    return [off.resource_id]


def _holds(book: Calendar, seen_by: Actor) -> Iterator[Held]:
    frame = book.frame
    rows = Allocation.objects.filter(
        organization_id=seen_by.organization_id,
        branch_id=book.branch.pk,
        is_live=True,
        appointment=None,
        expires_at__gt=clock.now(),
        starts_at__gte=frame.start - LONGEST,
        starts_at__lt=frame.end,
    )
    for pk, who, start, end, until, by in rows.values_list(
        "pk", "resource_id", "starts_at", "ends_at", "expires_at", "held_by"
    ):
        if until:
            yield Held(pk, who, Span(start, end), until, is_mine=by == seen_by.user_id)
