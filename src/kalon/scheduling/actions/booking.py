"""Booking a visit: a time with a doctor, a room, a team and devices, all of them or none."""

import secrets
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from psycopg.types.range import TimestamptzRange

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing, retrying
from kalon.kernel.errors import Clash, Invalid, NotPermitted
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.patients import queries as patients
from kalon.scheduling import events, queries
from kalon.scheduling.actions.holds import release
from kalon.scheduling.actions.places import Wish, clashes, find_place
from kalon.scheduling.actions.requests import BookingRequest, package_of, service_of, wish_for
from kalon.scheduling.lifecycles import BOOK, LIFE, Kind, Priority, Source, Status
from kalon.scheduling.models import Appointment
from kalon.scheduling.rules import Place

ONLINE = (Source.SELF_SERVICE, Source.WHATSAPP)
TRIES = 8  # so many others may take a room or a nurse while one visit is written
PAY_WITHIN = timedelta(minutes=20)  # an online booking keeps its slot this long unpaid
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0, 1, I, O: numbers are read out on the telephone


@verb
def book(request: BookingRequest, *, by: Actor) -> Appointment:
    """Give a patient a time with a doctor, and with the room, team and devices that the service takes.

    Refusals: Clash (taken or lacking, with the next three times that fit), Invalid (past, outside the hours, not
    bookable), NotPermitted, NotFound.
    """
    by.must(BOOK, at=request.branch_id, do="book visits here")
    if by.is_patient and request.patient_id != by.patient_id:
        raise NotPermitted("You can book for yourself, or for the person you are acting for.")
    if request.hold_id:
        release(request.hold_id, by=by)
    visit, wish = _visit(request, by)
    reason = visit.overbooking_reason or visit.off_schedule_reason
    _write(visit, wish, reason, by=by)
    announce(events.AppointmentBooked(visit, by))
    if visit.status == Status.CONFIRMED:
        announce(events.AppointmentConfirmed(visit, by, at_booking=True))
    return visit


def _write(visit: Appointment, wish: Wish, reason: str, *, by: Actor) -> None:
    """Write the visit; where somebody took its room or nurse in the same instant, with the next that is free.

    `find_place` looks again and refuses once the doctor is taken or nothing is left, so this comes to an end.
    """
    for last in (False,) * TRIES + (True,):
        try:
            with refusing(clashes(wish, by=by)):
                retrying(lambda: LIFE.born(visit, name="book", reason=reason))
            return
        except Clash:
            if last or not (visit.room_id or visit.team or visit.equipment):
                raise
            occupy(visit, find_place(wish, by=by))


def occupy(visit: Appointment, place: Place) -> None:
    """Write on a visit what it is given."""
    visit.room_id, visit.team, visit.equipment = place.room_id, list(place.team), list(place.equipment)


def new_number() -> str:
    """A number for a visit, short enough to say and with nothing to guess from: "A7K3-M9QX"."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _visit(request: BookingRequest, by: Actor) -> tuple[Appointment, Wish]:
    """The visit as it will be written, in its first state and its place."""
    service, package = service_of(request, by), package_of(request, by)
    offered = service or package
    follows = _followed(request, by)
    kind = Kind.FOLLOW_UP if follows and not request.kind else _kind(request, offered, by)
    source = Source.SELF_SERVICE if by.is_patient else Source(request.source)
    wish = wish_for(
        request,
        service,
        package,
        by=by,
        overbooking_reason="" if by.is_patient else request.overbooking_reason.strip(),
        off_schedule_reason=_off_schedule_reason(request, kind, source, by),
        is_late_entry=source == Source.WALK_IN or kind == Kind.EMERGENCY,
        ignores_hours=kind == Kind.EMERGENCY and not by.is_patient,
    )
    patient = patients.patient(request.patient_id, seen_by=by)
    if not patient.is_active:
        raise Invalid("This patient's record is closed. Open it again before booking.", field="patient_id")
    place = find_place(wish, by=by)
    amount = _amount_due(offered, kind, wish, request, source, by)
    status = _first_status(source, offered, amount)
    visit = Appointment(
        organization_id=by.organization_id,
        patient=patient,
        number=new_number(),
        branch=wish.branch,
        doctor=wish.doctor,
        service=service,
        package=package,
        preparation_minutes=wish.demand.preparation_minutes,
        cleaning_minutes=wish.demand.cleaning_minutes,
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
        follows=follows,
        occasion_id=request.occasion_id,
        series_id=request.series_id,
        series_number=request.series_number,
        booked_by_id=by.user_id,
    )
    occupy(visit, place)
    return visit, wish


def _followed(request: BookingRequest, by: Actor) -> Appointment | None:
    if request.follows_id is None:
        return None
    followed = queries.appointment(request.follows_id, seen_by=by)
    if followed.patient_id != request.patient_id:
        raise Invalid("The visit it follows is another patient's. Choose one of this patient's.", field="follows_id")
    return followed


def _kind(request: BookingRequest, service: Any, by: Actor) -> str:
    if request.kind and not by.is_patient:  # what a patient books is what the clinic offers
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


def _amount_due(offered: Any, kind: str, wish: Wish, request: BookingRequest, source: str, by: Actor) -> Decimal | None:
    """What is to be paid before the visit is confirmed; nobody pays before an emergency.

    Who books online is billed what holds while they book, as they are shown it; the desk asks for the visit's day.
    """
    if offered is None or not (offered.is_prepaid or request.told_price is not None) or kind == Kind.EMERGENCY:
        return None
    is_shown = source == Source.SELF_SERVICE
    on = clock.today(wish.branch.timezone) if is_shown else wish.span.start.astimezone(wish.zone).date()
    price = queries.price(offered, on, branch_id=wish.branch.pk, patient_id=request.patient_id, seen_by=by)
    if request.told_price not in (None, price.total):
        raise Clash(
            f"The price has changed to {price.total} since you opened this page. Look at it, then confirm again.",
            field="told_price",
        )
    due: Decimal | None = offered.due_before(price.total)
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
