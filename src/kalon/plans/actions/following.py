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
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.plans import queries, rules
from kalon.plans.events import FollowUpPlanned, PlanCompleted
from kalon.plans.lifecycles import (
    ARRANGE,
    FOLLOW_UP,
    PLAN,
    ConsentNeed,
    FollowUpKind,
    FollowUpStatus,
    PlanStatus,
    PlanType,
)
from kalon.plans.models import FollowUpPlan, ProcedurePlan
from kalon.scheduling import queries as scheduling
from kalon.scheduling.lifecycles import RELEASED

LOST = "The visit did not take place."
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
    return _born(
        consultation,
        due_date=consultation.follow_up_on,
        interval_days=_days_between(consultation, consultation.follow_up_on),
        by=by,
    )


@verb
def withdraw_of_consultation(consultation_id: UUID, *, reason: str, by: Actor) -> int:
    """The outcome was taken back: what it had planned and nobody has booked is withdrawn."""
    pending = _of_consultation(consultation_id, by).filter(status=FollowUpStatus.PENDING)
    return _withdrawn(pending, reason, by)


@verb
def follow_visit(appointment_id: UUID, *, stands: str, by: Actor) -> None:
    """Keep plans in step with a visit that names one: `stands` is "booked", "lost" or "again" (a slip taken back)."""
    visit = scheduling.appointment(appointment_id, seen_by=by)
    if visit.occasion_id is None:
        return
    if (follow_up := _locked(visit.occasion_id, by)) is not None:
        _follow_up_follows(follow_up, visit, stands, by)
    elif (plan := _plan(visit.occasion_id, by)) is not None:
        _plan_follows(plan, visit, stands, by)


@verb
def visit_moved(old_id: UUID, *, to: UUID, by: Actor) -> None:
    """The visit moved to another day: its follow-up goes along to the one that stands now."""
    rows = FollowUpPlan.objects.filter(organization_id=by.organization_id, appointment_id=old_id)
    for follow_up in rows.filter(status=FollowUpStatus.SCHEDULED).select_for_update(of=("self",)):
        follow_up.appointment_id = to
        follow_up.save(update_fields=["appointment"])


@verb
def visit_signed(appointment_id: UUID, *, by: Actor) -> None:
    """What was said and seen in a visit is signed: its follow-up is done, and its plan goes on."""
    visit = scheduling.appointment(appointment_id, seen_by=by)
    rows = FollowUpPlan.objects.filter(organization_id=by.organization_id, appointment_id=appointment_id)
    follow_up = rows.select_for_update(of=("self",)).filter(status=FollowUpStatus.SCHEDULED).first()
    if follow_up is not None:
        FOLLOW_UP.move(follow_up, "complete", by=by)
        if follow_up.kind == FollowUpKind.SERIES_SESSION and follow_up.plan_id:
            _session_done(follow_up, visit, by)
    elif visit.occasion_id and visit.kind == "SESSION" and (plan := _plan(visit.occasion_id, by)) is not None:
        if plan.status == PlanStatus.SCHEDULED:
            PLAN.move(plan, "start", by=by)
        if plan.status == PlanStatus.IN_PROGRESS:
            _complete(plan, by)


def bookable(plan: ProcedurePlan, by: Actor) -> None:
    """A plan may be booked from now on: the first session of a series is due."""
    if plan.plan_type == PlanType.SERIES and not plan.follow_ups.exclude(status=FollowUpStatus.CANCELLED).exists():
        _session(plan, 1, clock.today(plan.branch.timezone), by)


def held(plan: ProcedurePlan, by: Actor) -> None:
    """A plan goes on after a hold: visits that were lost meanwhile are looked at again."""
    if plan.status == PlanStatus.SCHEDULED and not _visit_stands(plan, by):
        _date_lost(plan, by)


def finished(plan: ProcedurePlan, by: Actor) -> None:
    """Everything planned is done: it is announced, and the review it asks for is planned."""
    announce(PlanCompleted(plan.pk, plan.patient_id, plan.organization_id, by))
    if plan.review_after_days is None:
        return
    surgical = plan.plan_type == PlanType.SURGICAL
    _born(
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
    return _withdrawn(plan.follow_ups.filter(status=FollowUpStatus.PENDING), "The plan was cancelled.", by)


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
    return _born(
        consultation,
        plan=plan,
        kind=wish.kind,
        due_date=due,
        interval_days=wish.interval_days,
        reason=wish.reason.strip(),
        doctor_id=wish.doctor_id,
        by=by,
    )


def _born(
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


def _session(plan: ProcedurePlan, number: int, due: date, by: Actor) -> FollowUpPlan:
    return _born(
        plan.consultation,
        plan=plan,
        kind=FollowUpKind.SERIES_SESSION,
        session_number=number,
        due_date=due,
        interval_days=plan.interval_days,
        doctor_id=plan.doctor_id,
        by=by,
    )


def _session_done(follow_up: FollowUpPlan, visit: Any, by: Actor) -> None:
    plan = _plan(follow_up.plan_id, by) if follow_up.plan_id else None
    assert plan is not None
    if plan.status == PlanStatus.SCHEDULED:
        PLAN.move(plan, "start", by=by)
    if plan.status != PlanStatus.IN_PROGRESS:
        return
    number = follow_up.session_number or 1
    if number < plan.session_count:
        _session(plan, number + 1, rules.later(visit.local_start.date(), plan.interval_days or 1), by)
    else:
        _complete(plan, by)


def _complete(plan: ProcedurePlan, by: Actor) -> None:
    PLAN.move(plan, "complete", by=by)
    finished(plan, by)


def _follow_up_follows(follow_up: FollowUpPlan, visit: Any, stands: str, by: Actor) -> None:
    plan = _plan(follow_up.plan_id, by) if follow_up.plan_id else None
    if stands == "lost":
        if follow_up.status == FollowUpStatus.SCHEDULED and follow_up.appointment_id == visit.pk:
            FOLLOW_UP.move(follow_up, "unschedule", by=by, appointment=None)
            _after_loss(follow_up, plan, by)
        return
    if follow_up.status != FollowUpStatus.PENDING:
        if stands == "again":
            return  # it was booked anew while the slip stood
        raise Clash(f"This follow-up is {follow_up.get_status_display().lower()} already. Open the list again.")
    if plan is not None and follow_up.kind == FollowUpKind.SERIES_SESSION:
        _booked(plan, by)
    FOLLOW_UP.move(follow_up, "schedule", by=by, appointment=visit)


def _after_loss(follow_up: FollowUpPlan, plan: ProcedurePlan | None, by: Actor) -> None:
    if plan is None:
        return
    if plan.status == PlanStatus.CANCELLED and by.may(ARRANGE):
        _withdrawn(FollowUpPlan.objects.filter(pk=follow_up.pk), "The plan was cancelled.", by)
    elif plan.status == PlanStatus.SCHEDULED and not _visit_stands(plan, by):
        _date_lost(plan, by)


def _plan_follows(plan: ProcedurePlan, visit: Any, stands: str, by: Actor) -> None:
    if visit.kind != "SESSION":  # a visit before surgery prepares the plan and does not move it
        if stands == "booked" and plan.status in (PlanStatus.CANCELLED, PlanStatus.COMPLETED):
            raise NotReady(f"The plan is {plan.get_status_display().lower()}: nothing is booked for it any more.")
        return
    if stands == "lost":
        if plan.status == PlanStatus.SCHEDULED and not _visit_stands(plan, by):
            _date_lost(plan, by)
        return
    if plan.plan_type == PlanType.SERIES:
        raise NotReady("Sessions of a series are booked one by one: open the session in the list of what is due.")
    _booked(plan, by)


def _booked(plan: ProcedurePlan, by: Actor) -> None:
    """A visit for the plan stands: it is booked from now on, unless it is under way already."""
    if plan.status in (PlanStatus.SCHEDULED, PlanStatus.IN_PROGRESS):
        return
    PLAN.move(plan, "schedule_signed" if plan.status == PlanStatus.CONSENT_SIGNED else "schedule", by=by)


def _date_lost(plan: ProcedurePlan, by: Actor) -> None:
    PLAN.move(plan, "lose_date" if plan.consent == ConsentNeed.REQUIRED else "lose_visit", by=by, reason=LOST)


def _visit_stands(plan: ProcedurePlan, by: Actor) -> bool:
    occasions = [plan.pk, *plan.follow_ups.values_list("pk", flat=True)]
    rows = scheduling.appointments(seen_by=by).filter(occasion_id__in=occasions, kind="SESSION")
    return rows.exclude(status__in=RELEASED).exists()


def _withdrawn(rows: Any, reason: str, by: Actor) -> int:
    found = list(rows.select_for_update(of=("self",)).order_by("id"))
    for follow_up in found:
        FOLLOW_UP.move(follow_up, "cancel", by=by, reason=reason)
    return len(found)


def _of_consultation(consultation_id: UUID, by: Actor) -> Any:
    rows = FollowUpPlan.objects.filter(organization_id=by.organization_id, consultation_id=consultation_id)
    return rows.filter(plan=None)


def _locked(pk: UUID, by: Actor) -> FollowUpPlan | None:
    rows = FollowUpPlan.objects.filter(organization_id=by.organization_id, pk=pk)
    return rows.select_for_update(of=("self",)).select_related("patient").first()


def _plan(pk: UUID, by: Actor) -> ProcedurePlan | None:
    rows = ProcedurePlan.objects.filter(organization_id=by.organization_id, pk=pk)
    return rows.select_for_update(of=("self",)).select_related("patient", "branch", "consultation").first()


def _seen_on(consultation: Any) -> date:
    """The day of the visit on the clock of its branch; the day it was opened where there was none."""
    if consultation.appointment is not None:
        day: date = consultation.appointment.local_start.date()
        return day
    return clock.today(consultation.branch.timezone)


def _days_between(consultation: Any, due: date) -> int:
    return max((due - _seen_on(consultation)).days, 0)
