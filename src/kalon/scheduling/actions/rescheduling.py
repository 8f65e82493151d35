"""Giving a visit another time: within its day it stays the same visit, on another day it has a successor."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.types.range import TimestamptzRange

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing, retrying
from kalon.kernel.errors import IllegalMove, Invalid
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.scheduling import events, queries
from kalon.scheduling.actions.booking import new_number
from kalon.scheduling.actions.moves import announced
from kalon.scheduling.actions.places import Place, Wish, clashes, find_place, instant_of
from kalon.scheduling.lifecycles import AHEAD, LIFE, RESCHEDULE, Source, Status
from kalon.scheduling.models import Appointment
from kalon.scheduling.rules import Span


@verb
def reschedule(
    pk: UUID,
    start: datetime,
    reason: str,
    *,
    doctor_id: UUID | None = None,
    overbooking_reason: str = "",
    by: Actor,
) -> Appointment:
    """Move a visit to another time, and if wished to another doctor; answers the visit that now stands.

    Within the same day it is the same visit and the history says what changed. On another day the old visit
    ends as RESCHEDULED and names its successor, which keeps everything else and stays as confirmed as it was.
    """
    visit = queries.locked(pk, by=by)
    _movable(visit, reason, by)
    wish = _wish(visit, start, doctor_id, overbooking_reason, by)
    place = find_place(wish, by=by, but=visit.pk)
    if wish.span.start.astimezone(wish.zone).date() == visit.local_start.date():
        return _same_day(visit, wish, place, reason, by)
    return _other_day(visit, wish, place, reason, by)


def _movable(visit: Appointment, reason: str, by: Actor) -> None:
    by.must(RESCHEDULE, at=visit.branch_id, do="move visits")
    if visit.status not in AHEAD:
        raise IllegalMove(
            f"You cannot move the visit: it is {visit.get_status_display().lower()}.", status_is=visit.status
        )
    if not reason.strip():
        raise Invalid("Write why the visit is moved.", field="reason")


def _wish(visit: Appointment, start: datetime, doctor_id: UUID | None, overbooking_reason: str, by: Actor) -> Wish:
    begins = instant_of(start, visit.zone)
    length: timedelta = visit.period.upper - visit.period.lower
    doctor = people.staff_member(doctor_id, seen_by=by) if doctor_id else visit.doctor
    wish = Wish(
        branch=visit.branch,
        doctor=doctor,
        span=Span(begins, begins + length),
        room_kind=visit.service.room_kind if visit.service else None,
        off_schedule_reason=visit.off_schedule_reason,
    )
    return wish if by.is_patient else replace(wish, overbooking_reason=overbooking_reason.strip())


def _same_day(visit: Appointment, wish: Wish, place: Place, reason: str, by: Actor) -> Appointment:
    before = {"start": visit.period.lower.isoformat(), "doctor": visit.doctor.name if visit.doctor else ""}
    visit.period = TimestamptzRange(wish.span.start, wish.span.end)
    visit.doctor, visit.room_id = wish.doctor, place.room_id
    _mark(visit, wish, place)
    visit.edition += 1
    columns = ["period", "doctor", "room", "is_overbooked", "overbooking_reason", "edition"]
    with refusing(clashes(wish, by=by, but=visit.pk)):
        retrying(lambda: visit.save(update_fields=columns))
    visit.refresh_from_db(fields=["period", "starts_at", "ends_at", "room"])
    after = {"start": wish.span.start.isoformat(), "doctor": wish.doctor.name if wish.doctor else ""}
    audit.note(by, audit.Kind.CHANGE, visit, reason=reason.strip(), facts={"moved": {"from": before, "to": after}})
    announced(events.AppointmentTimeChanged, visit, by)
    return visit


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
        room_id=place.room_id,
        service=visit.service,
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
    visit.is_overbooked = place.is_overbooked
    visit.overbooking_reason = wish.overbooking_reason if place.is_overbooked else ""
