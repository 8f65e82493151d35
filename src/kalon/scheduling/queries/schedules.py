"""When people work, which visits lie outside of it, and how bookings and changes of hours wait for each other."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.people import queries as people
from kalon.scheduling.lifecycles import ENDED
from kalon.scheduling.models import Allocation, Appointment, WeeklySchedule
from kalon.scheduling.queries.visits import appointments
from kalon.scheduling.rules import DAY, Hours, ScheduleHours, Span

HOURS_LOCK = "hashtextextended('hours ' || %s, 8)"


def schedules_of(staff_id: UUID, *, seen_by: Actor) -> QuerySet[WeeklySchedule]:
    """A person's weekly hours in every branch, with their breaks."""
    return _lines(seen_by).filter(staff_id=staff_id)


def schedules_by(pk: UUID, *, seen_by: Actor) -> QuerySet[WeeklySchedule]:
    """A person's weekly hours by the id of the person, or one line of a week by its own."""
    return _lines(seen_by).filter(Q(staff_id=pk) | Q(pk=pk))


def schedule(pk: UUID, *, seen_by: Actor) -> WeeklySchedule:
    """One line of somebody's week."""
    found = one(_lines(seen_by).filter(pk=pk))
    if found is None:
        raise NotFound("There are no such hours.")
    return found


def week_of(staff_id: UUID, branch_id: UUID, on: date, *, seen_by: Actor) -> list[WeeklySchedule]:
    """A person's week at a branch as it stands on a day, in order."""
    lines = _lines(seen_by).filter(staff_id=staff_id, branch_id=branch_id, valid_from__lte=on)
    return [line for line in lines if line.valid_to is None or line.valid_to >= on]


def scheduled_staff(branch_id: UUID, *, seen_by: Actor) -> list[UUID]:
    """Who has hours at a branch."""
    lines = WeeklySchedule.objects.filter(organization_id=seen_by.organization_id, branch_id=branch_id, is_active=True)
    return list(lines.order_by("staff__name").values_list("staff_id", flat=True).distinct())


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


def coming_with(resource_id: UUID, *, seen_by: Actor) -> QuerySet[Appointment]:
    """Visits still to come that take somebody or something: as their doctor, in their team, as their room."""
    taking = Allocation.objects.filter(
        organization_id=seen_by.organization_id, appointment_id=OuterRef("pk"), resource_id=resource_id, is_live=True
    )
    coming = appointments(seen_by=seen_by).filter(ends_at__gt=clock.now()).exclude(status__in=ENDED)
    return coming.filter(Exists(taking)).order_by("starts_at", "id")


def stranded(staff_id: UUID, branch_id: UUID, *, seen_by: Actor) -> list[Appointment]:
    """Coming visits that lie outside a person's hours at a branch and were not kept there on purpose."""
    zone = ZoneInfo(people.branch(branch_id, seen_by=seen_by).timezone)
    lines = [hours_of(line) for line in schedules_of(staff_id, seen_by=seen_by).filter(branch_id=branch_id)]
    coming = coming_with(staff_id, seen_by=seen_by).filter(
        branch_id=branch_id, starts_at__gte=clock.now(), off_schedule_reason=""
    )
    return [visit for visit in coming if not any(h.offers(_span(visit)) for h in _around(visit, lines, zone))]


def hours_stay(*, seen_by: Actor) -> None:
    """Let nobody change hours or leave until this unit of work ends, so that what was read still holds.

    Bookings do not wait for each other; they wait for a change that is being made, and it for them.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock_shared({HOURS_LOCK})", [str(seen_by.organization_id)])


def hours_change(*, seen_by: Actor) -> None:
    """Wait for the bookings that are being made, and hold off others, until this change of hours is done."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({HOURS_LOCK})", [str(seen_by.organization_id)])


def _lines(seen_by: Actor) -> QuerySet[WeeklySchedule]:
    lines = WeeklySchedule.objects.filter(organization_id=seen_by.organization_id, is_active=True)
    return lines.select_related("branch", "staff").prefetch_related("breaks")


def _around(visit: Appointment, lines: Iterable[ScheduleHours], zone: ZoneInfo) -> list[Hours]:
    """The stretches that begin on the visit's day or the night before it."""
    on = visit.local_start.date()
    return [
        line.on(when, zone)
        for when in (on - DAY, on)
        for line in lines
        if line.weekday == when.weekday() and line.is_valid(when)
    ]


def _span(visit: Appointment) -> Span:
    return Span(visit.period.lower, visit.period.upper)
