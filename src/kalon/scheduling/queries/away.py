"""When somebody or something is away, which visits stand inside such a time, and who asks for leave."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, UUIDField, Value, When

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.people import queries as people
from kalon.scheduling.lifecycles import ENDED, MANAGE, VIEW, LeaveStatus
from kalon.scheduling.models import Allocation, Appointment, LeaveRequest, TimeOff, WeeklySchedule
from kalon.scheduling.models.appointments import LONGEST
from kalon.scheduling.queries.visits import appointments
from kalon.scheduling.rules import Span


def blocked(branch_id: UUID, frame: Span, *, seen_by: Actor) -> list[tuple[UUID | None, Span]]:
    """Who and what is away from a branch within a time: a person, a room, a device; None is everybody who works there.

    A holiday on which some work all the same is told person by person. A room or device is away only when named.
    """
    ids = ArrayField(UUIDField())
    works_here = WeeklySchedule.objects.filter(
        organization_id=seen_by.organization_id, branch_id=branch_id, is_active=True
    )
    rows = time_off(seen_by=seen_by).filter(
        Q(branch_id=branch_id) | Q(branch=None), period__overlap=(frame.start, frame.end)
    )
    everybody = Case(
        When(except_staff__len__gt=0, then=ArraySubquery(works_here.order_by().values("staff_id").distinct())),
        default=Value([], output_field=ids),
        output_field=ids,
    )
    found: list[tuple[UUID | None, Span]] = []
    columns = ("staff_id", "room_id", "equipment_id", "period", "except_staff")
    for staff_id, room_id, equipment_id, period, but, here in rows.values_list(*columns, everybody):
        span = Span(period.lower, period.upper)
        if but:
            found += [(who, span) for who in here if who not in but]
        else:
            found.append((staff_id or room_id or equipment_id, span))
    return found


def time_off(*, seen_by: Actor) -> QuerySet[TimeOff]:
    """Every time in which nothing is booked, soonest first."""
    return TimeOff.objects.filter(organization_id=seen_by.organization_id, is_active=True).order_by("period", "id")


def time_off_of(staff_id: UUID, *, seen_by: Actor, after: datetime | None = None) -> QuerySet[TimeOff]:
    """A person's leave and meetings, and the holidays that hold for everyone, that end after an instant."""
    mine = Q(staff_id=staff_id) | (Q(staff=None, room=None, equipment=None) & ~Q(except_staff__contains=[staff_id]))
    return time_off(seen_by=seen_by).filter(mine, period__endswith__gt=after or clock.now())


def upkeep_of(branch_id: UUID, *, seen_by: Actor, after: datetime | None = None) -> QuerySet[TimeOff]:
    """When the rooms and devices of a branch are closed, from an instant on."""
    things = time_off(seen_by=seen_by).exclude(room=None, equipment=None).select_related("room", "equipment")
    return things.filter(branch_id=branch_id, period__endswith__gt=after or clock.now())


def blocked_time(pk: UUID, *, seen_by: Actor) -> TimeOff:
    """One time in which nothing is booked."""
    found = one(time_off(seen_by=seen_by).select_related("staff", "room", "equipment", "branch").filter(pk=pk))
    if found is None:
        raise NotFound("There is no such blocked time.")
    return found


def inside(times: Iterable[TimeOff], *, seen_by: Actor) -> list[Appointment]:
    """Coming visits that stand inside times somebody or something is away."""
    found: dict[UUID, Appointment] = {}
    for off in times:
        rows = appointments(seen_by=seen_by).filter(
            starts_at__lt=off.period.upper,
            ends_at__gt=max(off.period.lower, clock.now()),
            starts_at__gte=off.period.lower - LONGEST,
        )
        if off.branch_id:
            rows = rows.filter(branch_id=off.branch_id)
        if off.resource_id:
            rows = rows.filter(_taking(seen_by, resource_id=off.resource_id))
        elif off.except_staff:
            rows = rows.exclude(_taking(seen_by, staff_id__in=off.except_staff))
        found |= {visit.pk: visit for visit in rows.exclude(status__in=ENDED)}
    return sorted(found.values(), key=lambda visit: (visit.period.lower, visit.pk))


def leave_requests(*, seen_by: Actor) -> QuerySet[LeaveRequest]:
    """Requests for leave: a manager sees everybody's, others their own; the soonest first."""
    seen_by.must(VIEW, do="see requests for leave")
    rows = LeaveRequest.objects.filter(organization_id=seen_by.organization_id).select_related("staff", "decided_by")
    if seen_by.may(MANAGE):
        return rows
    me = people.staff_of(seen_by)
    return rows.filter(staff=me) if me else rows.none()


def leave_request(pk: UUID, *, seen_by: Actor) -> LeaveRequest:
    """One request for leave."""
    found = one(leave_requests(seen_by=seen_by).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such request for leave.")
    return found


def leave_waiting(*, seen_by: Actor) -> int:
    """How many requests for leave nobody has answered yet."""
    return leave_requests(seen_by=seen_by).filter(status=LeaveStatus.REQUESTED).count()


def _taking(seen_by: Actor, **resource: object) -> Exists:
    taken = Allocation.objects.filter(
        organization_id=seen_by.organization_id, appointment_id=OuterRef("pk"), is_live=True, **resource
    )
    return Exists(taken)
