"""Arriving by a code: the patient scans the door, or the desk scans the patient's phone.

A patient may not check themselves in: the database refuses it. The code at the door is the proof that they stand
before it, so the move is the system's, made on that proof; who asked stands in the log beside it.
"""

from dataclasses import replace
from uuid import UUID

from kalon.kernel import actors, clock, crypto
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as, verb
from kalon.people import queries as people
from kalon.scheduling import events, queries
from kalon.scheduling.actions.moves import announced
from kalon.scheduling.lifecycles import CHECK_IN, LIFE, Status
from kalon.scheduling.models import Appointment, Arrival
from kalon.scheduling.rules import passes

AT_DOOR = "Scan the code at the door again."
PORTER = "the code at the door"
DESK_HELPS = "Please go to the desk."


def at_the_door(code: str, *, by: Actor) -> Appointment:
    """The visit that a patient before this door comes for, or a sentence that says what to do; changes nothing."""
    found = _fresh(code, passes.Sort.DOOR, again=AT_DOOR, by=by)
    branch = people.branch(found.subject_id, seen_by=by)
    visits = queries.visits_today(branch, seen_by=by)
    if not visits:
        raise _refusal("no visit", f"You have no visit at {branch.name} today. {DESK_HELPS}")
    return visits[0]


def arrive(pk: UUID, code: str, *, by: Actor) -> Appointment:
    """The patient stands at the door: their visit of today is checked in, if the code is the door's own and fresh.

    Call it outside a unit of work of the patient's: first the patient's own (whose visit it is, which nobody can
    widen), then one of the system's.
    """
    with acting_as(by):
        visit = queries.appointment(pk, seen_by=by)
        found = _fresh(code, passes.Sort.DOOR, again=AT_DOOR, by=by)
        _same_branch(visit, found, by=by)
        _may_arrive(visit)
    porter = replace(
        actors.system(PORTER, by.organization_id), user_id=by.user_id, origin_ip=by.origin_ip, request_id=by.request_id
    )
    with acting_as(porter):
        visit = queries.locked(pk, by=porter)
        _may_arrive(visit)
        return _checked_in(visit, found, Arrival.Way.DOOR, by=porter)


@verb
def scan(code: str, *, by: Actor) -> Appointment:
    """The desk scans the code on a patient's phone: that visit is checked in."""
    found = _fresh(code, passes.Sort.PHONE, again="Ask the patient to open their visit again.", by=by)
    visit = queries.locked(found.subject_id, by=by)
    by.must(CHECK_IN, at=visit.branch_id, do=LIFE["check_in"].label)
    _may_arrive(visit)
    return _checked_in(visit, found, Arrival.Way.PHONE, by=by)


def _checked_in(visit: Appointment, found: passes.Pass, way: Arrival.Way, *, by: Actor) -> Appointment:
    arrival = Arrival(
        organization_id=visit.organization_id,
        patient_id=visit.patient_id,
        branch_id=visit.branch_id,
        appointment=visit,
        way=way,
        code_hash=crypto.hash_token(found.body.hex(), purpose="arrival"),
    )
    with refusing({"scheduling_arrival_once": _refusal("used", f"This code was used already. {DESK_HELPS}")}):
        arrival.save(force_insert=True)
    LIFE.move(visit, "check_in", by=by, reason=way.label)
    announced(events.AppointmentCheckedIn, visit, by)
    return visit


def _fresh(code: str, sort: passes.Sort, *, again: str, by: Actor) -> passes.Pass:
    found = queries.read_code(code, seen_by=by)
    if found is None:
        raise _refusal("forged", f"This code is not one of this clinic's. {again}")
    if found.sort is not sort:
        where = "on the patient's phone" if found.sort is passes.Sort.PHONE else "at the door"
        raise _refusal("other sort", f"This is the code {where}. {again}")
    if found.ends_at <= clock.now():
        raise _refusal("late", f"This code is too old: it is good for two minutes. {again}")
    return found


def _same_branch(visit: Appointment, found: passes.Pass, *, by: Actor) -> None:
    if found.subject_id == visit.branch_id:
        return
    try:
        name = people.branch(found.subject_id, seen_by=by).name
    except NotFound:
        name = "another branch"
    raise _refusal("other branch", f"This is the door of {name}. Your visit is at {visit.branch.name}.")


def _may_arrive(visit: Appointment) -> None:
    """Whether the visit can be checked in at all, in words for whoever stands at the door."""
    if visit.status in (Status.CHECKED_IN, Status.IN_PROGRESS):
        raise _refusal("used", "You are checked in already. Please take a seat; you will be called.")
    if visit.status == Status.PENDING_PAYMENT:
        raise NotReady("Something is to be paid before this visit. Please go to the desk.", obstacles=["unpaid"])
    if visit.status == Status.REQUESTED:
        raise NotReady("This visit is not confirmed yet. Please go to the desk.", obstacles=["not confirmed"])
    if not queries.is_on(visit):
        raise _refusal("other day", f"The visit is on {visit.local_start:%-d %b}, not today. {DESK_HELPS}")


def _refusal(why: str, sentence: str) -> NotPermitted:
    """A refusal that the log keeps, with its cause."""
    return NotPermitted(sentence, qr=why)
