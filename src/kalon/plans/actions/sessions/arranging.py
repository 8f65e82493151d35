"""Giving the sessions of a plan their days in one go: what is not booked is booked, what is booked moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, IllegalMove, Invalid
from kalon.kernel.tenancy import verb
from kalon.plans import queries
from kalon.plans.actions import prompts
from kalon.plans.lifecycles import ARRANGE, BOOKED, UNBOOKED
from kalon.plans.models import ProcedurePlan, ProcedureSession
from kalon.scheduling import actions as scheduling
from kalon.scheduling.lifecycles import BOOK

MOVED = "The sessions of the plan were moved."
KIND = "SESSION"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTime:
    """When one session is to be; `start` is an instant, or the branch's wall clock."""

    number: int
    start: datetime
    doctor_id: UUID | None = None


@verb
def arrange_sessions(
    plan_id: UUID, times: Sequence[SessionTime], *, reason: str = "", by: Actor
) -> list[ProcedureSession]:
    """Book the sessions that have no visit and move those that have one: all of them, or none.

    Refusals name the session (`number`), and carry the times it could have: Clash, Invalid, IllegalMove, NotPermitted.
    """
    by.must(ARRANGE, do="book the sessions of a plan")
    plan = queries.plan(plan_id, seen_by=by, lock=True)
    by.must(BOOK, at=plan.branch_id, do="book visits here")
    rows = {one.number: one for one in queries.sessions_of_plan(plan, seen_by=by)}
    wanted = _checked(plan, times, rows)
    moved = [one for one in wanted if rows[one.number].status in BOOKED and not _is_there(plan, rows[one.number], one)]
    for one in _in_turn(plan, moved, rows):
        _moved(plan, rows[one.number], one, reason, by)
    _book(plan, [(rows[one.number], one) for one in wanted if rows[one.number].status in UNBOOKED], by)
    return queries.sessions_of_plan(plan, seen_by=by)


def _checked(plan: ProcedurePlan, times: Sequence[SessionTime], rows: dict[int, ProcedureSession]) -> list[SessionTime]:
    if not times:
        raise Invalid("Choose a time for at least one session.", field="times")
    wanted = sorted(times, key=lambda one: one.number)
    if len({one.number for one in wanted}) < len(wanted):
        raise Invalid("A session is named twice.", field="times")
    for one in wanted:
        session = rows.get(one.number)
        if session is None:
            raise Invalid(f"The plan has no session {one.number}.", field="times", number=one.number)
        if session.status not in (*BOOKED, *UNBOOKED):
            raise IllegalMove(
                f"Session {one.number} is {session.get_status_display().lower()}. Leave it out.", number=one.number
            )
    return wanted


def _in_turn(plan: ProcedurePlan, moved: list[SessionTime], rows: dict[int, ProcedureSession]) -> list[SessionTime]:
    """The last first where they move on, the first first where they move back, so that none passes another."""
    later = [one for one in moved if _instant(plan, one) >= _visit(rows[one.number]).period.lower]
    return [*reversed(later), *(one for one in moved if one not in later)]


def _instant(plan: ProcedurePlan, one: SessionTime) -> datetime:
    return one.start if one.start.tzinfo else one.start.replace(tzinfo=ZoneInfo(plan.branch.timezone))


def _is_there(plan: ProcedurePlan, session: ProcedureSession, one: SessionTime) -> bool:
    """A session that was left where it is."""
    visit = _visit(session)
    return _instant(plan, one) == visit.period.lower and one.doctor_id in (None, visit.doctor_id)


def _moved(plan: ProcedurePlan, session: ProcedureSession, one: SessionTime, reason: str, by: Actor) -> None:
    try:
        scheduling.reschedule(_visit(session).pk, one.start, reason.strip() or MOVED, doctor_id=one.doctor_id, by=by)
    except (Clash, Invalid, IllegalMove) as refusal:
        raise _of_session(plan, session.number, refusal) from refusal


def _book(plan: ProcedurePlan, wanted: list[tuple[ProcedureSession, SessionTime]], by: Actor) -> None:
    """Several are booked as a series, so that the patient hears of all of them in one message."""
    if not wanted:
        return
    service, usual = queries.service_of(plan), queries.usual_doctor(plan)
    visits = []
    for session, one in wanted:
        session.plan = plan
        occasion = prompts.of_session(session, by).pk if plan.is_series else plan.pk
        visits.append(scheduling.SeriesVisit(start=one.start, doctor_id=one.doctor_id or usual, occasion_id=occasion))
    like = scheduling.BookingRequest(
        patient_id=plan.patient_id,
        branch_id=plan.branch_id,
        start=visits[0].start,
        doctor_id=visits[0].doctor_id,
        service_id=service.pk if service else None,
        minutes=None if service else 60,
        kind=KIND,
        follows_id=plan.consultation.appointment_id,
        occasion_id=visits[0].occasion_id,
    )
    numbers = [session.number for session, _ in wanted]
    try:
        if len(visits) == 1:
            scheduling.book(like, by=by)
        else:
            request = scheduling.SeriesRequest(like=like, visits=visits, interval_days=queries.apart(plan))
            scheduling.book_series(request, by=by)
    except (Clash, Invalid) as refusal:
        at = int(refusal.facts.get("number", 1)) - 1
        raise _of_session(plan, numbers[at], refusal) from refusal


def _of_session(plan: ProcedurePlan, number: int, refusal: Any) -> Any:
    """The refusal with the session it is about, which the page marks."""
    detail = refusal.detail.partition(": ")[2] if refusal.detail.startswith("Visit ") else refusal.detail
    words = detail if detail.startswith("Session ") else f"Session {number} of {plan.session_count}: {detail}"
    facts = {name: value for name, value in refusal.facts.items() if name != "number"}
    return type(refusal)(words, field="times", **facts, number=number)


def _visit(session: ProcedureSession) -> Any:
    visit = session.appointment
    if visit is None:
        raise Invalid(f"Session {session.number} has no visit to move.", field="times", number=session.number)
    return visit
