"""`/api/appointments`: slots, booking, and every move of a visit."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from kalon.api import Page, Router, paged
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid, NotFound
from kalon.people import queries as people
from kalon.scheduling import actions, queries, rules
from kalon.scheduling.api import schemas
from kalon.scheduling.api.schemas import AppointmentOut, SlotOut, VisitHistoryOut
from kalon.scheduling.lifecycles import VIEW
from kalon.scheduling.models import Appointment
from kalon.scheduling.rules import Span

router = Router(tags=["appointments"])
LONGEST_CALENDAR = timedelta(days=62)

# Moves without further facts, each at its own address and all of them at /moves.
PLAIN: dict[str, Callable[..., Appointment]] = {
    "approve": actions.approve,
    "check_in": actions.check_in,
    "start": actions.start,
    "complete": actions.complete,
    "no_show": actions.no_show,
}
WITH_REASON: dict[str, Callable[..., Appointment]] = {
    "leave_unseen": actions.leave_unseen,
    "undo_check_in": actions.undo_check_in,
    "undo_start": actions.undo_start,
    "undo_no_show": actions.undo_no_show,
}


@router.get("/slots", response=list[SlotOut], summary="A doctor's slots on a day")
def slots(request: HttpRequest, doctor_id: UUID, date: date, branch_id: UUID, service_id: UUID | None = None) -> Any:
    """Free, taken, held and past slots; with a service, as long as the service takes."""
    return [SlotOut.of(slot) for slot in queries.slots(doctor_id, date, branch_id, service_id, seen_by=_by(request))]


@router.get("/next-free", response=list[SlotOut], summary="The next free slots of a doctor, or of a branch")
def next_free(
    request: HttpRequest,
    branch_id: UUID,
    doctor_id: UUID | None = None,
    service_id: UUID | None = None,
    count: int = 3,
) -> Any:
    found = queries.free_slots(
        branch_id, service_id, clock.now(), max(1, min(count, 20)), seen_by=_by(request), doctor_id=doctor_id
    )
    return [SlotOut.of(slot) for slot in found]


@router.post("/book", response={201: AppointmentOut}, summary="Book a visit")
def book(request: HttpRequest, body: schemas.BookIn) -> Any:
    """201 with the visit. 409 `clash` names what is taken and the next three free slots; 422 names the field."""
    by = _by(request)
    patient_id = body.patient_id or by.patient_id
    if patient_id is None:
        raise Invalid("Choose the patient.", field="patient_id")
    visit = actions.book(
        actions.BookingRequest(
            patient_id=patient_id,
            start=when(body),
            kind=body.type,
            source=body.source,
            priority=body.priority,
            chief_complaint=body.chief_complaint,
            patient_note=body.patient_note,
            overbooking_reason=body.overbooking_reason,
            off_schedule_reason=body.off_schedule_reason,
            hold_id=body.hold_id,
            follows_id=body.follows_id,
            occasion_id=body.occasion_id,
            **wish(body),
        ),
        by=by,
    )
    return 201, shown(request, visit)


@router.post("/hold", response={201: schemas.HoldOut}, summary="Hold a time for some minutes")
def hold(request: HttpRequest, body: schemas.HoldIn) -> Any:
    """201 with what is held and until when; one hold per person, and a booking ends it."""
    held = actions.hold(actions.TimeRequest(start=when(body), **wish(body)), by=_by(request))
    return 201, schemas.HoldOut.of(held)


@router.delete("/hold/{hold_id}", response={204: None}, summary="Give a held time back")
def release(request: HttpRequest, hold_id: UUID) -> Any:
    actions.release(hold_id, by=_by(request))
    return 204, None


@router.post("/scan", response=AppointmentOut, summary="Scan the code on a patient's phone: they have arrived")
def scan(request: HttpRequest, body: schemas.ArrivalCodeIn) -> Any:
    """A code that is forged, too old, used or another day's is refused with what to do instead."""
    return shown(request, actions.scan(body.code, by=_by(request)))


@router.get("", response=Page[AppointmentOut], summary="Visits, newest first")
def list_appointments(request: HttpRequest, patient_id: UUID | None = None, status: str = "") -> Any:
    by = _viewer(request)
    rows = queries.appointments(seen_by=by)
    if patient_id:
        rows = rows.filter(patient_id__person=patient_id)
    if status:
        rows = rows.filter(status=status)
    return paged(
        request,
        rows,
        lambda visit: AppointmentOut.of(visit, by),
        seen=lambda rows: _log(by, rows, "list of visits"),
    )


@router.get("/today", response=list[AppointmentOut], summary="Today's visits")
def today(request: HttpRequest, branch_id: UUID | None = None, doctor_id: UUID | None = None) -> Any:
    by = _viewer(request)
    branches = (
        [branch_id]
        if branch_id
        else [branch.pk for branch in people.branches(seen_by=by) if by.may(VIEW, at=branch.pk)]
    )
    visits: list[Appointment] = []
    for branch in branches:
        zone = ZoneInfo(people.branch(branch, seen_by=by).timezone)
        visits += queries.day(branch, clock.today(zone), seen_by=by, doctor_id=doctor_id)
    return _shown_all(by, sorted(visits, key=lambda visit: visit.starts_at), "today's visits")


@router.get("/calendar", response=schemas.CalendarOut, summary="A doctor's visits, hours and time off in a range")
def calendar(
    request: HttpRequest, doctor_id: UUID, start_date: date, end_date: date, branch_id: UUID | None = None
) -> Any:
    by = _viewer(request)
    if not start_date <= end_date or end_date - start_date > LONGEST_CALENDAR:
        raise Invalid("A calendar covers up to 62 days, from the first to the last.", field="end_date")
    branches = (
        [branch_id] if branch_id else list({line.branch_id for line in queries.schedules_of(doctor_id, seen_by=by)})
    )
    visits: list[Appointment] = []
    hours: list[schemas.OpenOut] = []
    blocked: list[schemas.OpenOut] = []
    for branch in branches:
        book = queries.diary(branch, start_date, end_date, seen_by=by, doctor_ids=[doctor_id])
        frame = Span(rules.whole_day(start_date, book.zone).start, rules.whole_day(end_date, book.zone).end)
        visits += queries.between(frame, seen_by=by, branch_id=branch, doctor_id=doctor_id)
        days = [start_date + timedelta(days=n) for n in range((end_date - start_date).days + 1)]
        hours += [_open(branch, stretch.span) for on in days for stretch in book.hours(doctor_id, on)]
        blocked += [_open(branch, gone, "away") for gone in book.away_spans(doctor_id)]
    return {"appointments": _shown_all(by, visits, "calendar"), "hours": hours, "blocked": blocked}


@router.get("/{appointment_id}", response=AppointmentOut, summary="One visit")
def get_appointment(request: HttpRequest, appointment_id: UUID) -> Any:
    by = _viewer(request)
    visit = queries.appointment(appointment_id, seen_by=by)
    _log(by, [visit], "API")
    return AppointmentOut.of(visit, by)


@router.put("/{appointment_id}", response=AppointmentOut, summary="Correct what is written on a visit")
def put_appointment(request: HttpRequest, appointment_id: UUID, body: schemas.AmendIn) -> Any:
    changed = actions.amend(
        appointment_id,
        chief_complaint=body.chief_complaint,
        patient_note=body.patient_note,
        priority=body.priority,
        edition=body.edition,
        by=_by(request),
    )
    return shown(request, changed)


@router.get("/{appointment_id}/moves", response=list[VisitHistoryOut], summary="Who moved it, when, why")
def history(request: HttpRequest, appointment_id: UUID) -> Any:
    by = _viewer(request)
    visit = queries.appointment(appointment_id, seen_by=by)
    return [
        VisitHistoryOut(
            at=step.at,
            move=step.move,
            label=step.label,
            from_state=step.from_state,
            to_state=step.to_state,
            by=step.by,
            reason=step.reason,
        )
        for step in queries.history(visit, seen_by=by)
    ]


@router.post("/{appointment_id}/moves", response=AppointmentOut, summary="Make any move by name")
def move(request: HttpRequest, appointment_id: UUID, body: schemas.VisitMoveIn) -> Any:
    if body.move in PLAIN:
        return shown(request, PLAIN[body.move](appointment_id, by=_by(request)))
    if body.move == "cancel":
        return cancel(request, appointment_id, schemas.CancelIn(reason=body.reason, side=body.side))
    if body.move in WITH_REASON:
        return shown(request, WITH_REASON[body.move](appointment_id, body.reason, by=_by(request)))
    raise NotFound(f"There is no move called {body.move[:40]} here.")


@router.post("/{appointment_id}/approve", response=AppointmentOut, summary="Approve a request")
def approve(request: HttpRequest, appointment_id: UUID) -> Any:
    return shown(request, actions.approve(appointment_id, by=_by(request)))


@router.post("/{appointment_id}/check-in", response=AppointmentOut, summary="The patient has arrived")
def check_in(request: HttpRequest, appointment_id: UUID) -> Any:
    return shown(request, actions.check_in(appointment_id, by=_by(request)))


@router.post("/{appointment_id}/start", response=AppointmentOut, summary="The patient goes in")
def start(request: HttpRequest, appointment_id: UUID) -> Any:
    return shown(request, actions.start(appointment_id, by=_by(request)))


@router.post("/{appointment_id}/complete", response=AppointmentOut, summary="The visit is over")
def complete(request: HttpRequest, appointment_id: UUID) -> Any:
    return shown(request, actions.complete(appointment_id, by=_by(request)))


@router.post("/{appointment_id}/no-show", response=AppointmentOut, summary="The patient did not come")
def no_show(request: HttpRequest, appointment_id: UUID) -> Any:
    return shown(request, actions.no_show(appointment_id, by=_by(request)))


@router.post("/{appointment_id}/cancel", response=AppointmentOut, summary="Cancel a visit")
def cancel(request: HttpRequest, appointment_id: UUID, body: schemas.CancelIn) -> Any:
    return shown(request, actions.cancel(appointment_id, body.reason, body.side, by=_by(request)))


@router.post("/{appointment_id}/reschedule", response=AppointmentOut, summary="Give a visit another time")
def reschedule(request: HttpRequest, appointment_id: UUID, body: schemas.RescheduleIn) -> Any:
    """Answers the visit that now stands: the same one within its day, its successor on another day."""
    moved = actions.reschedule(
        appointment_id,
        when(body),
        body.reason,
        doctor_id=body.doctor_id,
        room_id=body.room_id,
        minutes=body.minutes,
        overbooking_reason=body.overbooking_reason,
        hold_id=body.hold_id,
        by=_by(request),
    )
    return shown(request, moved)


@router.post("/{appointment_id}/hold", response={201: schemas.HoldOut}, summary="Hold the time a visit may move to")
def hold_move(request: HttpRequest, appointment_id: UUID, body: schemas.MoveToIn) -> Any:
    """For the seconds in which the move can be taken back; name the hold when you reschedule, or let it run out."""
    held = actions.hold_move(
        appointment_id,
        when(body),
        doctor_id=body.doctor_id,
        room_id=body.room_id,
        minutes=body.minutes,
        by=_by(request),
    )
    return 201, schemas.HoldOut.of(held)


@router.post("/{appointment_id}/confirm-coming", response=AppointmentOut, summary="The patient says they will come")
def confirm_coming(request: HttpRequest, appointment_id: UUID) -> Any:
    return shown(request, actions.confirm_coming(appointment_id, by=_by(request)))


@router.post("/{appointment_id}/call-in", response={201: schemas.CallOut}, summary="Ask who waits to come in")
def call_in(request: HttpRequest, appointment_id: UUID, body: schemas.CallIn) -> Any:
    """To the room of the visit, or to another; calling again is allowed."""
    return 201, schemas.CallOut.from_orm(actions.call_in(appointment_id, body.room_id, by=_by(request)))


def when(body: schemas.WhenIn) -> datetime:
    """The time a body names, either way."""
    if body.start is not None:
        return body.start
    if body.appointment_date is None or body.start_time is None:
        raise Invalid("Say when: `start`, or `appointment_date` and `start_time`.", field="start")
    return datetime.combine(body.appointment_date, body.start_time)


def wish(body: schemas.WishIn) -> dict[str, Any]:
    """Where, with whom, for what and with what, as a booking names it."""
    return {
        "branch_id": body.branch_id,
        "doctor_id": body.doctor_id,
        "service_id": body.service_id,
        "package_id": body.package_id,
        "minutes": body.minutes,
        "room_id": body.room_id,
        "team": tuple(body.team),
        "equipment": tuple(body.equipment),
    }


def shown(request: HttpRequest, visit: Appointment) -> AppointmentOut:
    """A visit as the caller may see it."""
    return AppointmentOut.of(visit, _by(request))


def _shown_all(by: Actor, visits: list[Appointment], purpose: str) -> list[AppointmentOut]:
    _log(by, visits, purpose)
    return [AppointmentOut.of(visit, by) for visit in visits]


def _log(by: Actor, visits: list[Appointment], purpose: str) -> None:
    if visits:
        audit.reads(by, visits, purpose=purpose)


def _open(branch_id: UUID, span: Span, word: str = "") -> schemas.OpenOut:
    return schemas.OpenOut(
        branch_id=branch_id, start=span.start.astimezone(UTC), end=span.end.astimezone(UTC), word=word
    )


def _by(request: HttpRequest) -> Actor:
    by: Actor = request.actor  # type: ignore[attr-defined]
    return by


def _viewer(request: HttpRequest) -> Actor:
    by = _by(request)
    by.must(VIEW, do="see visits")
    return by
