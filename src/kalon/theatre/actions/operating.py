"""In theatre: the case starts, its times are written as they happen, and it ends, completed or aborted."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotReady
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.plans import actions as plans
from kalon.plans.lifecycles import Side
from kalon.scheduling import actions as scheduling
from kalon.theatre import queries, rules
from kalon.theatre.actions.cases import consequence
from kalon.theatre.actions.checking import open_stages
from kalon.theatre.actions.clearing import end_with_case
from kalon.theatre.actions.naming import acting_staff
from kalon.theatre.actions.reserving import let_go
from kalon.theatre.events import CaseAborted, CaseCompleted, CaseStarted, CaseStartUndone
from kalon.theatre.lifecycles import CASE, OPERATE, CaseStatus, Urgency
from kalon.theatre.models import Case, NoImplant

TIMES = {"in": "in_at", "anaesthesia": "anaesthesia_at", "incision": "incision_at", "closure": "closure_at",
         "out": "out_at"}  # fmt: skip
WORDS = {"in": "Patient in", "anaesthesia": "Anaesthesia", "incision": "Incision", "closure": "Closure",
         "out": "Patient out"}  # fmt: skip
START = {
    "theatre_case_on_its_day": NotReady("This case is for another day. Look at the list of today.", obstacles=["day"]),
    "theatre_case_cleared": NotReady("The clearance for today does not hold any more. Look at it first."),
    "theatre_case_consent": NotReady("The consent for this plan does not hold any more.", obstacles=["consent"]),
    "theatre_case_lines_of_the_day": NotReady(
        "Fasting, pregnancy test, escort or the list of the day is not complete yet. Look at the lines of the day.",
        obstacles=["clearance"],
    ),
    "theatre_case_same_side": NotReady("Side or procedure differ between plan, consent and case. Stop, and look."),
}
BACK = {
    "theatre_case_consent": NotReady("The consent was withdrawn meanwhile. Abort the case.", obstacles=["consent"]),
    "theatre_case_cleared": NotReady("The clearance does not hold any more. Abort the case.", obstacles=["clearance"]),
    "theatre_case_nothing_done": NotReady("Something was done in this case already. Abort it, with the reason."),
}
IN_TURN = {
    "theatre_case_sign_in_first": NotReady("Complete the sign in before anaesthesia.", obstacles=["sign in"]),
    "theatre_case_time_out_first": NotReady(
        "No incision before the time out is complete and signed.", obstacles=["time out"]
    ),
    "theatre_case_before_implants": Invalid(
        "Something was implanted by then: knife to skin was before it. Write the time at which it was."
    ),
    "theatre_case_sign_out_first": NotReady("Complete the sign out before the patient leaves.", obstacles=["sign out"]),
    "theatre_case_times_in_order": Invalid("Times follow each other: in, anaesthesia, incision, closure, out."),
    "theatre_case_times": IllegalMove("Times are written in theatre, as they happen."),
}


@verb
def start(case_id: UUID, *, told_mrn: str, told_sides: Mapping[UUID, str], by: Actor) -> Case:
    """Start a case once the patient before one is the patient, and each side said is the side of plan and consent.

    `told_mrn` is read from the wristband, `told_sides` says the side of each line of the case as it is marked.
    """
    by.must(OPERATE, do="start a case")
    found = queries.case(case_id, seen_by=by, lock=True)
    if told_mrn.strip().casefold() != found.patient.mrn.casefold():
        raise NotReady("WRONG PATIENT. This number is not the patient of the case. Stop.", obstacles=["patient"])
    for line in found.lines.all():
        if told_sides.get(line.pk, "") != line.side:
            is_said = Side(line.side).label.lower() if line.side else "no side"
            raise NotReady(f"WRONG SIDE. Plan and consent say {is_said}. Stop.", obstacles=["side"])
    with refusing(START):
        CASE.move(found, "start", by=by)
    open_stages(found)
    if found.urgency == Urgency.ELECTIVE:
        plans.go_along(found.plan_id, move="start", by=consequence(by))
        _visit(found, ("check_in", "start"), by)
    announce(CaseStarted(found.pk, found.plan_id, found.patient_id, found.organization_id, by))
    return found


@verb
def undo_start(case_id: UUID, *, reason: str, by: Actor) -> Case:
    """The wrong case was started: it waits for its day again, as long as nothing was done in it.

    The time at which the patient came in is taken back with it; the patient stays checked in until the desk says else.
    """
    by.must(OPERATE, do="take the start of a case back")
    found = queries.case(case_id, seen_by=by, lock=True)
    with refusing(BACK):
        CASE.move(found, "undo_start", by=by, reason=reason, in_at=None)
    if found.urgency == Urgency.ELECTIVE:
        plans.go_along(found.plan_id, move="undo_start", reason=reason, by=consequence(by))
        if found.reservation is not None:
            with suppress(IllegalMove):  # the visit was begun at the desk, and before
                scheduling.undo_start(found.reservation.appointment_id, reason, by=consequence(by))
    announce(CaseStartUndone(found.pk, found.plan_id, found.patient_id, found.organization_id, by))
    return found


@verb
def write_time(case_id: UUID, which: str, minutes_ago: int = 0, *, by: Actor) -> Case:
    """Write down that something happened now, or some minutes ago: in, anaesthesia, incision, closure or out.

    What is written already stays: `correct_time` changes it, with a reason.
    """
    by.must(OPERATE, do="write the times of a case")
    if not 0 <= minutes_ago <= 600:
        raise Invalid("This is between now and ten hours ago.", field="minutes_ago")
    found = queries.case(case_id, seen_by=by, lock=True)
    _going_on(found)
    column = _column(which)
    if (written := getattr(found, column)) is not None:
        raise Clash(f"{WORDS[which]} is written down already, at {_hour(found, written)}. Correct it if that is wrong.")
    _put_time(found, column, clock.now() - timedelta(minutes=minutes_ago))
    return found


@verb
def correct_time(
    case_id: UUID, which: str, at: datetime | None, reason: str, *, seen: datetime | None = None, by: Actor
) -> Case:
    """Correct a time that was pressed by mistake, or take it back (`at` None); what stood there and why is kept.

    `seen` is the time that whoever corrects was looking at: a Clash when somebody wrote another one meanwhile.
    """
    by.must(OPERATE, do="correct the times of a case")
    found = queries.case(case_id, seen_by=by, lock=True)
    _going_on(found)
    column = _column(which)
    written = getattr(found, column)
    why = rules.needed(reason, field="reason", otherwise="Write why the time is corrected.")
    if written is None:
        raise IllegalMove(f"{WORDS[which]} is not written down. Press it when it happens.", status_is=found.status)
    if seen is not None and seen != written:
        raise Clash(f"{WORDS[which]} was corrected meanwhile, to {_hour(found, written)}. Look at it again.")
    _put_time(found, column, at)
    said = {"time": which, "was": written.isoformat(), "is": at.isoformat() if at else "", "reason": why}
    audit.note(by, audit.Kind.CHANGE, found, facts=said)
    return found


@verb
def say_complications(case_id: UUID, words: str, *, seen: str | None = None, by: Actor) -> Case:
    """Say what went otherwise, or "none". `seen` is what stood there for whoever writes: nobody's words are lost."""
    by.must(OPERATE, do="write complications")
    found = queries.case(case_id, seen_by=by, lock=True)
    _going_on(found)
    said = rules.needed(words, field="words", otherwise="Write what happened, or “none”.")
    if seen is not None and seen.strip() != found.complications and said != found.complications:
        raise Clash(f"Somebody wrote here meanwhile: “{found.complications}”. Put both together.", field="words")
    found.complications = said
    found.save(update_fields=["complications"])
    return found


@verb
def sign_nothing_used(case_id: UUID, *, by: Actor) -> Case:
    """Sign under one's own name that nothing from stock was used."""
    by.must(OPERATE, do="sign that nothing was used")
    found = queries.case(case_id, seen_by=by, lock=True)
    _going_on(found)
    if found.has_consumption():
        raise IllegalMove("Something was used for this case already. Give it back first if that is wrong.")
    found.nothing_used_at, found.nothing_used_by = clock.now(), acting_staff(by, "sign this")
    found.save(update_fields=["nothing_used_at", "nothing_used_by"])
    return found


@verb
def take_back_nothing_used(case_id: UUID, reason: str, *, by: Actor) -> Case:
    """It was signed that nothing was used, and something was: what was opened is scanned from now on."""
    by.must(OPERATE, do="take back that nothing was used")
    found = queries.case(case_id, seen_by=by, lock=True)
    _going_on(found)
    why = rules.needed(reason, field="reason", otherwise="Write why it is taken back.")
    if found.nothing_used_at is None or found.nothing_used_by is None:
        raise IllegalMove("Nobody signed that nothing was used.", status_is=found.status)
    said = {"nothing_used_by": found.nothing_used_by.name, "at": found.nothing_used_at.isoformat(), "reason": why}
    found.nothing_used_at, found.nothing_used_by = None, None
    found.save(update_fields=["nothing_used_at", "nothing_used_by"])
    audit.note(by, audit.Kind.CHANGE, found, facts=said)
    return found


@verb
def sign_no_implant(case_id: UUID, reason: str, *, by: Actor) -> Case:
    """Sign under one's own name that no implant was put in where one is still open, and why."""
    by.must(OPERATE, do="sign that no implant was put in")
    found = queries.case(case_id, seen_by=by, lock=True)
    _going_on(found)
    why = rules.needed(reason, field="reason", otherwise="Write why no implant was put in.")
    sides = found.implants_open()
    if not sides:
        raise IllegalMove("Every implant of this case is written down.", status_is=found.status)
    staff = acting_staff(by, "sign this")
    for side in sides:
        NoImplant(
            organization_id=found.organization_id, patient=found.patient, case=found, side=side, reason=why,
            signed_at=clock.now(), staff=staff,
        ).save(force_insert=True)  # fmt: skip
    return found


@verb
def complete(case_id: UUID, *, by: Actor) -> Case:
    """Complete a case: the plan is completed, the patient is seen again at the clinic's days, the theatre is free."""
    by.must(OPERATE, do="complete a case")
    found = queries.case(case_id, seen_by=by, lock=True)
    whole = NotReady("Checklist or times are not complete yet.", obstacles=["checklist"])
    used = NotReady("Write down what was used, or sign that nothing was.", obstacles=["consumption"])
    put_in = NotReady("Scan each implant, or sign why none was put in.", obstacles=["implants"])
    refusals = {"theatre_case_whole": whole, "theatre_case_consumption": used, "theatre_case_implants": put_in}
    with refusing(refusals):
        CASE.move(found, "complete", by=by)
    if found.urgency == Urgency.ELECTIVE:
        plans.go_along(found.plan_id, move="complete", by=consequence(by))
        _seen_again(found, by)
    _theatre_free(found, "The case is completed.", by)
    announce(CaseCompleted(found.pk, found.plan_id, found.patient_id, found.organization_id, by))
    return found


@verb
def abort(case_id: UUID, *, reason: str, by: Actor) -> Case:
    """Abort a case that is under way; the plan may be scheduled anew, once the patient is cleared anew."""
    by.must(OPERATE, do="abort a case")
    found = queries.case(case_id, seen_by=by, lock=True)
    CASE.move(found, "abort", by=by, reason=reason)
    if found.urgency == Urgency.ELECTIVE:
        plans.go_along(found.plan_id, move="abort", reason=reason, by=consequence(by))
        end_with_case(found.plan_id, by=consequence(by))
    _theatre_free(found, "The case was aborted.", by)
    announce(CaseAborted(found.pk, found.plan_id, found.patient_id, found.organization_id, by))
    return found


def _going_on(found: Case) -> None:
    if found.status != CaseStatus.IN_PROGRESS:
        raise IllegalMove(f"The case is {found.get_status_display().lower()}, not in theatre.", status_is=found.status)


def _column(which: str) -> str:
    if which not in TIMES:
        raise Invalid("The times are: in, anaesthesia, incision, closure, out.", field="which")
    return TIMES[which]


def _put_time(found: Case, column: str, at: datetime | None) -> None:
    setattr(found, column, at)
    with refusing(IN_TURN):
        found.save(update_fields=[column])


def _hour(found: Case, at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(found.branch.timezone)):%H:%M}"


def _seen_again(found: Case, by: Actor) -> None:
    days = queries.policy(seen_by=by).follow_up_days
    planned = found.plan.review_after_days  # the plan's own review is made by its completion
    wishes = [
        plans.FollowUpWish(
            due_date=found.surgery_date + timedelta(days=day), kind="POST_OP", plan_id=found.plan_id,
            doctor_id=found.surgeon_id, reason=f"{day} days after surgery",
        )
        for day in days if day != planned
    ]  # fmt: skip
    if wishes:
        plans.plan_follow_ups(found.plan.consultation_id, wishes, by=consequence(by))


def _theatre_free(found: Case, reason: str, by: Actor) -> None:
    if found.reservation is None:
        return
    _visit(found, ("complete",), by)
    let_go(queries.reservation(found.reservation.pk, seen_by=by, lock=True), reason, consequence(by))


def _visit(found: Case, steps: tuple[str, ...], by: Actor) -> None:
    """Keep the visit in step, as far as it is not there already: the desk may have checked the patient in."""
    moves = {"check_in": ("CONFIRMED", scheduling.check_in), "start": ("CHECKED_IN", scheduling.start),
             "complete": ("IN_PROGRESS", scheduling.complete)}  # fmt: skip
    if found.reservation is None:
        return
    visit = found.reservation.appointment
    for step in steps:
        from_state, move = moves[step]
        visit.refresh_from_db(fields=["status"])
        if visit.status == from_state:
            move(visit.pk, by=consequence(by))
