"""Plans: one, a consultation's, a patient's; how far a series has come; the visits booked for a plan."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.plans.lifecycles import READ, SUPPLY, UNAPPROVED, UNFINISHED, PlanStatus, SessionStatus
from kalon.plans.models import FollowUpPlan, PlanLine, ProcedurePlan, ProcedureSession
from kalon.plans.rules import Share
from kalon.scheduling import queries as scheduling

SUPPLIED = (*(state for state in UNFINISHED if state not in UNAPPROVED), PlanStatus.ON_HOLD)
WITH_PEOPLE = ("patient", "doctor", "branch", "approved_by", "consultation")


def plans(*, seen_by: Actor) -> QuerySet[ProcedurePlan]:
    """Every plan the actor may read: their organisation's, or a patient's own once it was approved."""
    seen_by.must(READ, do="read treatment plans")
    rows = ProcedurePlan.objects.filter(organization_id=seen_by.organization_id)
    if seen_by.is_patient:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id, approved_at__isnull=False).exclude(
            status__in=UNAPPROVED
        )
    return rows.select_related(*WITH_PEOPLE)


def plan(pk: UUID, *, seen_by: Actor, lock: bool = False) -> ProcedurePlan:
    """One plan, or a refusal that says nothing of whether it exists."""
    rows = plans(seen_by=seen_by).filter(pk=pk)
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.first()
    if found is None:
        raise NotFound("There is no such plan.")
    return found


def supplied(pk: UUID, *, seen_by: Actor) -> ProcedurePlan:
    """The plan for which stock is put aside: whoever keeps the store finds one that was approved, and no more of it."""
    if seen_by.may(READ):
        return plan(pk, seen_by=seen_by)
    seen_by.must(SUPPLY, do="find the plan that stock is for")
    rows = ProcedurePlan.objects.filter(organization_id=seen_by.organization_id).exclude(status__in=UNAPPROVED)
    found = one(rows.select_related("patient", "branch").filter(pk=pk))
    if found is None:
        raise NotFound("There is no such plan.")
    return found


def to_supply(*, seen_by: Actor) -> QuerySet[ProcedurePlan]:
    """Plans that were approved and are not finished: those for which stock is put aside."""
    if not seen_by.may(READ):
        seen_by.must(SUPPLY, do="find the plans that stock is for")
    rows = ProcedurePlan.objects.filter(organization_id=seen_by.organization_id, status__in=SUPPLIED)
    return rows.distinct().select_related("patient", "branch", "doctor")


def paid_for(pk: UUID, *, seen_by: Actor) -> ProcedurePlan:
    """The plan that money is for: whoever accepted its quote pays the deposit, approved or not yet."""
    if not seen_by.is_patient:
        return plan(pk, seen_by=seen_by)
    rows = ProcedurePlan.objects.filter(organization_id=seen_by.organization_id, pk=pk)
    found = one(rows.filter(patient_id__person=seen_by.own_patient_id))
    if found is None:
        raise NotFound("There is no such plan.")
    return found


def plans_of(patient_id: UUID, *, seen_by: Actor) -> QuerySet[ProcedurePlan]:
    """A patient's plans, newest first."""
    return plans(seen_by=seen_by).filter(patient_id__person=patient_id).order_by("-id")


def plans_of_consultation(consultation_id: UUID, *, seen_by: Actor) -> QuerySet[ProcedurePlan]:
    """What was planned in one consultation, in the order it was written."""
    return plans(seen_by=seen_by).filter(consultation_id=consultation_id).order_by("id")


def revisable(patient_id: UUID, *, seen_by: Actor) -> QuerySet[ProcedurePlan]:
    """The completed plans of a person, newest first: what a later plan may do again."""
    return plans_of(patient_id, seen_by=seen_by).filter(status=PlanStatus.COMPLETED)


def revisions_of(found: ProcedurePlan, *, seen_by: Actor) -> list[ProcedurePlan]:
    """The later plans that do this one again, in the order they were written."""
    return list(plans(seen_by=seen_by).filter(revises_id=found.pk).order_by("id"))


def lines_of(found: ProcedurePlan) -> list[PlanLine]:
    """The lines of a plan in their order, each with its service and its entry."""
    return list(found.lines.select_related("service", "entry", "patient").order_by("position"))


def lines_of_all(plan_ids: Iterable[UUID]) -> dict[UUID, list[PlanLine]]:
    """The lines of plans that were read already, of each in their order."""
    found: dict[UUID, list[PlanLine]] = {}
    for line in PlanLine.objects.filter(plan_id__in=plan_ids).select_related("entry", "patient").order_by("position"):
        found.setdefault(line.plan_id, []).append(line)
    return found


def entries_of(plan_id: UUID) -> Any:
    """What of the procedure catalogue a plan that was read already does, to be asked for in another statement."""
    return PlanLine.objects.filter(plan_id=plan_id, entry__isnull=False).values("entry_id")


def progress(plan_ids: Iterable[UUID], *, seen_by: Actor) -> dict[UUID, int]:
    """How many sessions of each plan are done, in one query."""
    rows = ProcedureSession.objects.filter(
        organization_id=seen_by.organization_id, plan_id__in=list(plan_ids), status=SessionStatus.COMPLETED
    )
    return {row["plan_id"]: row["done"] for row in rows.order_by().values("plan_id").annotate(done=Count("id"))}


def progress_of(found: ProcedurePlan, *, seen_by: Actor) -> Share:
    """How far one series has come: "3 of 6"."""
    return Share(progress([found.pk], seen_by=seen_by).get(found.pk, 0), found.session_count)


def visits_of_plan(found: ProcedurePlan, *, seen_by: Actor) -> list[Any]:
    """The visits booked for a plan or for one of its follow-ups, in the order of their time."""
    occasions = [found.pk, *found.follow_ups.values_list("pk", flat=True)]
    rows = scheduling.appointments(seen_by=seen_by).filter(
        patient_id__person=found.patient_id, occasion_id__in=occasions
    )
    return list(rows.order_by("starts_at", "id"))


def plan_of_visit(visit: Any, *, seen_by: Actor) -> ProcedurePlan | None:
    """The plan that a visit was booked for, itself or by one of its follow-ups."""
    if visit.occasion_id is None:
        return None
    rows = plans(seen_by=seen_by).filter(patient_id__person=visit.patient_id)
    by_follow_up = FollowUpPlan.objects.filter(pk=visit.occasion_id).values("plan_id")
    return one(rows.filter(Q(pk=visit.occasion_id) | Q(pk__in=by_follow_up)))
