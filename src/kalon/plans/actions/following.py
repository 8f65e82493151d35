"""Follow-ups: planned in a consultation, booked by a visit that names them, done when that visit is signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from kalon.consultations import queries as consultations
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotReady
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.plans import queries, rules
from kalon.plans.actions import prompts, satisfaction, standing
from kalon.plans.actions.sessions import visits
from kalon.plans.lifecycles import ARRANGE, FOLLOW_UP, FollowUpKind, FollowUpStatus, PlanStatus, PlanType
from kalon.plans.models import FollowUpPlan, ProcedurePlan, ProcedureSession
from kalon.scheduling import queries as scheduling

MOST_AT_ONCE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpWish:
    """When a patient is to be seen again: on a day, or so many days after the consultation; by whom, and why."""

    due_date: date | None = None
    interval_days: int | None = None
    kind: str = FollowUpKind.REVIEW
    reason: str = ""
    doctor_id: UUID | None = None
    plan_id: UUID | None = None


@verb
def plan_follow_ups(consultation_id: UUID, wishes: Sequence[FollowUpWish], *, by: Actor) -> list[FollowUpPlan]:
    """Plan one or several follow-ups of a consultation, each with its own day or interval; all of them or none."""
    by.must(ARRANGE, do="plan follow-ups")
    consultation = consultations.consultation(consultation_id, seen_by=by, lock=True)
    if not 1 <= len(wishes) <= MOST_AT_ONCE:
        raise Invalid(f"Plan between 1 and {MOST_AT_ONCE} follow-ups at once.", field="interval_days")
    if not consultation.outcome:
        raise NotReady("Record the outcome of the consultation first.", obstacles=["outcome"])
    return [_planned(consultation, wish, by) for wish in wishes]


@verb
def withdraw(pk: UUID, *, reason: str, by: Actor) -> FollowUpPlan:
    """Withdraw a follow-up that is not needed any more; one that is booked is cancelled by its visit first."""
    follow_up = queries.follow_up(pk, seen_by=by, lock=True)
    if follow_up.status == FollowUpStatus.SCHEDULED:
        raise IllegalMove("This follow-up is booked. Cancel its visit first.", status_is=follow_up.status)
    FOLLOW_UP.move(follow_up, "cancel", by=by, reason=reason)
    return follow_up


@verb
def decided(consultation_id: UUID, *, by: Actor) -> FollowUpPlan | None:
    """The outcome is FOLLOW_UP: the follow-up it names is planned, unless one of this consultation stands already."""
    consultation = consultations.consultation(consultation_id, seen_by=by)
    live = [FollowUpStatus.PENDING, FollowUpStatus.SCHEDULED]
    standing = _of_consultation(consultation_id, by).filter(status__in=live)
    if consultation.follow_up_on is None or standing.exists():
        return None
    return prompts.born(
        consultation,
        due_date=consultation.follow_up_on,
        interval_days=_days_between(consultation, consultation.follow_up_on),
        by=by,
    )


@verb
def withdraw_of_consultation(consultation_id: UUID, *, reason: str, by: Actor) -> int:
    """The outcome was taken back: what it had planned and nobody has booked is withdrawn."""
    pending = _of_consultation(consultation_id, by).filter(status=FollowUpStatus.PENDING)
    return prompts.withdrawn(pending, reason, by)


@verb
def follow_visit(appointment_id: UUID, *, stands: str, by: Actor) -> None:
    """Keep plans in step with a visit that names one.

    `stands` is "booked", "lost" (cancelled), "missed", or "again" (a no-show taken back).
    """
    visit = scheduling.appointment(appointment_id, seen_by=by)
    if visit.occasion_id is None:
        return
    plan = standing.locked(_plan_of(visit.occasion_id, by), by)
    if (follow_up := _locked(visit.occasion_id, by)) is not None:
        _follow_up_follows(follow_up, plan, visit, stands, by)
    elif plan is not None:
        _plan_follows(plan, visit, stands, by)


@verb
def visit_moved(old_id: UUID, *, to: UUID, by: Actor) -> None:
    """The visit moved to another day: its follow-up and its session go along to the one that stands now."""
    session = visits.of_visit(old_id, by)
    rows = FollowUpPlan.objects.filter(organization_id=by.organization_id, appointment_id=old_id)
    for follow_up in rows.filter(status=FollowUpStatus.SCHEDULED).select_for_update(of=("self",)):
        follow_up.appointment_id = to
        follow_up.save(update_fields=["appointment"])
    if session is not None:
        visits.moved(session, scheduling.appointment(to, seen_by=by), by)


@verb
def visit_signed(appointment_id: UUID, *, by: Actor) -> None:
    """What was said and seen in a visit is signed: its follow-up and its session are done, and its plan goes on."""
    session = visits.of_visit(appointment_id, by)
    rows = FollowUpPlan.objects.filter(organization_id=by.organization_id, appointment_id=appointment_id)
    follow_up = rows.select_for_update(of=("self",)).filter(status=FollowUpStatus.SCHEDULED).first()
    if follow_up is not None:
        FOLLOW_UP.move(follow_up, "complete", by=by)
        satisfaction.asked(follow_up, by)
    if session is not None:
        visits.signed(session, by)


def _planned(consultation: Any, wish: FollowUpWish, by: Actor) -> FollowUpPlan:
    if wish.kind not in (FollowUpKind.REVIEW, FollowUpKind.POST_OP):
        raise Invalid("Choose a review or a check after surgery; sessions come with their series.", field="kind")
    if (wish.due_date is None) == (wish.interval_days is None):
        raise Invalid("Say a day, or after how many days.", field="interval_days")
    if len(wish.reason) > rules.LONGEST_TEXT:
        raise Invalid(f"This is too long; keep it under {rules.LONGEST_TEXT:,} characters.", field="reason")
    today = clock.today(consultation.branch.timezone)
    if wish.interval_days is not None and not 1 <= wish.interval_days <= 1830:
        raise Invalid("The interval is between 1 and 1,830 days.", field="interval_days")
    due = wish.due_date or rules.later(_seen_on(consultation), wish.interval_days or 0)
    if due < today:
        raise Invalid("This day lies in the past. Choose a later one.", field="due_date")
    if due > today + rules.FARTHEST:
        raise Invalid("This day is too far away; five years ahead is the most.", field="due_date")
    plan = queries.plan(wish.plan_id, seen_by=by) if wish.plan_id else None
    if plan is not None and plan.patient_id != consultation.patient_id:
        raise Invalid("The plan is another patient's. Choose one of this patient's.", field="plan_id")
    if wish.doctor_id:
        people.staff_member(wish.doctor_id, seen_by=by)
    return prompts.born(
        consultation,
        plan=plan,
        kind=wish.kind,
        due_date=due,
        interval_days=wish.interval_days,
        reason=wish.reason.strip(),
        doctor_id=wish.doctor_id,
        by=by,
    )


def _follow_up_follows(follow_up: FollowUpPlan, plan: ProcedurePlan | None, visit: Any, stands: str, by: Actor) -> None:
    session = _session_of(follow_up, plan)
    if stands in ("lost", "missed"):
        if follow_up.status == FollowUpStatus.SCHEDULED and follow_up.appointment_id == visit.pk:
            if session is not None:
                visits.lost(session, visit, by, missed=stands == "missed")
            FOLLOW_UP.move(follow_up, "unschedule", by=by, appointment=None)
            _after_loss(follow_up, plan, by)
        return
    if follow_up.status != FollowUpStatus.PENDING:
        if stands == "again":
            return  # it was booked anew while the slip stood
        raise Clash(f"This follow-up is {follow_up.get_status_display().lower()} already. Open the list again.")
    if plan is not None and session is not None:
        standing.booked(plan, by)
        if stands == "again":
            visits.came_after_all(session, by)
        else:
            visits.booked(session, visit, by)
    FOLLOW_UP.move(follow_up, "schedule", by=by, appointment=visit)


def _session_of(follow_up: FollowUpPlan, plan: ProcedurePlan | None) -> ProcedureSession | None:
    if plan is None or follow_up.session_number is None:
        return None
    return visits.of_plan(plan, number=follow_up.session_number)


def _after_loss(follow_up: FollowUpPlan, plan: ProcedurePlan | None, by: Actor) -> None:
    if plan is None:
        return
    if plan.status == PlanStatus.CANCELLED and by.may(ARRANGE):
        prompts.withdrawn(FollowUpPlan.objects.filter(pk=follow_up.pk), "The plan was cancelled.", by)
    else:
        standing.lost(plan, by)


def _plan_follows(plan: ProcedurePlan, visit: Any, stands: str, by: Actor) -> None:
    if visit.kind != "SESSION":  # a visit before surgery prepares the plan and does not move it
        if stands == "booked" and plan.status in (PlanStatus.CANCELLED, PlanStatus.COMPLETED):
            raise NotReady(f"The plan is {plan.get_status_display().lower()}: nothing is booked for it any more.")
        return
    session = visits.of_plan(plan, number=1)
    if stands in ("lost", "missed"):
        if session is not None and session.appointment_id == visit.pk:
            visits.lost(session, visit, by, missed=stands == "missed")
        standing.lost(plan, by)
        return
    if plan.plan_type == PlanType.SURGICAL:
        raise NotReady("A surgery is not booked as a session. Reserve a theatre for it: its case books the plan.")
    if plan.plan_type == PlanType.SERIES:
        raise NotReady("Sessions of a series are booked one by one: open the session in the list of what is due.")
    if stands == "again" and session is not None and session.appointment_id != visit.pk:
        return  # it was booked anew while the slip stood
    standing.booked(plan, by)
    if session is not None and stands == "again":
        visits.came_after_all(session, by)
    elif session is not None:
        visits.booked(session, visit, by)


def _plan_of(occasion_id: UUID, by: Actor) -> UUID:
    """The plan that a visit was booked for, itself or by one of its follow-ups."""
    rows = FollowUpPlan.objects.filter(organization_id=by.organization_id, pk=occasion_id)
    return rows.values_list("plan_id", flat=True).first() or occasion_id


def _of_consultation(consultation_id: UUID, by: Actor) -> Any:
    rows = FollowUpPlan.objects.filter(organization_id=by.organization_id, consultation_id=consultation_id)
    return rows.filter(plan=None)


def _locked(pk: UUID, by: Actor) -> FollowUpPlan | None:
    rows = FollowUpPlan.objects.filter(organization_id=by.organization_id, pk=pk)
    return rows.select_for_update(of=("self",)).select_related("patient").first()


def _seen_on(consultation: Any) -> date:
    """The day of the visit on the clock of its branch; the day it was opened where there was none."""
    if consultation.appointment is not None:
        day: date = consultation.appointment.local_start.date()
        return day
    return clock.today(consultation.branch.timezone)


def _days_between(consultation: Any, due: date) -> int:
    return max((due - _seen_on(consultation)).days, 0)
