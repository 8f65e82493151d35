"""The diary: hours, time off and what is taken, read once for a few days and asked often."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.db.models.expressions import RawSQL

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.people import queries as people
from kalon.scheduling import rules
from kalon.scheduling.models import Allocation, WeeklySchedule
from kalon.scheduling.models.appointments import LONGEST
from kalon.scheduling.queries.away import blocked
from kalon.scheduling.queries.schedules import hours_of
from kalon.scheduling.queries.visits import appointments
from kalon.scheduling.rules import Candidate, Column, Hours, ScheduleHours, Slot, SlotState, Span, Taken

EMPTY = Column()
OPEN_STEP = 30  # minutes between two beginnings where no doctor's grid says otherwise
REACH = timedelta(hours=8)  # preparation, cleaning and buffers reach beyond the day, both ways


But = UUID | tuple[UUID, ...] | None  # whose allocations are left out: of a visit that is moved, or several

# A slot with its span in UTC, which is what times are compared by: a local hour that comes twice would be one.
Opening = tuple[Span, Slot]


@dataclass(slots=True)
class Diary:
    """Everything that says when people can be booked at one branch, for a few days: read once, asked often.

    What many people share is worked out once: a stretch of hours on a day, and the grid of times within it.
    """

    branch_id: UUID
    zone: ZoneInfo
    people: dict[UUID, Any] = field(default_factory=dict)  # everybody who has hours here
    lines: dict[UUID, list[ScheduleHours]] = field(default_factory=dict)
    away: list[tuple[UUID | None, Span]] = field(default_factory=list)
    columns: dict[UUID, Column] = field(default_factory=dict)
    _hours: dict[tuple[UUID, date], list[Hours]] = field(default_factory=dict)
    _asked: dict[tuple[UUID, Span], bool] = field(default_factory=dict)
    _away_of: dict[UUID, list[Span]] = field(default_factory=dict)
    _days: dict[date, Span] = field(default_factory=dict)
    _stretches: dict[tuple[ScheduleHours, date], Hours] = field(default_factory=dict)
    _grids: dict[tuple[Hours, date, int | None], list[tuple[Span, datetime, datetime]]] = field(default_factory=dict)

    def add_line(self, line: WeeklySchedule) -> None:
        """Take in one line of somebody's week."""
        self.people.setdefault(line.staff_id, line.staff)
        self.lines.setdefault(line.staff_id, []).append(hours_of(line))

    def day(self, on: date) -> Span:
        """From midnight to midnight on the branch's clock."""
        if on not in self._days:
            self._days[on] = rules.whole_day(on, self.zone)
        return self._days[on]

    def hours(self, doctor_id: UUID, on: date) -> list[Hours]:
        """A person's working hours that reach into a day, before anything is booked: also those of the night before."""
        if (doctor_id, on) not in self._hours:
            lines = self.lines.get(doctor_id, [])
            self._hours[doctor_id, on] = [*self._begun(lines, on - rules.DAY, until=on), *self._begun(lines, on)]
        return self._hours[doctor_id, on]

    def _begun(self, lines: list[ScheduleHours], on: date, *, until: date | None = None) -> Iterator[Hours]:
        """The stretches that begin on a day; of those, with `until`, what goes on into that day."""
        weekday = on.weekday()
        for line in lines:
            if line.weekday == weekday and (until is None or line.crosses_midnight) and line.is_valid(on):
                stretch = self._stretches.get((line, on)) or self._stretches.setdefault(
                    (line, on), line.on(on, self.zone)
                )
                if until is None or stretch.span.end > self.day(until).start:
                    yield stretch

    @property
    def doctors(self) -> list[UUID]:
        """Which of them see patients."""
        return [staff_id for staff_id, staff in self.people.items() if staff.is_doctor]

    def away_spans(self, resource_id: UUID) -> list[Span]:
        """When somebody is away, or a room closed: their own times off, and everybody's holidays."""
        if resource_id not in self._away_of:
            self._away_of[resource_id] = [span for who, span in self.away if who in (None, resource_id)]
        return self._away_of[resource_id]

    def column(self, resource_id: UUID) -> Column:
        """What already stands in somebody's or something's column."""
        return self.columns.get(resource_id) or EMPTY

    def is_free(self, one: Candidate, span: Span, around: Span) -> bool:
        """Whether one is there for a visit's span, and not taken for all that goes around it."""
        asked = (one.id, around)
        if asked not in self._asked:
            self._asked[asked] = self._is_free(one, span, around)
        return self._asked[asked]

    def _is_free(self, one: Candidate, span: Span, around: Span) -> bool:
        if any(gone.overlaps(span) for gone in self.away_spans(one.id)):
            return False
        capacity = one.capacity
        if one.id in self.lines:
            of_day = self.hours(one.id, span.start.astimezone(self.zone).date())
            there = [hours for hours in of_day if hours.offers(span)]
            if not there:
                return False
            capacity = there[0].capacity
        taken = self.column(one.id).within(around)
        return rules.state(around, taken, capacity=capacity, now=around.start) is SlotState.FREE

    def is_not_taken(self, one: Candidate, span: Span, around: Span) -> bool:
        """Whether nothing stands in one's column then, whatever the hours: outside them people come in on purpose."""
        taken = self.column(one.id).within(around)
        return rules.state(around, taken, capacity=one.capacity, now=around.start) is SlotState.FREE

    def is_house_open(self, branch: Any, span: Span) -> bool:
        """Whether a span lies within the opening hours of the branch, on no holiday."""
        on = span.start.astimezone(self.zone).date()
        opening = Span(*(rules.instant(on, at, self.zone) for at in (branch.opens_at, branch.closes_at)))
        return opening.holds(span) and not any(who is None and gone.overlaps(span) for who, gone in self.away)

    def slots(self, doctor_id: UUID, on: date, minutes: int | None, *, now: datetime) -> Iterator[Slot]:
        """The doctor's slots that begin on a day, each with its state, in order."""
        return (slot for _, slot in self.openings(doctor_id, on, minutes, now=now))

    def openings(self, doctor_id: UUID, on: date, minutes: int | None, *, now: datetime) -> Iterator[Opening]:
        """The same, each with its span in UTC."""
        away = self.away_spans(doctor_id)
        column = self.column(doctor_id)
        for stretch in self.hours(doctor_id, on):
            gone_then = [gone for gone in away if gone.overlaps(stretch.span)]
            if any(gone.holds(stretch.span) for gone in gone_then):
                continue
            for span, start, end in self._grid(stretch, on, minutes):
                if gone_then and any(gone.overlaps(span) for gone in gone_then):
                    continue
                taken = column.within(span)
                state = rules.state(span, taken, capacity=stretch.capacity, now=now)
                yield span, Slot(start, end, doctor_id, self.branch_id, state)

    def _grid(self, stretch: Hours, on: date, minutes: int | None) -> list[tuple[Span, datetime, datetime]]:
        """The times of a stretch that begin on a day, with what the branch's clock shows."""
        key = (stretch, on, minutes)
        if key not in self._grids:
            day, zone = self.day(on), self.zone
            self._grids[key] = [
                (span, span.start.astimezone(zone), span.end.astimezone(zone))
                for span in rules.spans(stretch, minutes)
                if day.start <= span.start < day.end
            ]
        return self._grids[key]

    def open_slots(self, branch: Any, on: date, minutes: int | None, *, now: datetime) -> Iterator[Opening]:
        """Slots within the opening hours, for what is done without a doctor."""
        step = OPEN_STEP if (minutes or OPEN_STEP) >= OPEN_STEP else 15
        opening = rules.instant(on, branch.opens_at, self.zone), rules.instant(on, branch.closes_at, self.zone)
        for span in rules.spans(Hours(Span(*opening), step, 1), minutes):
            if not any(who is None and gone.overlaps(span) for who, gone in self.away):
                state = rules.state(span, [], capacity=1, now=now)
                start, end = span.start.astimezone(self.zone), span.end.astimezone(self.zone)
                yield span, Slot(start, end, None, self.branch_id, state)

    def blocked_slots(self, doctor_id: UUID, on: date, minutes: int | None) -> list[Span]:
        """The slots of a day that leave, a meeting or a holiday takes away."""
        away, frame = self.away_spans(doctor_id), self.day(on)
        return [
            span
            for stretch in self.hours(doctor_id, on)
            for span in rules.spans(stretch, minutes)
            if frame.start <= span.start < frame.end and any(gone.overlaps(span) for gone in away)
        ]


def diary(
    branch_id: UUID,
    first: date,
    last: date,
    *,
    seen_by: Actor,
    doctor_ids: Sequence[UUID] = (),
    staff_kinds: Sequence[str] = (),
    zone: ZoneInfo | None = None,
    but: But = None,
) -> Diary:
    """The diary of a branch (of some people and some kinds of staff, or of all) over some days, in five statements.

    `but` leaves out what a visit takes, or several: those that are being moved. `zone` saves looking up the branch's.
    Rooms and devices are added by `with_things`.
    """
    if not rules.FIRST_DAY < first <= last < rules.LAST_DAY:
        raise Invalid("Choose a day between 1970 and 2199.", field="date")
    zone = zone or ZoneInfo(people.branch(branch_id, seen_by=seen_by).timezone)
    frame = Span(rules.whole_day(first, zone).start, rules.whole_day(last, zone).end)
    book = Diary(branch_id, zone)
    for line in _schedules(branch_id, first, last, doctor_ids, staff_kinds, seen_by):
        book.add_line(line)
    if any(line.crosses_midnight for lines in book.lines.values() for line in lines):
        frame = Span(frame.start, frame.end + rules.DAY)  # the last night goes on into the next day
    book.away = blocked(branch_id, frame, seen_by=seen_by)
    _fill(book, {*doctor_ids, *book.people}, frame, seen_by, but)
    return book


def with_things(
    book: Diary, things: Sequence[UUID], first: date, last: date, *, seen_by: Actor, but: But = None
) -> Diary:
    """The same diary with the columns of some rooms and devices, in one statement more."""
    frame = Span(rules.whole_day(first, book.zone).start, rules.whole_day(last, book.zone).end)
    if things:
        _fill(book, things, frame, seen_by, but)
    return book


def _fill(book: Diary, resource_ids: Iterable[UUID], frame: Span, seen_by: Actor, but: But) -> None:
    around = Span(frame.start - REACH, frame.end + REACH)
    found: dict[UUID, list[Taken]] = {}
    for resource_id, taken in _taken(list(resource_ids), around, seen_by, but):
        found.setdefault(resource_id, []).append(taken)
    book.columns |= {resource_id: Column.of(taken) for resource_id, taken in found.items()}


def standing_in(
    span: Span, resource_ids: Sequence[UUID], *, seen_by: Actor, but: But = None
) -> list[tuple[UUID, Taken]]:
    """Which of some doctors and rooms are taken within a span, in whatever branch, soonest first."""
    found = _taken(resource_ids, span, seen_by, but)
    return sorted(found, key=lambda pair: pair[1].span)


def _taken(resource_ids: Sequence[UUID], frame: Span, seen_by: Actor, but: But = None) -> Iterator[tuple[UUID, Taken]]:
    """Live allocations of some doctors or rooms; an expired hold no longer counts."""
    rows = Allocation.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=clock.now()),
        organization_id=seen_by.organization_id,
        resource_id__in=resource_ids,
        is_live=True,
        starts_at__gte=frame.start - LONGEST - REACH,
        starts_at__lt=frame.end,
        ends_at__gt=frame.start,
    )
    leaving = [but] if isinstance(but, UUID) else but
    if leaving and not seen_by.is_patient:
        rows = rows.exclude(appointment_id__in=leaving)
    elif leaving:  # patients do not see which visit a time is taken by, but they know their own
        rows = rows.exclude(period__in=appointments(seen_by=seen_by).filter(pk__in=leaving).values("period"))
    if seen_by.user_id:  # what somebody holds for themselves does not stand in their way
        rows = rows.exclude(pk__in=RawSQL("SELECT scheduling_my_holds()", []))
    columns = rows.values_list("resource_id", "starts_at", "ends_at", "place", "expires_at", "is_overbooked")
    for resource_id, start, end, place, expires_at, is_overbooked in columns:
        yield resource_id, Taken(Span(start, end), place, expires_at is not None, is_overbooked)


def _schedules(
    branch_id: UUID, first: date, last: date, staff_ids: Sequence[UUID], staff_kinds: Sequence[str], seen_by: Actor
) -> Iterable[WeeklySchedule]:
    lines = WeeklySchedule.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=first - rules.DAY),
        organization_id=seen_by.organization_id,
        branch_id=branch_id,
        is_active=True,
        valid_from__lte=last,
    )
    if staff_ids or staff_kinds:
        lines = lines.filter(Q(staff_id__in=staff_ids) | Q(staff__kind__in=staff_kinds, staff__is_active=True))
    return lines.select_related("staff").prefetch_related("breaks")
