"""Giving a visit another time: within its day it stays the same visit, on another day it has a successor."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.types.range import TimestamptzRange

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing, retrying
from kalon.kernel.errors import IllegalMove, Invalid, NotPermitted
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.scheduling import events, queries
from kalon.scheduling.actions.booking import new_number, occupy
from kalon.scheduling.actions.holds import Hold, keep, release
from kalon.scheduling.actions.moves import announced
from kalon.scheduling.actions.places import Wish, clashes, find_place, instant_of
from kalon.scheduling.lifecycles import AHEAD, LIFE, RESCHEDULE, Kind, Source, Status
from kalon.scheduling.models import Appointment
from kalon.scheduling.rules import Chosen, Place, Span

THEATRE_MOVES = "An operation is moved by the clinic, with its team and its theatre. Call us."
UNDO_WITHIN = timedelta(seconds=15)  # ten for the person, the rest for the network


@verb
def reschedule(
    pk: UUID,
    start: datetime,
    reason: str,
    *,
    doctor_id: UUID | None = None,
    room_id: UUID | None = None,
    minutes: int | None = None,
    overbooking_reason: str = "",
    hold_id: UUID | None = None,
    by: Actor,
) -> Appointment:
    """Move a visit to another time, and if wished to another doctor or room; answers the visit that now stands.

    `start` is an instant or the branch's wall clock. Within the same day it is the same visit and the history
    says what changed. On another day the old visit ends as RESCHEDULED and names its successor, which keeps
    everything else and stays as confirmed as it was.
    """
    visit = queries.locked(pk, by=by)
    _movable(visit, by)
    if not reason.strip():
        raise Invalid("Write why the visit is moved.", field="reason")
    if hold_id:
        release(hold_id, by=by)
    wish = _wish(visit, start, doctor_id, room_id, minutes, by)
    if not by.is_patient:
        wish = replace(wish, overbooking_reason=overbooking_reason.strip())
    _goes_elsewhere(visit, wish)
    place = find_place(wish, by=by, but=visit.pk)
    if wish.span.start.astimezone(wish.zone).date() == visit.local_start.date():
        return _same_day(visit, wish, place, reason, by)
    return _other_day(visit, wish, place, reason, by)


@verb
def hold_move(
    pk: UUID,
    start: datetime,
    *,
    doctor_id: UUID | None = None,
    room_id: UUID | None = None,
    minutes: int | None = None,
    by: Actor,
) -> Hold:
    """Keep the time a visit is dragged to for the seconds in which the move can be taken back at no cost."""
    visit = queries.locked(pk, by=by)
    _movable(visit, by)
    wish = _wish(visit, start, doctor_id, room_id, minutes, by)
    _goes_elsewhere(visit, wish)
    return keep(wish, UNDO_WITHIN, by=by, moving=visit.pk)


def _movable(visit: Appointment, by: Actor) -> None:
    by.must(RESCHEDULE, at=visit.branch_id, do="move visits")
    if by.is_patient and visit.kind == Kind.SURGERY:
        raise NotPermitted(THEATRE_MOVES, permission=RESCHEDULE)
    if visit.status not in AHEAD:
        raise IllegalMove(
            f"You cannot move the visit: it is {visit.get_status_display().lower()}.", status_is=visit.status
        )


def _goes_elsewhere(visit: Appointment, wish: Wish) -> None:
    """A move to where the visit is would tell the patient of a change that there is not."""
    is_there = (wish.span.start, wish.span.end) == (visit.period.lower, visit.period.upper)
    if is_there and wish.doctor == visit.doctor and wish.chosen.room_id in (None, visit.room_id):
        raise Invalid("The visit is there already. Choose another day, time, doctor or room.", field="start")


def _wish(
    visit: Appointment, start: datetime, doctor_id: UUID | None, room_id: UUID | None, minutes: int | None, by: Actor
) -> Wish:
    begins, on = instant_of(start, visit.zone), visit.local_start.date()
    length: timedelta = visit.period.upper - visit.period.lower
    if minutes and not by.is_patient:
        length = timedelta(minutes=minutes)
    if not timedelta(minutes=1) <= length <= timedelta(hours=24):
        raise Invalid("A visit lasts between a minute and a day.", field="minutes")
    demand = queries.demand(visit.service, visit.package, minutes=int(length.total_seconds() // 60))
    return Wish(
        branch=visit.branch,
        doctor=people.staff_member(doctor_id, seen_by=by) if doctor_id else visit.doctor,
        span=Span(begins, begins + length),
        demand=replace(demand, preparation_minutes=visit.preparation_minutes, cleaning_minutes=visit.cleaning_minutes),
        chosen=_chosen(visit, room_id, by),
        # Why somebody was seen outside the hours holds for that day; on another one the hours and leave count.
        off_schedule_reason=visit.off_schedule_reason if begins.astimezone(visit.zone).date() == on else "",
    )


def _chosen(visit: Appointment, room_id: UUID | None, by: Actor) -> Chosen:
    """What was picked by hand; an operation keeps its theatre, its team and its devices, which were all picked so."""
    if by.is_patient:
        return Chosen()
    if visit.kind != Kind.SURGERY:
        return Chosen(room_id=room_id)
    return Chosen(room_id or visit.room_id, tuple(visit.team), tuple(visit.equipment))


def _same_day(visit: Appointment, wish: Wish, place: Place, reason: str, by: Actor) -> Appointment:
    before = _where(visit)
    visit.period = TimestamptzRange(wish.span.start, wish.span.end)
    visit.doctor = wish.doctor
    _mark(visit, wish, place)
    visit.patient_confirmed_at = None
    visit.edition += 1
    columns = [
        "period", "doctor", "room", "team", "equipment", "is_overbooked", "overbooking_reason",
        "patient_confirmed_at", "edition",
    ]  # fmt: skip
    with refusing(clashes(wish, by=by, but=visit.pk)):
        retrying(lambda: visit.save(update_fields=columns))
    visit.refresh_from_db(fields=["period", "starts_at", "ends_at", "room"])
    facts = {"moved": {"from": before, "to": _where(visit)}}
    audit.note(by, audit.Kind.CHANGE, visit, reason=reason.strip(), facts=facts)
    announced(events.AppointmentTimeChanged, visit, by)
    return visit


def _where(visit: Appointment) -> dict[str, str]:
    return {
        "start": visit.period.lower.isoformat(),
        "end": visit.period.upper.isoformat(),
        "doctor": visit.doctor.name if visit.doctor else "",
        "room": visit.room.name if visit.room else "",
    }


def _other_day(visit: Appointment, wish: Wish, place: Place, reason: str, by: Actor) -> Appointment:
    successor = _successor(visit, wish, place, by)
    with refusing(clashes(wish, by=by, but=visit.pk)):
        retrying(lambda: LIFE.born(successor, name="reschedule", reason=reason))
    LIFE.move(visit, "reschedule", by=by, reason=reason, successor=successor)
    announce(
        events.AppointmentRescheduled(
            old_id=visit.pk,
            new_id=successor.pk,
            patient_id=visit.patient_id,
            organization_id=visit.organization_id,
            by=by,
        )
    )
    return successor


def _successor(visit: Appointment, wish: Wish, place: Place, by: Actor) -> Appointment:
    due = visit.payment_due_at if visit.status == Status.PENDING_PAYMENT else None
    successor = Appointment(
        organization_id=visit.organization_id,
        patient=visit.patient,
        number=new_number(),
        branch=visit.branch,
        doctor=wish.doctor,
        service=visit.service,
        package=visit.package,
        preparation_minutes=visit.preparation_minutes,
        cleaning_minutes=visit.cleaning_minutes,
        follows_id=visit.follows_id,
        occasion_id=visit.occasion_id,
        series_id=visit.series_id,
        series_number=visit.series_number,
        kind=visit.kind,
        status=visit.status,
        period=TimestamptzRange(wish.span.start, wish.span.end),
        source=Source.SELF_SERVICE if by.is_patient else visit.source,
        priority=visit.priority,
        chief_complaint=visit.chief_complaint,
        patient_note=visit.patient_note,
        amount_due=visit.amount_due,
        payment_due_at=min(due, wish.span.start) if due else None,
        predecessor=visit,
        booked_by_id=by.user_id,
    )
    _mark(successor, wish, place)
    return successor


def _mark(visit: Appointment, wish: Wish, place: Place) -> None:
    occupy(visit, place)
    visit.is_overbooked = place.is_overbooked
    visit.overbooking_reason = wish.overbooking_reason if place.is_overbooked else ""
