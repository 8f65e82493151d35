"""When people work and when they are away, and which visits a change would leave outside."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.people import queries as people
from kalon.scheduling.lifecycles import ENDED
from kalon.scheduling.models import Appointment, TimeOff, WeeklySchedule
from kalon.scheduling.models.appointments import LONGEST
from kalon.scheduling.queries.visits import appointments
from kalon.scheduling.rules import ScheduleHours, Span


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
