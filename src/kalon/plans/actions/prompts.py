"""What the desk is to book: follow-ups as they are born and withdrawn, for the verbs of this context."""

from datetime import date
from typing import Any
from uuid import UUID

from kalon.kernel.actors import Actor
from kalon.kernel.events import announce
from kalon.plans.events import FollowUpPlanned
from kalon.plans.lifecycles import FOLLOW_UP, UNBOOKED, FollowUpKind, FollowUpStatus, PlanType
from kalon.plans.models import FollowUpPlan, ProcedurePlan, ProcedureSession


def born(
    consultation: Any,
    *,
    due_date: date,
    interval_days: int | None,
    kind: str = FollowUpKind.REVIEW,
    reason: str = "",
    plan: ProcedurePlan | None = None,
    doctor_id: UUID | None = None,
    session_number: int | None = None,
    by: Actor,
) -> FollowUpPlan:
    """A patient is to be seen again: by whom, when and what for."""
    follow_up = FollowUpPlan(
        organization_id=consultation.organization_id,
        patient=consultation.patient,
        consultation=consultation,
        plan=plan,
        branch_id=consultation.branch_id,
        doctor_id=doctor_id or consultation.doctor_id,
        kind=kind,
        due_date=due_date,
        interval_days=interval_days,
        reason=reason,
        session_number=session_number,
    )
    FOLLOW_UP.born(follow_up, name="plan")
    announce(FollowUpPlanned(follow_up.pk, follow_up.patient_id, follow_up.organization_id, by))
    return follow_up


def of_session(session: ProcedureSession, by: Actor) -> FollowUpPlan:
    """The prompt under which a session of a series is booked; made where there is none."""
    plan = session.plan
    live = plan.follow_ups.filter(session_number=session.number).exclude(status=FollowUpStatus.CANCELLED)
    return live.first() or born(
        plan.consultation,
        plan=plan,
        kind=FollowUpKind.SERIES_SESSION,
        session_number=session.number,
        due_date=session.due_date,
        interval_days=plan.interval_days,
        doctor_id=plan.doctor_id,
        by=by,
    )


def next_of(plan: ProcedurePlan, by: Actor) -> None:
    """The desk is asked to book the next session of a series that nobody has booked."""
    if plan.plan_type != PlanType.SERIES:
        return
    following = plan.sessions.filter(status__in=UNBOOKED).order_by("number").first()
    if following is not None:
        following.plan = plan
        of_session(following, by)


def withdrawn(rows: Any, reason: str, by: Actor) -> int:
    """Withdraw each of these follow-ups; how many there were."""
    found = list(rows.select_for_update(of=("self",)).order_by("id"))
    for follow_up in found:
        FOLLOW_UP.move(follow_up, "cancel", by=by, reason=reason)
    return len(found)
