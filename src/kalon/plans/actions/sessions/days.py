"""The days of sessions: how far apart they are kept, and when those that are not booked are due."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid, NotPermitted
from kalon.kernel.reasons import reason_given
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.plans import queries
from kalon.plans.actions import standing
from kalon.plans.lifecycles import APPROVE, HAS_DAY, OPEN, UNBOOKED, FollowUpStatus, SessionStatus
from kalon.plans.models import FollowUpPlan, ProcedurePlan, ProcedureSession, TreatmentRecord


@verb
def allow_early(pk: UUID, *, reason: str, by: Actor) -> ProcedureSession:
    """A doctor lets a session follow sooner than the catalogue asks, for a reason that stays with the session."""
    by.must(APPROVE, do="let a session come sooner")
    session = queries.session(pk, seen_by=by, lock=True)
    words = reason_given(reason, "let the session come sooner")
    doctor = people.staff_of(by)
    if doctor is None:
        raise NotPermitted("A doctor allows this under their own name. Sign in as one.")
    if session.status not in OPEN:
        raise Invalid(f"The session is {session.get_status_display().lower()}.", field="reason")
    session.early_reason, session.early_by = words, doctor
    session.save(update_fields=["early_reason", "early_by"])
    audit.note(by, audit.Kind.CHANGE, session, facts={"early": True})
    return session


@verb
def shift(plan_id: UUID, *, by: Actor) -> None:
    """What is not booked yet is due an interval after the session before it, or on the day proposed there."""
    plan = standing.locked(plan_id, by)
    if plan is not None and plan.is_series:
        shifted(plan)


def shifted(plan: ProcedurePlan) -> None:
    """The same on a plan that is held already."""
    apart = max(plan.interval_days or 0, queries.least_days(plan))
    after: date | None = None
    proposed: date | None = None
    for session in _in_order(plan):
        if session.status == SessionStatus.CANCELLED:
            continue
        if session.status in UNBOOKED and after is not None:
            _due(session, proposed or after + timedelta(days=apart))
        after, proposed = _day(session) or session.due_date, _proposed(session)


def keep_apart(session: ProcedureSession, visit: Any, *, by: Actor) -> None:
    """Refuse a visit that comes too soon after the session before, or too late before the one after; with the day."""
    least = queries.least_days(session.plan)
    day = visit.local_start.date()
    for beside in _in_order(session.plan):
        if (at := _day(beside)) is None or beside.pk == session.pk:
            continue
        later = session if beside.number < session.number else beside
        gap = timedelta(days=0 if later.early_by_id else least)
        if later is session and day < at + gap:
            raise Invalid(_too_soon(beside, at, at + gap, gap.days, by), field="start", first_day=str(at + gap))
        if later is beside and day > at - gap:
            raise Invalid(_too_late(beside, at, at - gap, gap.days), field="start", last_day=str(at - gap))


def _too_soon(beside: ProcedureSession, at: date, first: date, gap: int, by: Actor) -> str:
    if not gap:
        return f"Session {beside.number} is on {at:%a %-d %b}, and sessions keep their order. Choose a later day."
    ask = "Call the clinic if you need an earlier day." if by.is_patient else (
        "A doctor may let it come sooner on the plan's page."
    )  # fmt: skip
    return (
        f"Session {beside.number} is on {at:%a %-d %b}, and at least {gap} days lie between two sessions: "
        f"the first possible day is {first:%a %-d %b}. {ask}"
    )


def _too_late(beside: ProcedureSession, at: date, last: date, gap: int) -> str:
    why = f"at least {gap} days lie between two sessions" if gap else "sessions keep their order"
    return (
        f"Session {beside.number} is on {at:%a %-d %b}, and {why}: the last possible day is {last:%a %-d %b}. "
        f"Move session {beside.number} first, or choose an earlier day."
    )


def _in_order(plan: ProcedurePlan) -> list[ProcedureSession]:
    return list(plan.sessions.select_related("appointment__branch").order_by("number"))


def _day(session: ProcedureSession) -> date | None:
    """The day of its visit, where it counts for the others."""
    if session.appointment is None or session.status not in HAS_DAY:
        return None
    day: date = session.appointment.local_start.date()
    return day


def _proposed(session: ProcedureSession) -> date | None:
    """The day that the record of a session that is done proposes for the next one."""
    if session.status != SessionStatus.COMPLETED:
        return None
    return TreatmentRecord.objects.filter(session=session).values_list("next_on", flat=True).first()


def _due(session: ProcedureSession, due: date) -> None:
    if session.due_date == due:
        return
    session.due_date = due
    session.save(update_fields=["due_date"])
    FollowUpPlan.objects.filter(
        plan_id=session.plan_id, session_number=session.number, status=FollowUpStatus.PENDING
    ).update(due_date=due)
