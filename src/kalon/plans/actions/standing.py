"""How a plan stands after something happened to its visits and sessions, for the verbs of this context."""

from uuid import UUID

from kalon.kernel import actors, clock
from kalon.kernel.actors import Actor
from kalon.kernel.events import announce
from kalon.plans import rules
from kalon.plans.actions import prompts
from kalon.plans.events import PlanCompleted
from kalon.plans.lifecycles import (
    OPEN,
    PLAN,
    ConsentNeed,
    FollowUpKind,
    FollowUpStatus,
    PlanStatus,
    PlanType,
    SessionStatus,
)
from kalon.plans.models import ProcedurePlan
from kalon.scheduling import queries as scheduling
from kalon.scheduling.lifecycles import RELEASED

LOST = "The visit did not take place."


def clinic(organization_id: UUID) -> Actor:
    """Whose right it is that a plan follows its sessions: who treats need not be allowed to move plans."""
    return actors.system("plans", organization_id)


def locked(pk: UUID, by: Actor) -> ProcedurePlan | None:
    """A plan, held until the unit of work ends."""
    rows = ProcedurePlan.objects.filter(organization_id=by.organization_id, pk=pk)
    return rows.select_for_update(of=("self",)).select_related("patient", "branch", "consultation").first()


def bookable(plan: ProcedurePlan, by: Actor) -> None:
    """A plan may be booked from now on: the first session of a series is due."""
    prompts.next_of(plan, by)


def held(plan: ProcedurePlan, by: Actor) -> None:
    """A plan goes on after a hold: visits that were lost meanwhile are looked at again."""
    if plan.status == PlanStatus.SCHEDULED and not visit_stands(plan, by):
        date_lost(plan, clinic(plan.organization_id))


def booked(plan: ProcedurePlan, by: Actor) -> None:
    """A visit for the plan stands: it is booked from now on, unless it is under way already."""
    if plan.status in (PlanStatus.SCHEDULED, PlanStatus.IN_PROGRESS):
        return
    PLAN.move(plan, "schedule_signed" if plan.status == PlanStatus.CONSENT_SIGNED else "schedule", by=by)


def lost(plan: ProcedurePlan, by: Actor) -> None:
    """A visit was lost: where none is left, the plan is to be booked again."""
    if plan.status == PlanStatus.SCHEDULED and not visit_stands(plan, by):
        date_lost(plan, by)


def date_lost(plan: ProcedurePlan, by: Actor) -> None:
    PLAN.move(plan, "lose_date" if plan.consent == ConsentNeed.REQUIRED else "lose_visit", by=by, reason=LOST)


def visit_stands(plan: ProcedurePlan, by: Actor) -> bool:
    occasions = [plan.pk, *plan.follow_ups.values_list("pk", flat=True)]
    kind = "SURGERY" if plan.plan_type == PlanType.SURGICAL else "SESSION"
    rows = scheduling.appointments(seen_by=by).filter(occasion_id__in=occasions, kind=kind)
    return rows.exclude(status__in=RELEASED).exists()


def session_over(plan: ProcedurePlan, by: Actor) -> None:
    """A session was done or cancelled: the plan starts with the first one done and is complete with the last."""
    states = list(plan.sessions.values_list("status", flat=True))
    if plan.status == PlanStatus.SCHEDULED and SessionStatus.COMPLETED in states:
        PLAN.move(plan, "start", by=clinic(plan.organization_id))
    if any(status in OPEN for status in states):
        prompts.next_of(plan, by)
    elif plan.status == PlanStatus.IN_PROGRESS:
        PLAN.move(plan, "complete", by=clinic(plan.organization_id))
        finished(plan, by)


def finished(plan: ProcedurePlan, by: Actor) -> None:
    """Everything planned is done: it is announced, and the review it asks for is planned."""
    announce(PlanCompleted(plan.pk, plan.patient_id, plan.organization_id, by))
    if plan.review_after_days is None:
        return
    surgical = plan.plan_type == PlanType.SURGICAL
    prompts.born(
        plan.consultation,
        plan=plan,
        kind=FollowUpKind.POST_OP if surgical else FollowUpKind.REVIEW,
        due_date=rules.later(clock.today(plan.branch.timezone), plan.review_after_days),
        interval_days=plan.review_after_days,
        doctor_id=plan.doctor_id,
        by=by,
    )


def withdraw_of_plan(plan: ProcedurePlan, by: Actor) -> int:
    """What was still to be booked for a cancelled plan."""
    return prompts.withdrawn(plan.follow_ups.filter(status=FollowUpStatus.PENDING), "The plan was cancelled.", by)
