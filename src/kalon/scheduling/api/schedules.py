"""`/api/doctor-schedules`: weekly hours of everybody who is booked, what they yield, and blocked times."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja.params import Path

from kalon.api import Router
from kalon.kernel import clock
from kalon.kernel.errors import Invalid
from kalon.people import queries as people
from kalon.scheduling import actions, queries
from kalon.scheduling.api import schedule_schemas as schemas
from kalon.scheduling.api.schedule_schemas import BlockOut, ForeseenOut, ScheduleOut
from kalon.scheduling.api.schemas import AppointmentOut, SlotOut
from kalon.scheduling.lifecycles import VIEW
from kalon.web.fronts import actor_of

router = Router(tags=["doctor schedules"])
LONGEST_RANGE = timedelta(days=62)

StaffOrLine = Annotated[UUID, Path(description="A person, whose week is meant; or one line of a week, meant alone")]
Line = Annotated[UUID, Path(description="The line to change, as the week of its person names it")]


@router.get("/{uuid:id}", response=list[ScheduleOut], summary="The weekly hours of a member of staff, by their id")
def get_schedules(request: HttpRequest, id: StaffOrLine) -> Any:
    """The documents read this address by the person and change it by the line: here both ids are understood."""
    by = actor_of(request)
    by.must(VIEW, do="see working hours")
    lines = list(queries.schedules_by(id, seen_by=by))
    if not lines:
        people.staff_member(id, seen_by=by)  # somebody without hours has an empty week; nobody has none
    return [ScheduleOut.of(line) for line in lines]


@router.post("", response={201: ScheduleOut}, summary="Give somebody more hours on a weekday")
def add_schedule(request: HttpRequest, body: schemas.NewScheduleIn) -> Any:
    by = actor_of(request)
    today = clock.today(people.branch(body.branch_id, seen_by=by).timezone)
    line = body.line(body.valid_from or today, body.valid_to)
    return 201, ScheduleOut.of(actions.set_schedule(body.staff_id, body.branch_id, line, by=by))


@router.put("/{uuid:id}", response={200: ScheduleOut | ForeseenOut}, summary="Change one line of a week, by its id")
def put_schedule(request: HttpRequest, id: Line, body: schemas.ScheduleIn) -> Any:
    """Changes what holds already; to change hours from a later day on, send the new week to `/weeks`."""
    by = actor_of(request)
    before = queries.schedule(id, seen_by=by)
    line = body.line(body.valid_from or before.valid_from, body.valid_to)
    return _done(
        request, body, lambda: actions.change_schedule(id, line, answers=body.answers, by=by), shown=ScheduleOut.of
    )


@router.delete("/{uuid:id}", response={200: ScheduleOut | ForeseenOut}, summary="End one line of a week today")
def delete_schedule(request: HttpRequest, id: Line, body: schemas.ChangeIn) -> Any:
    by = actor_of(request)
    return _done(request, body, lambda: actions.end_schedule(id, answers=body.answers, by=by), shown=ScheduleOut.of)


@router.post("/weeks", response={200: list[ScheduleOut] | ForeseenOut}, summary="New hours from a day on")
def set_week(request: HttpRequest, body: schemas.WeekIn) -> Any:
    """From a day on, for ever or until a day; answers the week as it stands on the first day."""
    by = actor_of(request)
    return _done(
        request,
        body,
        lambda: actions.set_week(
            body.staff_id,
            body.branch_id,
            [hours.line(body.first, body.last) for hours in body.hours],
            first=body.first,
            last=body.last,
            weekdays=[schemas.weekday_of(day) for day in body.days],
            answers=body.answers,
            by=by,
        ),
        shown=_week,
    )


@router.post("/weeks/copy", response={200: list[ScheduleOut] | ForeseenOut}, summary="Copy a week to another person")
def copy_week(request: HttpRequest, body: schemas.CopyWeekIn) -> Any:
    by = actor_of(request)
    return _done(
        request,
        body,
        lambda: actions.copy_week(
            body.staff_id,
            body.branch_id,
            body.to_staff_id,
            first=body.first,
            last=body.last,
            answers=body.answers,
            by=by,
        ),
        shown=_week,
    )


@router.post("/days/copy", response={200: list[ScheduleOut] | ForeseenOut}, summary="Copy a day to other days")
def copy_day(request: HttpRequest, body: schemas.CopyDayIn) -> Any:
    by = actor_of(request)
    return _done(
        request,
        body,
        lambda: actions.copy_day(
            body.staff_id,
            body.branch_id,
            schemas.weekday_of(body.day_of_week),
            [schemas.weekday_of(day) for day in body.to],
            first=body.first,
            last=body.last,
            answers=body.answers,
            by=by,
        ),
        shown=_week,
    )


@router.post("/generate-slots", response=schemas.GeneratedOut, summary="What the hours yield in a range")
def generate_slots(request: HttpRequest, body: schemas.RangeIn) -> Any:
    """Slots are derived, never stored: asking again changes nothing, and no booking is ever touched."""
    by = actor_of(request)
    by.must(VIEW, do="see working hours")
    if not body.start_date <= body.end_date or body.end_date - body.start_date > LONGEST_RANGE:
        raise Invalid("Slots are worked out for up to 62 days, from the first to the last.", field="end_date")
    minutes = queries.minutes_of(body.service_id, seen_by=by)
    book = queries.diary(body.branch_id, body.start_date, body.end_date, seen_by=by, doctor_ids=[body.staff_id])
    days = [body.start_date + timedelta(days=n) for n in range((body.end_date - body.start_date).days + 1)]
    now = clock.now()
    slots = [SlotOut.of(slot) for on in days for slot in book.slots(body.staff_id, on, minutes, now=now)]
    blocked = sum(len(book.blocked_slots(body.staff_id, on, minutes)) for on in days)
    outside = queries.stranded(body.staff_id, body.branch_id, seen_by=by)
    return {
        "slots": slots,
        "counts": schemas.CountsOut.of(slots, blocked),
        "outside": [
            AppointmentOut.of(visit, by)
            for visit in outside
            if body.start_date <= visit.local_start.date() <= body.end_date
        ],
    }


@router.post("/block-slots", response={201: schemas.BlockedOut, 200: ForeseenOut}, summary="Block a time")
def block_slots(request: HttpRequest, body: schemas.BlockIn) -> Any:
    """Leave, a meeting that may repeat, upkeep of a room or device, or a holiday for everyone."""
    facts = body.dict(exclude={"visits", "dry_run", "start", "end"})
    answer = _done(
        request,
        body,
        lambda: actions.block(body.start, body.end, **facts, answers=body.answers, by=actor_of(request)),
        shown=lambda made: {**BlockOut.of(made[0]).dict(), "all": [BlockOut.of(one) for one in made]},
    )
    return (200 if body.dry_run else 201), answer


@router.delete("/block-slots/{uuid:id}", response=BlockOut, summary="Open a blocked time again")
def unblock_slots(request: HttpRequest, id: UUID) -> Any:
    return BlockOut.of(actions.unblock(id, by=actor_of(request)))


def _done(
    request: HttpRequest, body: schemas.ChangeIn, change: Callable[[], Any], *, shown: Callable[[Any], Any]
) -> Any:
    """Make the change and show what it made; in a dry run, look ahead only."""
    if body.dry_run:
        return ForeseenOut.of(actions.foreseen(change, by=actor_of(request)))
    return shown(change())


def _week(lines: Any) -> list[ScheduleOut]:
    return [ScheduleOut.of(line) for line in lines]
