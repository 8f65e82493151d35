"""`/api/doctor-schedules`: weekly hours, what they yield, and blocked times."""

from datetime import UTC, date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from kalon.api import Router
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.people import queries as people
from kalon.scheduling import actions, queries
from kalon.scheduling.api import schemas
from kalon.scheduling.api.schemas import AppointmentOut, ScheduleOut, SlotOut
from kalon.scheduling.lifecycles import VIEW
from kalon.scheduling.models import WeeklySchedule

router = Router(tags=["doctor schedules"])
LONGEST_RANGE = timedelta(days=62)


# One address, two meanings, as the requirements have it: read by the member of staff, changed by the line.
@router.get("/{uuid:id}", response=list[ScheduleOut], summary="The weekly hours of a member of staff, by their id")
def get_schedules(request: HttpRequest, id: UUID) -> Any:
    by = _by(request)
    by.must(VIEW, do="see working hours")
    return [_shown(line) for line in queries.schedules_of(id, seen_by=by)]


@router.post("", response={201: ScheduleOut}, summary="Give somebody hours on a weekday")
def add_schedule(request: HttpRequest, body: schemas.NewScheduleIn) -> Any:
    today = clock.today(people.branch(body.branch_id, seen_by=_by(request)).timezone)
    line = _line(body, today)
    return 201, _shown(actions.set_schedule(body.staff_id, body.branch_id, line, by=_by(request)))


@router.put("/{uuid:id}", response=ScheduleOut, summary="Change the hours of a weekday, by the id of the line")
def put_schedule(request: HttpRequest, id: UUID, body: schemas.ScheduleIn) -> Any:
    before = queries.schedule(id, seen_by=_by(request))
    return _shown(actions.change_schedule(id, _line(body, before.valid_from), by=_by(request)))


@router.post("/generate-slots", response=schemas.GeneratedOut, summary="What the hours yield in a range")
def generate_slots(request: HttpRequest, body: schemas.RangeIn) -> Any:
    """Slots are derived, never stored: this answers what the hours yield, and which visits lie outside them."""
    by = _by(request)
    by.must(VIEW, do="see working hours")
    if not body.start_date <= body.end_date or body.end_date - body.start_date > LONGEST_RANGE:
        raise Invalid("Slots are worked out for up to 62 days, from the first to the last.", field="end_date")
    minutes = queries.minutes_of(body.service_id, seen_by=by)
    book = queries.diary(body.branch_id, body.start_date, body.end_date, seen_by=by, doctor_ids=[body.staff_id])
    days = [body.start_date + timedelta(days=n) for n in range((body.end_date - body.start_date).days + 1)]
    now = clock.now()
    lines = [queries.hours_of(line) for line in book.schedules.get(body.staff_id, [])]
    outside = queries.stranded(body.staff_id, body.branch_id, seen_by=by, lines=lines, weekdays=range(7))
    return {
        "slots": [SlotOut.of(slot) for on in days for slot in book.slots(body.staff_id, on, minutes, now=now)],
        "outside": [
            AppointmentOut.of(visit, by)
            for visit in outside
            if body.start_date <= visit.local_start.date() <= body.end_date
        ],
    }


@router.post("/block-slots", response={201: schemas.BlockOut}, summary="Block a time")
def block_slots(request: HttpRequest, body: schemas.BlockIn) -> Any:
    """201 with the visits that stand inside the blocked time: they stay until somebody moves them."""
    by = _by(request)
    off, inside = actions.block(
        body.start,
        body.end,
        staff_id=body.staff_id,
        branch_id=body.branch_id,
        kind=body.kind,
        reason=body.reason,
        by=by,
    )
    return 201, {
        "id": off.pk,
        "start": off.period.lower.astimezone(UTC),
        "end": off.period.upper.astimezone(UTC),
        "kind": off.kind,
        "inside": [AppointmentOut.of(visit, by) for visit in inside],
    }


def _line(body: schemas.ScheduleIn, valid_from: date) -> actions.ScheduleLine:
    return actions.ScheduleLine(
        weekday=(body.day_of_week - 1) % 7,
        starts_at=body.start_time,
        ends_at=body.end_time,
        slot_minutes=body.slot_duration_minutes,
        capacity=body.max_patients_per_slot,
        valid_from=body.valid_from or valid_from,
        valid_to=body.valid_to,
        breaks=[(pause.start_time, pause.end_time) for pause in body.breaks],
    )


def _shown(line: WeeklySchedule) -> ScheduleOut:
    return ScheduleOut(
        id=line.pk,
        staff_id=line.staff_id,
        branch_id=line.branch_id,
        day_of_week=(line.weekday + 1) % 7,
        start_time=f"{line.starts_at:%H:%M}",
        end_time=f"{line.ends_at:%H:%M}",
        slot_duration_minutes=line.slot_minutes,
        max_patients_per_slot=line.capacity,
        breaks=[schemas.BreakIn(start_time=pause.starts_at, end_time=pause.ends_at) for pause in line.breaks.all()],
        valid_from=line.valid_from,
        valid_to=line.valid_to,
    )


def _by(request: HttpRequest) -> Actor:
    by: Actor = request.actor  # type: ignore[attr-defined]
    return by
