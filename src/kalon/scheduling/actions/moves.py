"""How a visit goes on, one verb per move of its lifecycle."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import IllegalMove, Invalid, NotPermitted, Stale
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.scheduling import events, queries
from kalon.scheduling.actions.places import Wish, clashes
from kalon.scheduling.events import AppointmentFact
from kalon.scheduling.lifecycles import AHEAD, BOOK, LIFE, VIEW, Priority, Side, Status
from kalon.scheduling.models import Appointment
from kalon.scheduling.rules import Demand, Span

PAY_APPROVED_WITHIN = timedelta(hours=24)
LONGEST_TEXT = 2_000


@verb
def approve(pk: UUID, *, by: Actor) -> Appointment:
    """Say yes to a visit a patient asked for: it is confirmed, or waits for what is to be paid first."""
    visit = queries.locked(pk, by=by)
    if visit.amount_due is not None:
        return request_payment(pk, by=by)
    return _move(visit, "approve", events.AppointmentConfirmed, by=by)


@verb
def request_payment(pk: UUID, *, by: Actor) -> Appointment:
    """Approve a visit that is to be paid first."""
    visit = queries.locked(pk, by=by)
    due = min(clock.now() + PAY_APPROVED_WITHIN, visit.period.lower)
    return _move(visit, "request_payment", events.PaymentRequested, by=by, payment_due_at=due)


@verb
def confirm_paid(pk: UUID, *, by: Actor) -> Appointment:
    """What was to be paid is paid: the visit will take place.

    Money may arrive twice, or after the slot was given away: then the visit stays as it is, and so does the money.
    Acts as staff or as the system, never inside a patient's own unit of work: a patient's word that they
    paid is not enough, and the database holds that.
    """
    visit = queries.locked(pk, by=by)
    if visit.status != Status.PENDING_PAYMENT:
        return visit
    return _move(visit, "confirm_paid", events.AppointmentConfirmed, by=by, payment_due_at=None)


@verb
def check_in(pk: UUID, *, by: Actor) -> Appointment:
    """The patient has arrived."""
    return _move(queries.locked(pk, by=by), "check_in", events.AppointmentCheckedIn, by=by)


@verb
def start(pk: UUID, *, by: Actor) -> Appointment:
    """The patient goes in."""
    return _move(queries.locked(pk, by=by), "start", events.AppointmentStarted, by=by)


@verb
def complete(pk: UUID, *, by: Actor) -> Appointment:
    """The visit is over."""
    return _move(queries.locked(pk, by=by), "complete", events.AppointmentCompleted, by=by)


@verb
def cancel(pk: UUID, reason: str, side: str = Side.PATIENT, *, by: Actor) -> Appointment:
    """The visit will not take place; its time is free again.

    `side` says who does not keep it: a patient who cancels late may owe a fee, the clinic's own cancelling never
    costs them anything.
    """
    visit = queries.locked(pk, by=by)
    if visit.status == Status.CHECKED_IN and not by.is_patient:  # who has arrived tells the desk that they go
        return leave_unseen(pk, reason, side, by=by)
    return _move(
        visit,
        "cancel",
        events.AppointmentCancelled,
        by=by,
        reason=reason,
        cancelled_reason=reason.strip()[:300],
        cancelled_side=_side(side, by),
    )


@verb
def leave_unseen(
    pk: UUID, reason: str = "Left without being seen", side: str = Side.PATIENT, *, by: Actor
) -> Appointment:
    """The patient came, waited, and left."""
    visit = queries.locked(pk, by=by)
    words = reason.strip()[:300]
    return _move(
        visit,
        "leave_unseen",
        events.AppointmentCancelled,
        by=by,
        reason=words,
        cancelled_reason=words,
        cancelled_side=_side(side, by),
    )


@verb
def no_show(pk: UUID, *, by: Actor) -> Appointment:
    """The time came, the patient did not."""
    return _move(queries.locked(pk, by=by), "no_show", events.AppointmentNoShow, by=by)


@verb
def undo_check_in(pk: UUID, reason: str, *, by: Actor) -> Appointment:
    """The wrong patient was checked in: back to confirmed."""
    return _undo(pk, "undo_check_in", "check_in", reason, by)


@verb
def undo_start(pk: UUID, reason: str, *, by: Actor) -> Appointment:
    """The wrong patient was sent in: back to the waiting room."""
    return _undo(pk, "undo_start", "start", reason, by)


@verb
def undo_no_show(pk: UUID, reason: str, *, by: Actor) -> Appointment:
    """The patient came after all; only while the time is still free."""
    return _undo(pk, "undo_no_show", "no_show", reason, by)


@verb
def amend(
    pk: UUID,
    *,
    chief_complaint: str | None = None,
    patient_note: str | None = None,
    priority: str | None = None,
    edition: int | None = None,
    by: Actor,
) -> Appointment:
    """Correct what is written on a visit that is still ahead or going on; `edition` is the one that was read."""
    visit = queries.locked(pk, by=by)
    by.must(BOOK, at=visit.branch_id, do="change visits")
    if visit.is_over:
        raise IllegalMove(
            f"This visit is {visit.get_status_display().lower()} and no longer changes.",
            status_is=visit.status,
        )
    if edition is not None and edition != visit.edition:
        raise Stale("Somebody changed this visit after you opened it. Look at it again.", edition=visit.edition)
    changes = {"chief_complaint": chief_complaint, "patient_note": patient_note, "priority": priority}
    changed = [name for name, value in changes.items() if value is not None]
    for name in changed:
        setattr(visit, name, _checked(name, str(changes[name])))
    visit.edition += 1
    visit.save(update_fields=[*changed, "edition"])
    audit.note(by, audit.Kind.CHANGE, visit, facts={"changed": changed})
    return visit


@verb
def confirm_coming(pk: UUID, *, by: Actor) -> Appointment:
    """The patient says that they will come: by reply to a reminder, on the portal, or on the telephone."""
    visit = queries.locked(pk, by=by)
    by.must(VIEW, at=visit.branch_id, do="confirm visits")
    if visit.status not in AHEAD:
        raise IllegalMove(
            f"This visit cannot be confirmed: it is {visit.get_status_display().lower()}.", status_is=visit.status
        )
    if visit.patient_confirmed_at is None:
        visit.patient_confirmed_at = clock.now()
        visit.save(update_fields=["patient_confirmed_at"])
        audit.note(by, audit.Kind.CHANGE, visit, facts={"patient_confirmed": True})
    return visit


def announced(fact: type[AppointmentFact], visit: Appointment, by: Actor, **more: Any) -> None:
    """Say what became true of a visit."""
    announce(fact(visit, by, **more))


def _move(
    visit: Appointment, name: str, fact: type[AppointmentFact], *, by: Actor, reason: str = "", **changes: Any
) -> Appointment:
    move = LIFE[name]
    by.must(move.permission, at=visit.branch_id, do=move.label)
    LIFE.move(visit, name, by=by, reason=reason, **changes)
    announced(fact, visit, by)
    return visit


def _undo(pk: UUID, name: str, step: str, reason: str, by: Actor) -> Appointment:
    visit = queries.locked(pk, by=by)
    by.must(LIFE[name].permission, at=visit.branch_id, do=LIFE[name].label)
    span = Span(visit.period.lower, visit.period.upper)
    wish = Wish(branch=visit.branch, doctor=visit.doctor, span=span, demand=Demand(minutes=0))
    with refusing(clashes(wish, by=by, but=visit.pk)):
        LIFE.move(visit, name, by=by, reason=reason)
    announced(events.AppointmentStepUndone, visit, by, step=step)
    return visit


def _side(side: str, by: Actor) -> str:
    """Who does not keep the visit; only the clinic says that it was the clinic."""
    if side not in Side.values:
        raise Invalid("A visit is cancelled by the patient or by the clinic. Say which.", field="side")
    if side == Side.CLINIC and by.is_patient:
        raise NotPermitted("Only the clinic says that the clinic cancelled. Call us if we did.")
    return side


def _checked(name: str, text: str) -> str:
    if name == "priority" and text not in Priority.values:
        raise Invalid("The priority is normal, urgent or emergency.", field="priority")
    if len(text) > LONGEST_TEXT:
        raise Invalid(f"This is too long; keep it under {LONGEST_TEXT:,} characters.", field=name)
    return text.strip()
