"""The diary: hours, time off and what is taken, read once for a few days and asked often."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.people import queries as people
from kalon.scheduling import rules
from kalon.scheduling.models import Allocation, TimeOff, WeeklySchedule
from kalon.scheduling.models.appointments import LONGEST
from kalon.scheduling.queries.schedules import hours_of
from kalon.scheduling.queries.visits import appointments
from kalon.scheduling.rules import Hours, Slot, Span, Taken


@dataclass(slots=True)
class Diary:
    """Everything that says when people can be booked at one branch, for a few days: read once, asked often."""

    branch_id: UUID
    zone: ZoneInfo
    schedules: dict[UUID, list[WeeklySchedule]] = field(default_factory=dict)
    away: list[tuple[UUID | None, Span]] = field(default_factory=list)
    taken: dict[UUID, list[Taken]] = field(default_factory=dict)

    @property
    def people(self) -> dict[UUID, Any]:
        """Everybody who has hours here."""
        return {staff_id: lines[0].staff for staff_id, lines in self.schedules.items()}

    def hours(self, doctor_id: UUID, on: date) -> list[Hours]:
        """A doctor's working hours on a day, before anything is booked."""
        lines = (hours_of(line) for line in self.schedules.get(doctor_id, []))
        return [line.on(on, self.zone) for line in lines if line.weekday == on.weekday() and line.is_valid(on)]

    def away_spans(self, doctor_id: UUID) -> list[Span]:
        """When the doctor is away: their own leave, and everybody's holidays."""
        return [span for who, span in self.away if who in (None, doctor_id)]

    def taken_spans(self, doctor_id: UUID) -> list[Taken]:
        """What already stands in the doctor's column."""
        return self.taken.get(doctor_id, [])

    def slots(self, doctor_id: UUID, on: date, minutes: int | None, *, now: datetime) -> Iterator[Slot]:
        """The doctor's slots of a day, each with its state, in order."""
        away = self.away_spans(doctor_id)
        frame = rules.whole_day(on, self.zone)
        taken = [other for other in self.taken_spans(doctor_id) if other.span.overlaps(frame)]
        for stretch in self.hours(doctor_id, on):
            for span in rules.spans(stretch, minutes):
                if any(gone.overlaps(span) for gone in away):
                    continue
                state = rules.state(span, taken, capacity=stretch.capacity, now=now)
                start, end = span.start.astimezone(self.zone), span.end.astimezone(self.zone)
                yield Slot(start, end, doctor_id, self.branch_id, state)


def diary(
    branch_id: UUID,
    first: date,
    last: date,
    *,
    seen_by: Actor,
    doctor_ids: Sequence[UUID] = (),
    zone: ZoneInfo | None = None,
    but: UUID | None = None,
) -> Diary:
    """The diary of a branch (of some doctors, or of all) from one day to another, in five statements.

    `but` leaves out what one visit takes: the one that is being moved. `zone` saves looking up the branch's.
    """
    if not rules.FIRST_DAY < first <= last < rules.LAST_DAY:
        raise Invalid("Choose a day between 1970 and 2199.", field="date")
    zone = zone or ZoneInfo(people.branch(branch_id, seen_by=seen_by).timezone)
    frame = Span(rules.whole_day(first, zone).start, rules.whole_day(last, zone).end)
    book = Diary(branch_id, zone)
    for line in _schedules(branch_id, first, last, doctor_ids, seen_by):
        book.schedules.setdefault(line.staff_id, []).append(line)
    book.away = _away(branch_id, frame, seen_by)
    for resource_id, taken in _taken(doctor_ids or tuple(book.schedules), frame, seen_by, but):
        book.taken.setdefault(resource_id, []).append(taken)
    return book


def standing_in(
    span: Span, resource_ids: Sequence[UUID], *, seen_by: Actor, but: UUID | None = None
) -> list[tuple[UUID, Taken]]:
    """Which of some doctors and rooms are taken within a span, in whatever branch, soonest first."""
    found = _taken(resource_ids, span, seen_by, but)
    return sorted(found, key=lambda pair: pair[1].span)


def _taken(
    resource_ids: Sequence[UUID], frame: Span, seen_by: Actor, but: UUID | None = None
) -> Iterator[tuple[UUID, Taken]]:
    """Live allocations of some doctors or rooms; an expired hold no longer counts."""
    rows = Allocation.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=clock.now()),
        organization_id=seen_by.organization_id,
        resource_id__in=resource_ids,
        is_live=True,
        starts_at__gte=frame.start - LONGEST,
        starts_at__lt=frame.end,
        ends_at__gt=frame.start,
    )
    if but and not seen_by.is_patient:
        rows = rows.exclude(appointment_id=but)
    elif but:  # patients do not see which visit a time is taken by, but they know their own
        rows = rows.exclude(period__in=appointments(seen_by=seen_by).filter(pk=but).values("period"))
    columns = rows.values_list("resource_id", "starts_at", "ends_at", "place", "expires_at", "is_overbooked")
    for resource_id, start, end, place, expires_at, is_overbooked in columns:
        yield resource_id, Taken(Span(start, end), place, expires_at is not None, is_overbooked)


def _schedules(
    branch_id: UUID, first: date, last: date, doctor_ids: Sequence[UUID], seen_by: Actor
) -> Iterable[WeeklySchedule]:
    lines = WeeklySchedule.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=first),
        organization_id=seen_by.organization_id,
        branch_id=branch_id,
        is_active=True,
        valid_from__lte=last,
    )
    if doctor_ids:
        lines = lines.filter(staff_id__in=doctor_ids)
    return lines.select_related("staff").prefetch_related("breaks")


def _away(branch_id: UUID, frame: Span, seen_by: Actor) -> list[tuple[UUID | None, Span]]:
    rows = TimeOff.objects.filter(
        Q(branch_id=branch_id) | Q(branch=None),
        organization_id=seen_by.organization_id,
        is_active=True,
        period__overlap=(frame.start, frame.end),
    )
    return [(who, Span(period.lower, period.upper)) for who, period in rows.values_list("staff_id", "period")]
