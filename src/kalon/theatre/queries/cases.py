"""Reservations, cases and their checklists: one, a day's, a plan's, a patient's."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.theatre.lifecycles import VIEW, ReservationStatus
from kalon.theatre.models import Case, CaseLine, CheckItem, Count, OperationNote, Reservation, Stage, StageSignature

WITH_PEOPLE = (
    "patient", "plan", "plan__patient", "branch", "room", "surgeon", "reservation__appointment__branch", "clearance",
)  # fmt: skip


def reservations(*, seen_by: Actor) -> "QuerySet[Reservation]":
    """The theatre's reservations of the actor's organisation, by time."""
    seen_by.must(VIEW, do="see the theatre's calendar")
    rows = Reservation.objects.filter(organization_id=seen_by.organization_id)
    with_all = rows.select_related("patient", "plan", "plan__patient", "appointment__branch", "appointment__room")
    return with_all.order_by("appointment__starts_at", "id")


def reservation(pk: UUID, *, seen_by: Actor, lock: bool = False) -> Reservation:
    """One reservation, or a refusal that says nothing of whether it exists."""
    rows = reservations(seen_by=seen_by).filter(pk=pk)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound("There is no such reservation.")
    return found


def reservation_of_plan(plan_id: UUID, *, seen_by: Actor) -> Reservation | None:
    """What is kept for a plan now."""
    rows = reservations(seen_by=seen_by).filter(plan_id=plan_id)
    return rows.exclude(status=ReservationStatus.RELEASED).first()


def cases(*, seen_by: Actor) -> "QuerySet[Case]":
    """Every case of the actor's organisation, by day."""
    seen_by.must(VIEW, do="see surgical cases")
    rows = Case.objects.filter(organization_id=seen_by.organization_id)
    lines = CaseLine.objects.select_related("patient", "line__patient", "entry", "service").order_by("position")
    return rows.select_related(*WITH_PEOPLE).prefetch_related(Prefetch("lines", lines))


def case(pk: UUID, *, seen_by: Actor, lock: bool = False) -> Case:
    """One case, or a refusal that says nothing of whether it exists."""
    rows = cases(seen_by=seen_by).filter(pk=pk)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound("There is no such case.")
    return found


def cases_of_plan(plan_id: UUID, *, seen_by: Actor) -> "QuerySet[Case]":
    """A plan's cases, the latest first."""
    return cases(seen_by=seen_by).filter(plan_id=plan_id).order_by("-created_at", "-id")


def waiting_on(appointment_id: UUID, *, seen_by: Actor) -> list[UUID]:
    """The case that waits for its day on the time of a visit."""
    rows = cases(seen_by=seen_by).filter(reservation__appointment_id=appointment_id, status="SCHEDULED")
    return list(rows.values_list("pk", flat=True))


def nobody_in_theatre(plan: Any) -> str | None:
    """Nobody stops a plan whose patient lies on the table."""
    is_inside = plan.plan_type == "SURGICAL" and plan.status == "IN_PROGRESS"
    if not (is_inside and Case.objects.filter(plan_id=plan.pk, status="IN_PROGRESS").exists()):
        return None
    return "The patient is in theatre. Complete the case, or abort it, first."


def list_of_day(day: date, *, seen_by: Actor, branch_id: UUID | None = None) -> "QuerySet[Case]":
    """The cases of one day in the order of the theatre's list."""
    rows = cases(seen_by=seen_by).filter(surgery_date=day).exclude(status__in=("CANCELLED", "POSTPONED"))
    if branch_id:
        rows = rows.filter(branch_id=branch_id)
    return rows.order_by("room__display_order", "reservation__appointment__starts_at", "id")


def stages_of(found: Case) -> list[Stage]:
    """The stages of a case with their items and signatures, in the order of an operation."""
    items = CheckItem.objects.select_related("patient").order_by("position")
    signatures = StageSignature.objects.select_related("staff").order_by("signed_at")
    rows = Stage.objects.filter(case=found).select_related("patient", "case", "case__patient")
    return list(rows.prefetch_related(Prefetch("items", items), Prefetch("signatures", signatures)).order_by("id"))


def stage(pk: UUID, *, seen_by: Actor) -> Stage:
    """One stage as it stands once its case is held for the one who writes in it."""
    seen_by.must(VIEW, do="see surgical cases")
    rows = Stage.objects.filter(organization_id=seen_by.organization_id, pk=pk)
    of = rows.values_list("case_id", flat=True).first()
    if of is None:
        raise NotFound("There is no such stage.")
    held = case(of, seen_by=seen_by, lock=True)
    found = rows.select_related("patient").get()
    found.case = held
    return found


def counts_of(found: Case) -> list[Count]:
    return list(Count.objects.filter(case=found).select_related("patient").order_by("what"))


def note_of(found: Case) -> OperationNote | None:
    """The note that counts: the latest, signed or being written."""
    rows = OperationNote.objects.filter(case=found).select_related("patient", "written_by")
    return rows.order_by("-created_at", "-id").first()


def title_of(one: CaseLine) -> str:
    """What is done: the catalogue's name, else the service's, else what the plan's line says."""
    named = one.entry or one.service
    return str(named.name) if named else str(one.line.procedure)


def team_of(found: Case) -> list[str]:
    """Everybody who signed a part of the checklist, with their role."""
    rows = StageSignature.objects.filter(stage__case=found).select_related("staff").order_by("signed_at")
    return list(dict.fromkeys(f"{one.staff.name} ({one.get_role_display().lower()})" for one in rows))
