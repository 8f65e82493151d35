"""What scheduling can be asked, always by somebody: slots, days, visits."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from kalon.catalog import queries as catalog
from kalon.kernel import audit, clock, money
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid, NotFound
from kalon.people import queries as people
from kalon.scheduling import rules
from kalon.scheduling.lifecycles import ENDED, VIEW, Status
from kalon.scheduling.models import Allocation, Appointment, TimeOff, WeeklySchedule
from kalon.scheduling.models.appointments import LONGEST
from kalon.scheduling.rules import Hours, ScheduleHours, Slot, SlotState, Span, Taken

HORIZON = timedelta(days=90)  # how far ahead a free slot is looked for
STRIDE = timedelta(days=14)  # how much of that is read at a time
WITH_PEOPLE = ("patient", "branch", "doctor", "room", "service")


# -- visits


def appointments(*, seen_by: Actor) -> QuerySet[Appointment]:
    """The visits an actor may know of: a patient their own, staff their organisation's."""
    rows = Appointment.objects.filter(organization_id=seen_by.organization_id).select_related(*WITH_PEOPLE)
    return rows.filter(patient_id=seen_by.patient_id) if seen_by.is_patient else rows


def appointment(pk: UUID, *, seen_by: Actor) -> Appointment:
    """One visit."""
    found = appointments(seen_by=seen_by).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such visit.")
    return found


def locked(pk: UUID, *, by: Actor) -> Appointment:
    """One visit, locked for a move."""
    found = appointments(seen_by=by).select_for_update(of=("self",)).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such visit.")
    return found


def appointments_of(patient_id: UUID, *, seen_by: Actor) -> QuerySet[Appointment]:
    """A patient's visits, newest first."""
    return appointments(seen_by=seen_by).filter(patient_id=patient_id).order_by("-starts_at")


def day(branch_id: UUID, on: date, *, seen_by: Actor, doctor_id: UUID | None = None) -> list[Appointment]:
    """A branch's visits of one day, in order of time; two statements, however many there are."""
    seen_by.must(VIEW, at=branch_id, do="see the day of this branch")
    branch = people.branch(branch_id, seen_by=seen_by)
    span = rules.whole_day(on, ZoneInfo(branch.timezone))
    return list(between(span, seen_by=seen_by, branch_id=branch_id, doctor_id=doctor_id))


def between(
    span: Span, *, seen_by: Actor, branch_id: UUID | None = None, doctor_id: UUID | None = None
) -> QuerySet[Appointment]:
    """The visits that begin within a span, in order of time."""
    rows = appointments(seen_by=seen_by).filter(starts_at__gte=span.start, starts_at__lt=span.end)
    if branch_id:
        rows = rows.filter(branch_id=branch_id)
    if doctor_id:
        rows = rows.filter(doctor_id=doctor_id)
    return rows.order_by("starts_at", "id")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a visit, and who did it, when and why."""

    at: datetime
    move: str
    label: str
    from_state: str
    to_state: str
    by: str
    reason: str
    facts: dict[str, object]


def history(visit: Appointment, *, seen_by: Actor) -> list[Step]:
    """Everything that happened to a visit, oldest first; for staff."""
    seen_by.must(VIEW, at=visit.branch_id, do="see the history of a visit")
    if seen_by.is_patient:
        return []
    events = audit.AuditEvent.objects.filter(subject_id=visit.pk, kind__in=[audit.Kind.MOVE, audit.Kind.CHANGE])
    return [
        Step(
            at=event.at,
            move=event.move,
            label=_label(event.move, event.to_state, event.facts),
            from_state=event.from_state,
            to_state=event.to_state,
            by=event.actor_name,
            reason=event.reason,
            facts=event.facts,
        )
        for event in events.order_by("id")
    ]


def _label(move: str, to_state: str, facts: dict[str, object]) -> str:
    if "moved" in facts:
        return "Moved within the day"
    if "changed" in facts:
        return "Corrected"
    if move in ("book", "reschedule") and to_state != Status.RESCHEDULED:
        return f"Booked: {Status(to_state).label.lower()}"
    return Status(to_state).label if to_state in Status.values else move


def overdue(*, at: datetime, seen_by: Actor) -> list[tuple[UUID, str]]:
    """Visits whose time is to be given back: unpaid past their due time, or asked for and never answered."""
    rows = Appointment.objects.filter(organization_id=seen_by.organization_id).filter(
        Q(status=Status.PENDING_PAYMENT, payment_due_at__lte=at) | Q(status=Status.REQUESTED, starts_at__lte=at)
    )
    return list(rows.values_list("pk", "status"))


def waiting_for_approval(*, seen_by: Actor) -> int:
    """How many visits patients have asked for that nobody has answered."""
    return appointments(seen_by=seen_by).filter(status=Status.REQUESTED).count()


# -- hours and slots


def hours_of(line: WeeklySchedule) -> ScheduleHours:
    """A line of the weekly schedule, as arithmetic needs it."""
    return ScheduleHours(
        weekday=line.weekday,
        starts_at=line.starts_at,
        ends_at=line.ends_at,
        slot_minutes=line.slot_minutes,
        capacity=line.capacity,
        breaks=tuple((pause.starts_at, pause.ends_at) for pause in line.breaks.all()),
        valid_from=line.valid_from,
        valid_to=line.valid_to,
    )


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
    but: UUID | None = None,
) -> Diary:
    """The diary of a branch (of some doctors, or of all) from one day to another, in five statements.

    `but` leaves out what one visit takes: the one that is being moved.
    """
    if not rules.FIRST_DAY < first <= last < rules.LAST_DAY:
        raise Invalid("Choose a day between 1970 and 2199.", field="date")
    zone = ZoneInfo(people.branch(branch_id, seen_by=seen_by).timezone)
    frame = Span(rules.whole_day(first, zone).start, rules.whole_day(last, zone).end)
    book = Diary(branch_id, zone)
    for line in _schedules(branch_id, first, last, doctor_ids, seen_by):
        book.schedules.setdefault(line.staff_id, []).append(line)
    book.away = _away(branch_id, frame, seen_by)
    for resource_id, taken in _taken(doctor_ids or tuple(book.schedules), frame, seen_by, but):
        book.taken.setdefault(resource_id, []).append(taken)
    return book


def slots(doctor_id: UUID, on: date, branch_id: UUID, service_id: UUID | None = None, *, seen_by: Actor) -> list[Slot]:
    """A doctor's slots on a day at a branch: free, taken, held for somebody, or past.

    With a service, each slot is as long as the service: consecutive base slots are joined.
    """
    minutes = minutes_of(service_id, seen_by=seen_by)
    book = diary(branch_id, on, on, seen_by=seen_by, doctor_ids=[doctor_id])
    return list(book.slots(doctor_id, on, minutes, now=clock.now()))


def next_free(
    doctor_id: UUID,
    service_id: UUID | None,
    after: datetime,
    count: int = 3,
    *,
    seen_by: Actor,
    branch_id: UUID | None = None,
    minutes: int | None = None,
) -> list[Slot]:
    """The doctor's next free slots from an instant on, at one branch or wherever they work, soonest first."""
    branches = [branch_id] if branch_id else _branches_of(doctor_id, seen_by)
    found = [
        slot
        for branch in branches
        for slot in free_slots(branch, service_id, after, count, seen_by=seen_by, doctor_id=doctor_id, minutes=minutes)
    ]
    return sorted(found)[:count]


def free_slots(
    branch_id: UUID,
    service_id: UUID | None,
    after: datetime,
    count: int,
    *,
    seen_by: Actor,
    doctor_id: UUID | None = None,
    minutes: int | None = None,
) -> list[Slot]:
    """The next free slots at a branch, of one doctor or of whoever is there first."""
    service = catalog.service(service_id, seen_by=seen_by) if service_id else None
    minutes = minutes or (service.minutes if service else None)
    kind = service.room_kind if service else None
    rooms = list(people.rooms(seen_by=seen_by, branch_id=branch_id, kind=kind)) if kind else []
    now = clock.now()
    after = max(after, now)
    zone = ZoneInfo(people.branch(branch_id, seen_by=seen_by).timezone)
    first = after.astimezone(zone).date()
    last = first + HORIZON
    found: list[Slot] = []
    while first <= last and len(found) < count:
        book = diary(branch_id, first, first + STRIDE, seen_by=seen_by, doctor_ids=[doctor_id] if doctor_id else [])
        is_roomy = _roomy(rooms, book, first, first + STRIDE, seen_by)
        found += _first_free(book, first, first + STRIDE, minutes, after, now, count - len(found), is_roomy)
        first += STRIDE + timedelta(days=1)
    return found


def _roomy(rooms: list[Any], book: Diary, first: date, last: date, seen_by: Actor) -> Callable[[Slot], bool]:
    """Whether one of the rooms has a place for a slot and the buffer after it; true where no room is needed."""
    if not rooms:
        return lambda slot: True
    frame = Span(rules.whole_day(first, book.zone).start, rules.whole_day(last, book.zone).end)
    taken: dict[UUID, list[Taken]] = {room.pk: [] for room in rooms}
    for room_id, span in _taken(list(taken), frame, seen_by):
        taken[room_id].append(span)

    def has_place(slot: Slot) -> bool:
        for room in rooms:
            used = Span(slot.start, slot.end + timedelta(minutes=room.buffer_minutes))
            if rules.state(used, taken[room.pk], capacity=room.capacity, now=slot.start) is SlotState.FREE:
                return True
        return False

    return has_place


def _first_free(
    book: Diary,
    first: date,
    last: date,
    minutes: int | None,
    after: datetime,
    now: datetime,
    count: int,
    is_roomy: Callable[[Slot], bool],
) -> list[Slot]:
    found: list[Slot] = []
    on = first
    while on <= last and len(found) < count:
        of_day = [
            slot
            for doctor_id in book.schedules
            for slot in book.slots(doctor_id, on, minutes, now=now)
            if slot.state is SlotState.FREE and slot.start >= after and is_roomy(slot)
        ]
        found += sorted(of_day)[: count - len(found)]
        on += timedelta(days=1)
    return found


# -- schedules and leave


def schedules_of(staff_id: UUID, *, seen_by: Actor) -> QuerySet[WeeklySchedule]:
    """A person's weekly hours in every branch, with their breaks."""
    return (
        WeeklySchedule.objects.filter(organization_id=seen_by.organization_id, staff_id=staff_id, is_active=True)
        .select_related("branch", "staff")
        .prefetch_related("breaks")
    )


def schedule(pk: UUID, *, seen_by: Actor) -> WeeklySchedule:
    """One line of somebody's week."""
    lines = WeeklySchedule.objects.filter(organization_id=seen_by.organization_id, pk=pk, is_active=True)
    found = lines.select_related("branch", "staff").prefetch_related("breaks").first()
    if found is None:
        raise NotFound("There are no such hours.")
    return found


def time_off_of(staff_id: UUID, *, seen_by: Actor, after: datetime | None = None) -> QuerySet[TimeOff]:
    """A person's leave and meetings, and the holidays that hold for everyone, that end after an instant."""
    return TimeOff.objects.filter(
        Q(staff_id=staff_id) | Q(staff=None),
        organization_id=seen_by.organization_id,
        is_active=True,
        period__endswith__gt=after or clock.now(),
    ).order_by("period")


def stranded(
    staff_id: UUID,
    branch_id: UUID,
    *,
    seen_by: Actor,
    lines: Sequence[ScheduleHours],
    weekdays: Iterable[int],
) -> list[Appointment]:
    """Coming visits on some weekdays that would lie outside the hours, were the week as `lines` says."""
    zone = ZoneInfo(people.branch(branch_id, seen_by=seen_by).timezone)
    coming = appointments(seen_by=seen_by).filter(
        doctor_id=staff_id, branch_id=branch_id, starts_at__gte=clock.now(), off_schedule_reason=""
    )
    days = set(weekdays)
    found = []
    for visit in coming.exclude(status__in=ENDED).order_by("starts_at"):
        on = visit.local_start.date()
        span = Span(visit.period.lower, visit.period.upper)
        open_hours = [line.on(on, zone) for line in lines if line.weekday == on.weekday() and line.is_valid(on)]
        if on.weekday() in days and not any(stretch.offers(span) for stretch in open_hours):
            found.append(visit)
    return found


def inside(span: Span, *, seen_by: Actor, staff_id: UUID | None, branch_id: UUID | None) -> list[Appointment]:
    """Visits that stand inside a time somebody is going to be away."""
    rows = appointments(seen_by=seen_by).filter(
        starts_at__lt=span.end, ends_at__gt=span.start, starts_at__gte=span.start - LONGEST
    )
    if staff_id:
        rows = rows.filter(doctor_id=staff_id)
    if branch_id:
        rows = rows.filter(branch_id=branch_id)
    return list(rows.exclude(status__in=ENDED).order_by("starts_at"))


def scheduled_staff(branch_id: UUID, *, seen_by: Actor) -> list[UUID]:
    """Who has hours at a branch."""
    lines = WeeklySchedule.objects.filter(organization_id=seen_by.organization_id, branch_id=branch_id, is_active=True)
    return list(lines.order_by("staff__name").values_list("staff_id", flat=True).distinct())


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
    rows = rows.values_list("resource_id", "starts_at", "ends_at", "place", "expires_at", "is_overbooked")
    for resource_id, start, end, place, expires_at, is_overbooked in rows:
        yield resource_id, Taken(Span(start, end), place, expires_at is not None, is_overbooked)


def _branches_of(doctor_id: UUID, seen_by: Actor) -> list[UUID]:
    return list(
        schedules_of(doctor_id, seen_by=seen_by).order_by("branch_id").values_list("branch_id", flat=True).distinct()
    )


def minutes_of(service_id: UUID | None, *, seen_by: Actor) -> int | None:
    """How long a service takes; None without one."""
    if service_id is None:
        return None
    minutes: int = catalog.service(service_id, seen_by=seen_by).minutes
    if minutes < 1:
        raise Invalid("This service has no duration. Set one in the catalogue.", field="service_id")
    return minutes


@dataclass(frozen=True, slots=True)
class Price:
    """What a visit costs: before tax, the tax, and together."""

    net: Decimal
    rate: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        return self.net + self.tax


def price(service: Any, on: date, *, seen_by: Actor) -> Price:
    """The price of a service on a day, with its tax."""
    rate = catalog.tax_rate(service.tax_code, on, seen_by=seen_by) if service.tax_code else Decimal(0)
    return Price(service.price, rate, money.percent(service.price, rate))
