"""Follow-ups: one, a consultation's, a patient's; which are overdue and not yet said so."""

from uuid import UUID

from django.db.models import QuerySet

from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.plans import rules
from kalon.plans.lifecycles import READ, FollowUpKind
from kalon.plans.models import ChaseStep, FollowUpPlan, Work

WITH_PEOPLE = ("patient", "doctor", "branch", "plan", "appointment", "appointment__branch")


def follow_ups(*, seen_by: Actor) -> QuerySet[FollowUpPlan]:
    """Every follow-up the actor may read: their organisation's, or a patient's own."""
    seen_by.must(READ, do="read follow-ups")
    rows = FollowUpPlan.objects.filter(organization_id=seen_by.organization_id)
    if seen_by.is_patient:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id)
    return rows.select_related(*WITH_PEOPLE)


def follow_up(pk: UUID, *, seen_by: Actor, lock: bool = False) -> FollowUpPlan:
    """One follow-up, or a refusal that says nothing of whether it exists."""
    rows = follow_ups(seen_by=seen_by).filter(pk=pk)
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.first()
    if found is None:
        raise NotFound("There is no such follow-up.")
    return found


def follow_ups_of(patient_id: UUID, *, seen_by: Actor) -> QuerySet[FollowUpPlan]:
    """A patient's follow-ups in the order of their days."""
    return follow_ups(seen_by=seen_by).filter(patient_id__person=patient_id).order_by("due_date", "id")


def follow_ups_of_consultation(consultation_id: UUID, *, seen_by: Actor) -> QuerySet[FollowUpPlan]:
    """What was to follow one consultation, in the order of the days."""
    return follow_ups(seen_by=seen_by).filter(consultation_id=consultation_id).order_by("due_date", "id")


def chase_days(*, seen_by: Actor) -> tuple[int, ...]:
    """After how many days overdue a patient is reminded, step by step; what Kalon begins with until it is set."""
    rows = ChaseStep.objects.filter(organization_id=seen_by.organization_id).order_by("number")
    return tuple(rows.values_list("days", flat=True)) or rules.CHASE


def overdue(*, seen_by: Actor) -> list[tuple[UUID, int]]:
    """Follow-ups whose patient is to be reminded now, each with the step that has come; the longest overdue first."""
    steps = chase_days(seen_by=seen_by)
    rows = Work.objects.filter(organization_id=seen_by.organization_id, kind__in=FollowUpKind.values)
    late = rows.filter(days__lte=-steps[0]).order_by("due_date", "id").values_list("pk", "days", "chased")
    found = [(pk, rules.chase_step(-days, steps), chased) for pk, days, chased in late]
    return [(pk, step) for pk, step, chased in found if step > chased]
