"""The case from its date to the theatre's door: born cleared, postponed, cancelled, or a return to theatre."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kalon.kernel import clock
from kalon.kernel.actors import Actor, system
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotReady
from kalon.kernel.events import announce
from kalon.kernel.numbers import next_number
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.plans import actions as plans
from kalon.plans import queries as plan_queries
from kalon.scheduling import actions as scheduling
from kalon.theatre import queries, rules
from kalon.theatre.actions.clearing import look_again
from kalon.theatre.actions.preparing import forget
from kalon.theatre.actions.reserving import keep, let_go
from kalon.theatre.events import CaseCancelled, CaseScheduled
from kalon.theatre.lifecycles import (
    ARRANGE,
    CASE,
    OPERATE,
    RESERVATION,
    Anaesthesia,
    CaseStatus,
    ReservationStatus,
    Urgency,
)
from kalon.theatre.models import Case, CaseLine, Clearance, Reservation

NOT_CLEARED = NotReady("The patient is not cleared for this date. Clear the patient first.", obstacles=["clearance"])
REFUSALS = {
    "theatre_case_consent": NotReady("The consent for this plan is not signed.", obstacles=["consent"]),
    "theatre_case_cleared": NOT_CLEARED,
    "theatre_reservation_cleared": NOT_CLEARED,
    "theatre_case_reserved": NotReady("No theatre is reserved for this date.", obstacles=["reservation"]),
    "theatre_case_one_live": Clash("There is a case for this plan already. Open it instead."),
    "theatre_case_two_clinicians": Invalid("Name two different doctors, surgeons or anaesthetists.", field="second"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A return to theatre: from which case, where, on whose word, and why."""

    case_id: UUID
    room_id: UUID
    surgeon_id: UUID
    first_clinician_id: UUID
    second_clinician_id: UUID
    reason: str
    anaesthesia: str = Anaesthesia.GENERAL


@verb
def schedule(reservation_id: UUID, *, anaesthesia: str = "", by: Actor) -> Case:
    """Make a case of a reservation: the consent is signed and the patient cleared for that very date.

    `anaesthesia`: empty for what a postponed case had, else the surgeon's preference card, else general.
    """
    by.must(ARRANGE, do="schedule a case")
    kept = queries.reservation(reservation_id, seen_by=by, lock=True)
    anaesthesia = anaesthesia or queries.usual_anaesthesia(kept, seen_by=by)
    _known(anaesthesia)
    visit, plan = kept.appointment, plan_queries.plan(kept.plan_id, seen_by=by, lock=True)
    given = _given(kept, by)
    waiting = queries.cases_of_plan(plan.pk, seen_by=by).filter(status=CaseStatus.POSTPONED).first()
    with refusing(REFUSALS):
        RESERVATION.move(kept, "firm", by=by)
        if waiting is not None:
            return _again(waiting, kept, given, anaesthesia, by)
        made = Case(
            organization_id=plan.organization_id, patient=plan.patient, plan=plan, branch=plan.branch,
            room=visit.room, surgeon=visit.doctor or plan.doctor, clearance=given, reservation=kept,
            surgery_date=visit.local_start.date(), anaesthesia=anaesthesia, number=_number(),
        )  # fmt: skip
        _born(made, plan)
    plans.go_along(plan.pk, move="schedule_signed", by=consequence(by))
    announce(CaseScheduled(made.pk, made.plan_id, made.patient_id, made.organization_id, by))
    return made


@verb
def renew(case_id: UUID, *, by: Actor) -> Case:
    """Put a case on the clearance that stands for its date now, after consent or results had to be given anew."""
    by.must(ARRANGE, do="schedule a case")
    found = queries.case(case_id, seen_by=by, lock=True)
    if found.status != CaseStatus.SCHEDULED or found.reservation is None:
        raise IllegalMove("Only a planned case that waits for its day is renewed.", status_is=found.status)
    found.clearance = _given(queries.reservation(found.reservation.pk, seen_by=by), by)
    with refusing(REFUSALS):
        found.save(update_fields=["clearance"])
    if plan_queries.plan(found.plan_id, seen_by=by).status == "CONSENT_SIGNED":
        plans.go_along(found.plan_id, move="schedule_signed", by=consequence(by))
    return found


@verb
def end_of_plan(plan_id: UUID, *, reason: str, by: Actor) -> None:
    """The plan was cancelled: its case is cancelled with it, and the theatre is free."""
    waiting = queries.cases_of_plan(plan_id, seen_by=by).filter(status__in=(CaseStatus.SCHEDULED, CaseStatus.POSTPONED))
    for pk in list(waiting.values_list("pk", flat=True)):
        cancel(pk, reason=reason, by=by)
    kept = queries.reservation_of_plan(plan_id, seen_by=by)
    if kept is not None:
        scheduling.cancel(kept.appointment_id, reason, side="CLINIC", by=consequence(by))


@verb
def resumed(plan_id: UUID, *, by: Actor) -> None:
    """A plan goes on after a hold: without a case that stands, it waits with its consent signed."""
    plan = plan_queries.plan(plan_id, seen_by=by)
    standing = queries.cases_of_plan(plan_id, seen_by=by).filter(status=CaseStatus.SCHEDULED, urgency=Urgency.ELECTIVE)
    if plan.plan_type == "SURGICAL" and plan.status == "SCHEDULED" and not standing.exists():
        plans.go_along(plan_id, move="lose_date", reason="The case lost its date while the plan was on hold.", by=by)


@verb
def postpone(case_id: UUID, *, reason: str, by: Actor) -> Case:
    """Put a case off without a date: the theatre is given back, and the plan waits with its consent signed."""
    found = queries.case(case_id, seen_by=by, lock=True)
    _off(found, "postpone", reason, by)
    return found


@verb
def cancel(case_id: UUID, *, reason: str, by: Actor) -> Case:
    """Cancel a case: the theatre is given back; the plan keeps its consent and may be scheduled anew."""
    found = queries.case(case_id, seen_by=by, lock=True)
    if found.status == CaseStatus.POSTPONED:
        CASE.move(found, "cancel", by=by, reason=reason)
    else:
        _off(found, "cancel", reason, by)
    announce(CaseCancelled(found.pk, found.plan_id, found.patient_id, found.organization_id, by))
    return found


@verb
def return_to_theatre(back: Return, *, by: Actor) -> Case:
    """Take a patient back to theatre at once, on the word of two named clinicians; flagged until settled in arrears."""
    by.must(OPERATE, do="take a patient back to theatre")
    _known(back.anaesthesia)
    earlier = queries.case(back.case_id, seen_by=by)
    if earlier.status not in (CaseStatus.COMPLETED, CaseStatus.ABORTED):
        raise IllegalMove("A return follows a case that has ended. Go on with this one.", status_is=earlier.status)
    why = rules.needed(back.reason, field="reason", otherwise="Write why the patient returns to theatre.")
    first, second = (people.staff_member(pk, seen_by=by) for pk in (back.first_clinician_id, back.second_clinician_id))
    if first.pk == second.pk:
        raise REFUSALS["theatre_case_two_clinicians"]
    room = people.room(back.room_id, seen_by=by)
    if room.kind != "THEATRE" or room.branch_id != earlier.branch_id:
        raise Invalid("This is no operating theatre of the branch. Choose one that is.", field="room_id")
    made = Case(
        organization_id=earlier.organization_id, patient=earlier.patient, plan=earlier.plan, branch=earlier.branch,
        room=room, surgeon=people.staff_member(back.surgeon_id, seen_by=by),
        urgency=Urgency.EMERGENCY, returns_from=earlier, first_clinician=first, second_clinician=second,
        emergency_reason=why, anaesthesia=back.anaesthesia, number=_number(),
        surgery_date=clock.today(earlier.branch.timezone),
    )  # fmt: skip
    with refusing(REFUSALS):
        _born(made, earlier.plan)
    announce(CaseScheduled(made.pk, made.plan_id, made.patient_id, made.organization_id, by))
    return made


@verb
def visit_gone(appointment_id: UUID, *, reason: str, to: Any = None, by: Actor) -> None:
    """The visit that kept a theatre was cancelled or moved: the reservation goes, its case waits for another date."""
    rows = Reservation.objects.filter(organization_id=by.organization_id, appointment_id=appointment_id)
    kept = rows.exclude(status=ReservationStatus.RELEASED).select_related("patient", "plan").first()
    if kept is None:
        return
    standing = Case.objects.filter(reservation=kept, status=CaseStatus.SCHEDULED).values_list("pk", flat=True).first()
    if standing is not None:
        found = queries.case(standing, seen_by=by, lock=True)
        CASE.move(found, "postpone", by=by, reason=reason, reservation=None)
        _plan_waits(found, reason, by)
    let_go(kept, reason, by)
    has_theatre = to is not None and to.room is not None and to.room.kind == "THEATRE"
    if has_theatre and kept.plan.status not in ("CANCELLED", "COMPLETED"):
        keep(plan_queries.plan(kept.plan_id, seen_by=by), to, by=by)


def consequence(by: Actor) -> Actor:
    """Whoever makes a plan follow its case: the theatre itself, with the name of who acted."""
    return system(f"theatre, for {by.name}", by.organization_id)


def _given(kept: Reservation, by: Actor) -> Clearance:
    """The clearance for the date of a reservation, its evidence looked at a last time."""
    day = kept.appointment.local_start.date()
    rows = queries.clearances(seen_by=by).filter(plan_id=kept.plan_id, surgery_date=day, status="CLEARED")
    found = rows.first()
    if found is None or look_again(found.pk, by=by).pk != found.pk:
        raise NOT_CLEARED
    return found


def _born(made: Case, plan: Any) -> None:
    CASE.born(made, name="schedule")
    for line in plan_queries.lines_of(plan):
        CaseLine(
            organization_id=made.organization_id, patient=made.patient, case=made, line=line, position=line.position,
            side=line.side, entry_id=line.entry_id, service_id=line.service_id,
        ).save(force_insert=True)  # fmt: skip


def _again(found: Case, kept: Reservation, given: Clearance, anaesthesia: str, by: Actor) -> Case:
    visit = kept.appointment
    CASE.move(
        found, "reschedule", by=by, reservation=kept, clearance=given, surgery_date=visit.local_start.date(),
        room=visit.room, surgeon=visit.doctor or found.surgeon, anaesthesia=anaesthesia,
    )  # fmt: skip
    plans.go_along(found.plan_id, move="schedule_signed", by=consequence(by))
    announce(CaseScheduled(found.pk, found.plan_id, found.patient_id, found.organization_id, by))
    return found


def _off(found: Case, move: str, reason: str, by: Actor) -> None:
    CASE.guard(found, "cancel", by=by, reason=reason)
    kept = found.reservation
    CASE.move(found, move, by=by, reason=reason, reservation=None)
    _plan_waits(found, reason, by)
    if kept is not None:
        let_go(kept, reason, by)
        with suppress(IllegalMove):  # the visit was cancelled already
            scheduling.cancel(kept.appointment_id, reason, side="CLINIC", by=consequence(by))


def _plan_waits(found: Case, reason: str, by: Actor) -> None:
    """The plan loses its date, and what its patient was told holds no longer; a cancelled plan stands elsewhere."""
    forget(found.pk)
    plan = plan_queries.plan(found.plan_id, seen_by=consequence(by))
    if found.urgency == Urgency.ELECTIVE and plan.status == "SCHEDULED":
        plans.go_along(plan.pk, move="lose_date", reason=reason, by=consequence(by))


def _number() -> str:
    year = clock.now().year
    return f"CS-{year}-{next_number('case', period=str(year)):04d}"


def _known(anaesthesia: str) -> None:
    if anaesthesia not in Anaesthesia.values:
        raise Invalid("Choose the kind of anaesthesia from the list.", field="anaesthesia")
