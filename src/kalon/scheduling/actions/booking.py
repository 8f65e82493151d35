"""Booking a visit, and holding a time for the minutes that takes."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from psycopg.types.range import TimestamptzRange

from kalon.catalog import queries as catalog
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing, retrying
from kalon.kernel.errors import Clash, Invalid, NotFound, NotPermitted
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.scheduling import events, queries
from kalon.scheduling.actions.places import Wish, clash, clashes, find_place, instant_of
from kalon.scheduling.lifecycles import BOOK, LIFE, Kind, Priority, Source, Status
from kalon.scheduling.models import Appointment
from kalon.scheduling.models.allocations import NO_OVERLAP, ONE_BRANCH
from kalon.scheduling.rules import Span

ONLINE = (Source.SELF_SERVICE, Source.WHATSAPP)
HOLD_MINUTES = 5
ROOMS_TRIED = 8  # so many others may take a room while one visit is written
PAY_WITHIN = timedelta(minutes=20)  # an online booking keeps its slot this long unpaid
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0, 1, I, O: numbers are read out on the telephone


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRequest:
    """A visit somebody asks for.

    `start` is an instant, or without a zone the branch's wall clock. `minutes` replaces the service's duration.
    `overbooking_reason` books a doctor's full column on purpose; `off_schedule_reason` books outside the hours,
    for an emergency or a walk-in.
    """

    patient_id: UUID
    branch_id: UUID
    start: datetime
    doctor_id: UUID | None = None
    service_id: UUID | None = None
    kind: str | None = None
    source: str = Source.FRONT_DESK
    priority: str = Priority.NORMAL
    minutes: int | None = None
    chief_complaint: str = ""
    patient_note: str = ""
    overbooking_reason: str = ""
    off_schedule_reason: str = ""
    hold_id: UUID | None = None


@verb
def book(request: BookingRequest, *, by: Actor) -> Appointment:
    """Give a patient a time with a doctor.

    Refusals: Clash (taken, with the next three free slots), Invalid (past, outside the hours, not bookable),
    NotPermitted, NotFound.
    """
    by.must(BOOK, at=request.branch_id, do="book visits here")
    if by.is_patient and request.patient_id != by.patient_id:
        raise NotPermitted("You can book for yourself, or for the person you are acting for.")
    if request.hold_id:
        release(request.hold_id, by=by)
    visit, wish = _visit(request, by)
    reason = visit.overbooking_reason or visit.off_schedule_reason
    _write(visit, wish, reason, by=by)
    fact = (visit.pk, visit.patient_id, visit.organization_id, by)
    announce(events.AppointmentBooked(*fact))
    if visit.status == Status.CONFIRMED:
        announce(events.AppointmentConfirmed(*fact))
    return visit


def _write(visit: Appointment, wish: Wish, reason: str, *, by: Actor) -> None:
    """Write the visit; where somebody took its room in the same instant, with the next room that is free.

    `find_place` looks again and refuses once the doctor is taken or no room is left, so this comes to an end.
    """
    for last in (False,) * ROOMS_TRIED + (True,):
        try:
            with refusing(clashes(wish, by=by)):
                retrying(lambda: LIFE.born(visit, name="book", reason=reason))
            return
        except Clash:
            if last or visit.room_id is None:
                raise
            visit.room_id = find_place(wish, by=by).room_id


@verb
def hold(doctor_id: UUID, branch_id: UUID, start: datetime, *, service_id: UUID | None = None, by: Actor) -> UUID:
    """Keep a time for some minutes while the booking is finished; one hold per person. Returns its id."""
    by.must(BOOK, at=branch_id, do="hold times here")
    service = catalog.service(service_id, seen_by=by) if service_id else None
    wish = _wish(branch_id, doctor_id, start, by=by, service=service)
    find_place(wish, by=by)
    refusal = {NO_OVERLAP: lambda: clash(wish, by=by), ONE_BRANCH: lambda: clash(wish, by=by)}
    with refusing(refusal), connection.cursor() as cursor:
        cursor.execute(
            "SELECT scheduling_hold(%s, %s, tstzrange(%s, %s), %s)",
            [doctor_id, branch_id, wish.span.start, wish.span.end, HOLD_MINUTES],
        )
        held: UUID = cursor.fetchone()[0]
    return held


@verb
def release(hold_id: UUID, *, by: Actor) -> bool:
    """Give a held time back; false when it had already run out or is somebody else's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT scheduling_release(%s)", [hold_id])
        released: bool = cursor.fetchone()[0]
    return released


def new_number() -> str:
    """A number for a visit, short enough to say and with nothing to guess from: "A7K3-M9QX"."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _visit(request: BookingRequest, by: Actor) -> tuple[Appointment, Wish]:
    """The visit as it will be written, in its first state and its place."""
    service = _service(request, by)
    kind = _kind(request, service)
    source = Source.SELF_SERVICE if by.is_patient else Source(request.source)
    wish = _wish(
        request.branch_id,
        request.doctor_id,
        request.start,
        by=by,
        service=service,
        minutes=None if by.is_patient else request.minutes,
        overbooking_reason="" if by.is_patient else request.overbooking_reason.strip(),
        off_schedule_reason=_off_schedule_reason(request, kind, source, by),
        is_late_entry=source == Source.WALK_IN or kind == Kind.EMERGENCY,
        ignores_hours=kind == Kind.EMERGENCY and not by.is_patient,
    )
    patient = patients.patient(request.patient_id, seen_by=by)
    if not patient.is_active:
        raise Invalid("This patient's record is closed. Open it again before booking.", field="patient_id")
    place = find_place(wish, by=by)
    amount = _amount_due(service, kind, wish, by)
    status = _first_status(source, service, amount)
    visit = Appointment(
        organization_id=by.organization_id,
        patient=patient,
        number=new_number(),
        branch=wish.branch,
        doctor=wish.doctor,
        room_id=place.room_id,
        service=service,
        kind=kind,
        status=status,
        period=TimestamptzRange(wish.span.start, wish.span.end),
        source=source,
        priority=Priority(request.priority),
        chief_complaint=request.chief_complaint.strip(),
        patient_note=request.patient_note.strip(),
        amount_due=amount,
        payment_due_at=_payment_due(source, status, wish),
        is_overbooked=place.is_overbooked,
        overbooking_reason=wish.overbooking_reason if place.is_overbooked else "",
        off_schedule_reason=wish.off_schedule_reason,
        booked_by_id=by.user_id,
    )
    return visit, wish


def _wish(
    branch_id: UUID,
    doctor_id: UUID | None,
    start: datetime,
    *,
    by: Actor,
    service: Any = None,
    minutes: int | None = None,
    **more: Any,
) -> Wish:
    branch = people.branch(branch_id, seen_by=by)
    doctor = _doctor(doctor_id, by)
    if doctor is None and (service is None or service.needs_doctor):
        raise Invalid("Choose a doctor for this visit.", field="doctor_id")
    begins = instant_of(start, ZoneInfo(branch.timezone))
    length = minutes or (service.minutes if service else 0)
    if not 1 <= length <= 24 * 60:
        raise Invalid("Say how long the visit takes, or choose a service.", field="minutes")
    return Wish(
        branch=branch,
        doctor=doctor,
        span=Span(begins, begins + timedelta(minutes=length)),
        room_kind=service.room_kind if service else None,
        **more,
    )


def _doctor(doctor_id: UUID | None, by: Actor) -> Any:
    if doctor_id is None:
        return None
    doctor = people.staff_member(doctor_id, seen_by=by)
    if not doctor.is_active:
        raise NotFound(f"{doctor.name} no longer works here. Choose somebody else.")
    return doctor


def _service(request: BookingRequest, by: Actor) -> Any:
    if request.service_id is None:
        if by.is_patient:
            raise Invalid("Choose what the visit is for.", field="service_id")
        return None
    service = catalog.service(request.service_id, seen_by=by)
    if not service.is_active:
        raise Invalid(f"{service.name} is no longer offered. Choose another service.", field="service_id")
    if by.is_patient and not service.is_self_bookable:
        raise Invalid(f"{service.name} is booked by the clinic. Call the desk.", field="service_id")
    return service


def _kind(request: BookingRequest, service: Any) -> str:
    if request.kind:
        if request.kind not in Kind.values:
            raise Invalid("This is no kind of visit we know.", field="kind")
        return request.kind
    return service.appointment_type.code if service and service.appointment_type else Kind.CONSULTATION


def _off_schedule_reason(request: BookingRequest, kind: str, source: str, by: Actor) -> str:
    """Outside the hours only an emergency or a walk-in comes, and the reason is written down."""
    reason = request.off_schedule_reason.strip()
    if not reason or by.is_patient:
        return ""
    if source != Source.WALK_IN and kind != Kind.EMERGENCY:
        raise Invalid("Only walk-ins and emergencies are booked outside the hours.", field="off_schedule_reason")
    return reason


def _amount_due(service: Any, kind: str, wish: Wish, by: Actor) -> Decimal | None:
    """What is to be paid before the visit is confirmed; nobody pays before an emergency."""
    if service is None or not service.is_prepaid or kind == Kind.EMERGENCY:
        return None
    on = wish.span.start.astimezone(wish.zone).date()
    due: Decimal | None = service.due_before(queries.price(service, on, seen_by=by).total)
    return due


def _first_status(source: str, service: Any, amount: Decimal | None) -> str:
    """Online bookings wait for the desk, or for the payment where the service approves itself."""
    if source in ONLINE and not (service and service.is_auto_approved and amount):
        return Status.REQUESTED
    return Status.PENDING_PAYMENT if amount else Status.CONFIRMED


def _payment_due(source: str, status: str, wish: Wish) -> datetime | None:
    if source not in ONLINE or status != Status.PENDING_PAYMENT:
        return None
    return min(clock.now() + PAY_WITHIN, wish.span.start)
