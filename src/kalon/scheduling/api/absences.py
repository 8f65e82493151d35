"""`/api/doctor-schedules/…`: holidays of a branch, requests for leave, and who works when."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema

from kalon.api import Page, Router, paged
from kalon.kernel import clock
from kalon.people import queries as people
from kalon.scheduling import actions, queries
from kalon.scheduling.api import schedule_schemas as schemas
from kalon.scheduling.api.schedule_schemas import ForeseenOut, HolidayOut, LeaveOut
from kalon.web.fronts import actor_of

router = Router(tags=["holidays and leave"])
AHEAD = timedelta(days=731)


class PresenceOut(Schema):
    date: date
    hours: list[str]
    is_away: bool


class PersonOut(Schema):
    staff_id: UUID
    name: str
    days: list[PresenceOut]


class MonthOut(Schema):
    first: date
    closed: dict[str, str]
    people: list[PersonOut]


@router.get("/month", response=MonthOut, summary="Who works when in the month of a day")
def get_month(request: HttpRequest, branch_id: UUID, date: date) -> Any:
    found = queries.month(branch_id, date, seen_by=actor_of(request))
    return {
        "first": found.first,
        "closed": {on.isoformat(): name for on, name in found.closed.items()},
        "people": [
            {
                "staff_id": person.pk,
                "name": person.name,
                "days": [
                    {
                        "date": one.on,
                        "hours": [f"{span.start:%H:%M}-{span.end:%H:%M}" for span in one.hours],
                        "is_away": one.is_away,
                    }
                    for one in row
                ],
            }
            for person, row in found.people
        ],
    }


@router.get("/holidays", response=Page[HolidayOut], summary="The days a branch keeps or could keep, two years ahead")
def get_holidays(request: HttpRequest, branch_id: UUID, start_date: date | None = None) -> Any:
    by = actor_of(request)
    first = start_date or clock.today(people.branch(branch_id, seen_by=by).timezone)
    rows = queries.holidays_of(branch_id, first, first + AHEAD, seen_by=by)
    return paged(request, rows, HolidayOut.of, by="id")


@router.put("/holidays/calendar/{uuid:branch_id}", response=list[HolidayOut], summary="Choose a branch's calendar")
def put_calendar(request: HttpRequest, branch_id: UUID, body: schemas.CalendarIn) -> Any:
    """Answers the days of the coming two years: proposed, until they are decided."""
    by = actor_of(request)
    actions.follow_calendar(branch_id, body.country.upper(), body.subdivision, body.categories, by=by)
    today = clock.today(people.branch(branch_id, seen_by=by).timezone)
    return [HolidayOut.of(day) for day in queries.holidays_of(branch_id, today, today + AHEAD, seen_by=by)]


@router.post("/holidays/decide", response={200: list[HolidayOut] | ForeseenOut}, summary="Close or open on holidays")
def decide(request: HttpRequest, body: schemas.DecideIn) -> Any:
    by = actor_of(request)

    def change() -> list[Any]:
        return actions.decide_holidays(body.branch_id, closed=body.closed, open_=body.open, answers=body.answers, by=by)

    if body.dry_run:
        return ForeseenOut.of(actions.foreseen(change, by=by))
    return [HolidayOut.of(day) for day in change()]


@router.post("/holidays", response={201: HolidayOut, 200: ForeseenOut}, summary="Close on a day of the branch's own")
def add_holiday(request: HttpRequest, body: schemas.OwnHolidayIn) -> Any:
    by = actor_of(request)

    def change() -> Any:
        return actions.add_holiday(body.branch_id, body.date, body.name, answers=body.answers, by=by)

    if body.dry_run:
        return 200, ForeseenOut.of(actions.foreseen(change, by=by))
    return 201, HolidayOut.of(change())


@router.put("/holidays/{uuid:id}/works", response={200: HolidayOut | ForeseenOut}, summary="Who works on a holiday")
def put_workers(request: HttpRequest, id: UUID, body: schemas.WorkersIn) -> Any:
    by = actor_of(request)

    def change() -> Any:
        return actions.work_on_holiday(id, body.staff_ids, answers=body.answers, by=by)

    if body.dry_run:
        return ForeseenOut.of(actions.foreseen(change, by=by))
    return HolidayOut.of(change())


@router.get("/leave-requests", response=Page[LeaveOut], summary="Requests for leave: one's own, a manager sees all")
def get_leave(request: HttpRequest, status: str | None = None) -> Any:
    rows = queries.leave_requests(seen_by=actor_of(request))
    return paged(request, rows.filter(status=status) if status else rows, LeaveOut.of, by="id")


@router.post("/leave-requests", response={201: LeaveOut}, summary="Ask for leave, for oneself")
def request_leave(request: HttpRequest, body: schemas.LeaveIn) -> Any:
    return 201, LeaveOut.of(actions.request_leave(**body.dict(), by=actor_of(request)))


@router.post("/leave-requests/{uuid:id}/approve", response={200: LeaveOut | ForeseenOut}, summary="Approve a leave")
def approve_leave(request: HttpRequest, id: UUID, body: schemas.ChangeIn) -> Any:
    by = actor_of(request)

    def change() -> Any:
        return actions.approve_leave(id, answers=body.answers, by=by)

    if body.dry_run:
        return ForeseenOut.of(actions.foreseen(change, by=by))
    return LeaveOut.of(change())


@router.post("/leave-requests/{uuid:id}/decline", response=LeaveOut, summary="Decline a leave, with an answer")
def decline_leave(request: HttpRequest, id: UUID, body: schemas.DeclineIn) -> Any:
    return LeaveOut.of(actions.decline_leave(id, body.answer, by=actor_of(request)))


@router.post("/leave-requests/{uuid:id}/withdraw", response=LeaveOut, summary="Take one's own request back")
def withdraw_leave(request: HttpRequest, id: UUID) -> Any:
    return LeaveOut.of(actions.withdraw_leave(id, by=actor_of(request)))
