"""The visits themselves: one, a day's, a patient's, and what happened to them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from kalon.kernel import audit
from kalon.kernel.actors import EVERYWHERE, Actor, Kind
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.people import queries as people
from kalon.scheduling import rules
from kalon.scheduling.lifecycles import APPROVE, VIEW, Status
from kalon.scheduling.models import Appointment
from kalon.scheduling.rules import Span

SHARED = ("branch", "doctor", "room", "service", "package", "series")
WITH_PEOPLE = ("patient", *SHARED)


def appointments(*, seen_by: Actor) -> QuerySet[Appointment]:
    """The visits an actor may know of: a patient their own, staff their organisation's."""
    rows = Appointment.objects.filter(organization_id=seen_by.organization_id).select_related(*WITH_PEOPLE)
    return rows.filter(patient_id__person=seen_by.own_patient_id) if seen_by.is_patient else rows


def appointment(pk: UUID, *, seen_by: Actor) -> Appointment:
    """One visit."""
    found = one(appointments(seen_by=seen_by).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such visit.")
    return found


def locked(pk: UUID, *, by: Actor) -> Appointment:
    """One visit, locked for a move."""
    found = one(appointments(seen_by=by).select_for_update(of=("self",)).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such visit.")
    return found


def appointments_of(patient_id: UUID, *, seen_by: Actor) -> QuerySet[Appointment]:
    """A patient's visits, newest first."""
    return appointments(seen_by=seen_by).filter(patient_id__person=patient_id).order_by("-starts_at")


def day(branch_id: UUID, on: date, *, seen_by: Actor, doctor_id: UUID | None = None) -> list[Appointment]:
    """A branch's visits of one day, in order of time; a handful of statements, however many there are."""
    seen_by.must(VIEW, at=branch_id, do="see the day of this branch")
    branch = people.branch(branch_id, seen_by=seen_by)
    span = rules.whole_day(on, ZoneInfo(branch.timezone))
    rows = between(span, seen_by=seen_by, branch_id=branch_id, doctor_id=doctor_id)
    # The same few doctors and services stand in hundreds of rows: they are read once, not joined to each.
    return list(rows.select_related(None).select_related("patient").prefetch_related(*SHARED))


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
    if "allocated" in facts:
        return "Room and people chosen"
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


def requests(*, seen_by: Actor) -> QuerySet[Appointment]:
    """Visits that patients have asked for and nobody has answered, the oldest first; where the actor may answer."""
    rows = appointments(seen_by=seen_by).filter(status=Status.REQUESTED).order_by("created_at", "id")
    here = [at for at, held in seen_by.grants.items() if APPROVE in held]
    if seen_by.kind is Kind.SYSTEM or EVERYWHERE in here:
        return rows
    return rows.filter(branch_id__in=[branch_id for branch_id in here if branch_id])


def waiting_for_approval(*, seen_by: Actor) -> int:
    """How many visits patients have asked for that nobody has answered."""
    return requests(seen_by=seen_by).count()
