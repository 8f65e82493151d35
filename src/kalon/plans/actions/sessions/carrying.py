"""Carrying a session out: started, completed; stopped with its plan."""

from typing import Any
from uuid import UUID

from kalon.consultations.lifecycles import Status as Encounter
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotPermitted, NotReady
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.plans import queries
from kalon.plans.actions import prompts, standing
from kalon.plans.actions.sessions.days import shifted
from kalon.plans.events import SessionCancelled, SessionCompleted
from kalon.plans.lifecycles import BOOKED, FOLLOW_UP, OPEN, SESSION, UNBOOKED, FollowUpStatus, SessionStatus
from kalon.plans.models import FollowUpPlan, ProcedurePlan, ProcedureSession
from kalon.scheduling import actions as scheduling
from kalon.scheduling.lifecycles import AHEAD, Side
from kalon.scheduling.lifecycles import Status as Visit


@verb
def start_session(pk: UUID, *, by: Actor) -> ProcedureSession:
    """The treatment begins: the patient is here, nothing stands in the way, and the plan goes on."""
    session = queries.session(pk, seen_by=by, lock=True)
    SESSION.move(session, "start", by=by, started_at=clock.now())
    visit = session.appointment
    if visit is not None and visit.status == Visit.CHECKED_IN:
        scheduling.start(visit.pk, by=standing.clinic(session.organization_id))
    return session


@verb
def undo_start(pk: UUID, *, reason: str, by: Actor) -> ProcedureSession:
    """The wrong session was started: back to ready."""
    session = queries.session(pk, seen_by=by, lock=True)
    SESSION.move(session, "undo_start", by=by, reason=reason, started_at=None)
    return session


@verb
def complete_session(pk: UUID, *, by: Actor) -> ProcedureSession:
    """The treatment is done: it counts, its record is sealed, and the plan goes on or is complete.

    Refusals: IllegalMove while it is not under way, NotReady while an earlier session is open, NotPermitted.
    """
    session = queries.session(pk, seen_by=by, lock=True)
    who = people.staff_of(by)
    if who is None:
        raise NotPermitted("A session is completed by who treated, under their own name. Sign in as one of the staff.")
    completed(session, who, mover=by, by=by)
    return session


@verb
def cancel_session(pk: UUID, *, reason: str, by: Actor) -> ProcedureSession:
    """A session will not be held; its visit is given back, and a plan of which nothing else is left is complete."""
    session = queries.session(pk, seen_by=by, lock=True)
    plan = session.plan
    if session.status in (*BOOKED, *UNBOOKED):
        as_unbooked = ProcedureSession(plan=plan, number=session.number, status=SessionStatus.PLANNED)
        SESSION.guard(as_unbooked, "cancel", by=by, reason=reason)
    if not plan.sessions.exclude(pk=session.pk).exclude(status=SessionStatus.CANCELLED).exists():
        raise NotReady("This is the only session of the plan. Cancel the plan instead.")
    give_back([session], reason)
    session, plan = _again(session, by)
    SESSION.move(session, "cancel", by=by, reason=reason)
    announce(SessionCancelled(session.pk, session.organization_id, by))
    prompts.withdrawn(
        plan.follow_ups.filter(session_number=session.number, status=FollowUpStatus.PENDING),
        "The session was cancelled.",
        standing.clinic(plan.organization_id),
    )
    standing.session_over(plan, by)
    shifted(plan)
    return session


def completed(session: ProcedureSession, who: Any, *, mover: Actor, by: Actor) -> None:
    """The session is done by `who`; the prompt under which it was booked is too, and the plan follows."""
    SESSION.move(session, "complete", by=mover, done_at=clock.now(), done_by=who)
    clinic, plan = standing.clinic(session.organization_id), session.plan
    prompt = FollowUpPlan.objects.filter(appointment=session.appointment, status=FollowUpStatus.SCHEDULED)
    for follow_up in prompt.select_for_update(of=("self",)):
        FOLLOW_UP.move(follow_up, "complete", by=clinic)
    announce(SessionCompleted(session.pk, plan.pk, plan.patient_id, plan.organization_id, by))
    standing.session_over(plan, by)
    shifted(plan)
    _next_is_signed(session, by)


def stop(plan: ProcedurePlan, reason: str, by: Actor) -> None:
    """The plan is cancelled: visits ahead are given back, and what is not done is cancelled."""
    open_ones = list(plan.sessions.filter(status__in=OPEN).order_by("number"))
    give_back(open_ones, reason)
    clinic = standing.clinic(plan.organization_id)
    for session in plan.sessions.filter(status__in=OPEN).select_for_update(of=("self",)).order_by("number"):
        session.plan = plan
        if session.status in BOOKED:
            SESSION.move(session, "unschedule", by=clinic, appointment=None)
        SESSION.move(session, "cancel", by=clinic, reason=reason)


def give_back(sessions: list[ProcedureSession], reason: str) -> None:
    """The visits of these sessions that are still ahead are cancelled by the clinic, which never costs the patient."""
    for session in sessions:
        if session.status in BOOKED and session.appointment is not None and session.appointment.status in AHEAD:
            clinic = standing.clinic(session.organization_id)
            scheduling.cancel(session.appointment.pk, reason, Side.CLINIC, by=clinic)


def _again(session: ProcedureSession, by: Actor) -> tuple[ProcedureSession, ProcedurePlan]:
    """Session and plan as they stand after the visit was given back."""
    found = queries.session(session.pk, seen_by=by, lock=True)
    return found, found.plan


def _next_is_signed(session: ProcedureSession, by: Actor) -> None:
    """A later session whose visit was signed while this one was open is done now."""
    rows = session.plan.sessions.filter(number__gt=session.number, status=SessionStatus.IN_PROGRESS)
    later = rows.select_related("appointment__consultation__signed_by").order_by("number").first()
    if later is None:
        return
    encounter = getattr(later.appointment, "consultation", None)
    later.plan = session.plan
    if encounter is None or encounter.status != Encounter.CLOSED:
        return
    if not SESSION.obstacles(SESSION["complete"], later):
        completed(later, encounter.signed_by, mover=standing.clinic(later.organization_id), by=by)
