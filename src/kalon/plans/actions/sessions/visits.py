"""A session follows its visit: booked, cancelled, missed, moved; the patient arrives; what was done is signed."""

from typing import Any
from uuid import UUID

from kalon.kernel import clock, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, NotReady
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.plans import queries
from kalon.plans.actions import standing
from kalon.plans.actions.sessions.carrying import completed
from kalon.plans.actions.sessions.days import keep_apart, shifted
from kalon.plans.lifecycles import BOOKED, GOES_ON, SESSION, UNBOOKED, SessionStatus
from kalon.plans.models import ProcedurePlan, ProcedureSession
from kalon.plans.queries import session_consents

SLIP = "The no-show was a slip."


@verb
def visit_arrived(appointment_id: UUID, *, by: Actor) -> None:
    """The patient is here: the session may begin, or waits for its consent."""
    if (session := of_visit(appointment_id, by)) is not None and session.status == SessionStatus.SCHEDULED:
        _ask(session, by)


@verb
def arrival_undone(appointment_id: UUID, *, by: Actor) -> None:
    """The patient was not here after all."""
    session = of_visit(appointment_id, by)
    if session is not None and session.status in (SessionStatus.CONSENT_PENDING, SessionStatus.READY):
        SESSION.move(session, "step_back", by=standing.clinic(session.organization_id))


@verb
def session_consent_changed(pk: UUID, *, by: Actor) -> None:
    """A consent of this session was presented, signed or lost: it waits or may begin accordingly.

    For the contexts above; inside a patient's own unit of work it is done right after it.
    """
    if by.is_patient:
        from kalon.plans import tasks

        outbox.defer(tasks.look_at_consents, organization_id=by.organization_id, session_id=pk)
        return
    session = queries.session(pk, seen_by=by, lock=True)
    if session.status in BOOKED:
        _ask(session, by)


def booked(session: ProcedureSession, visit: Any, by: Actor) -> None:
    """A visit was booked for the session."""
    if session.status not in UNBOOKED:
        raise Clash(f"Session {session.number} is {session.get_status_display().lower()} already. Open the plan again.")
    keep_apart(session, visit, by=by)
    SESSION.move(session, "schedule", by=by, appointment=visit)
    _days_changed(session.plan, by)


def lost(session: ProcedureSession, visit: Any, by: Actor, *, missed: bool) -> None:
    """The visit will not take place; missed ones keep it, until they are booked again."""
    if session.status == SessionStatus.IN_PROGRESS:
        raise NotReady(f"Session {session.number} is under way in this visit. Complete it, or undo its start.")
    if session.status not in BOOKED:
        return
    if missed:
        SESSION.move(session, "miss", by=by)
    else:
        SESSION.move(session, "unschedule", by=by, appointment=None)
    _days_changed(session.plan, by)


def came_after_all(session: ProcedureSession, by: Actor) -> None:
    """The no-show of its visit was a slip, and it was not booked anew meanwhile."""
    if session.status == SessionStatus.NO_SHOW and session.appointment is not None:
        keep_apart(session, session.appointment, by=by)
        SESSION.move(session, "reinstate", by=by, reason=SLIP)
        _days_changed(session.plan, by)


def moved(session: ProcedureSession, visit: Any, by: Actor) -> None:
    """The visit was moved to another day."""
    if session.status in BOOKED:
        keep_apart(session, visit, by=by)
        session.appointment = visit
        session.save(update_fields=["appointment"])
        _days_changed(session.plan, by)


def signed(session: ProcedureSession, by: Actor) -> None:
    """What was said and seen in the visit is signed: its session is done, once those before it are.

    One that waits for its consent stays as it is, and so does the session of a plan on hold.
    """
    doctor = people.staff_of(by)
    if doctor is None or session.plan.status not in GOES_ON:
        return
    clinic = standing.clinic(session.organization_id)
    if session.status == SessionStatus.SCHEDULED and not session_consents.missing(session, clinic):
        SESSION.move(session, "make_ready", by=clinic)
    if session.status == SessionStatus.READY and not session_consents.missing(session, clinic):
        SESSION.move(session, "start", by=clinic, started_at=clock.now())
    if session.status == SessionStatus.IN_PROGRESS and not SESSION.obstacles(SESSION["complete"], session):
        completed(session, doctor, mover=clinic, by=by)


def of_visit(appointment_id: UUID, by: Actor) -> ProcedureSession | None:
    """The session held in a visit, with its plan held before it so that both always wait in the same order."""
    plan_id = (
        ProcedureSession.objects.filter(organization_id=by.organization_id, appointment_id=appointment_id)
        .values_list("plan_id", flat=True)
        .first()
    )
    if plan_id is None or (plan := standing.locked(plan_id, by)) is None:
        return None
    return of_plan(plan, appointment_id=appointment_id)


def of_plan(plan: ProcedurePlan, **which: Any) -> ProcedureSession | None:
    """One session of a plan that is held already."""
    rows = plan.sessions.filter(**which).select_for_update(of=("self",)).select_related("appointment__branch")
    session = rows.first()
    if session is not None:
        session.plan = plan
    return session


def _ask(session: ProcedureSession, by: Actor) -> None:
    clinic = standing.clinic(session.organization_id)
    wanted = SessionStatus.CONSENT_PENDING if session_consents.missing(session, clinic) else SessionStatus.READY
    if session.status != wanted:
        SESSION.move(session, "ask_consent" if wanted == SessionStatus.CONSENT_PENDING else "make_ready", by=clinic)


def _days_changed(plan: ProcedurePlan, by: Actor) -> None:
    """The days of those that follow; a patient writes nothing but their own visit, so then it is done right after."""
    if not plan.is_series:
        return
    if by.is_patient:
        from kalon.plans import tasks

        outbox.defer(tasks.shift_days, organization_id=plan.organization_id, plan_id=plan.pk)
        return
    shifted(plan)
