"""The days of a plan's sessions as they could be: those to be booked, and those that move along with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.plans.lifecycles import BOOKED, HAS_DAY, UNBOOKED
from kalon.plans.models import ProcedurePlan, ProcedureSession
from kalon.plans.queries.plans import lines_of
from kalon.plans.queries.sessions import least_days, sessions_of_plan
from kalon.scheduling import queries as scheduling

MORNING = time(10)  # where nothing says at what time of day the patient comes


@dataclass(frozen=True, slots=True, kw_only=True)
class DatesWish:
    """From which session on, from which day and at what time; `days` are days chosen for single sessions.

    `moves`: those that are booked already move by as much as the first one does.
    """

    number: int | None = None
    first: date | None = None
    at: time | None = None
    moves: bool = False
    days: Mapping[int, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProposedDay:
    """One session, whether it has a visit that would move, and when it could be."""

    session: ProcedureSession
    is_booked: bool
    times: scheduling.Occurrence


@dataclass(frozen=True, slots=True)
class Dates:
    """The sessions to be given a day, the names of who and what they take, and what the first one starts from."""

    days: Sequence[ProposedDay] = ()
    names: Mapping[UUID, str] = field(default_factory=dict)
    wish: DatesWish = field(default_factory=DatesWish)
    service: Any = None


def dates(plan: ProcedurePlan, wish: DatesWish, *, seen_by: Actor) -> Dates:
    """When the sessions of a plan could be, one interval apart at the same hour, with the least days kept.

    A day without a free time goes to the next that has one; who looks may choose another for each.
    """
    rows = sessions_of_plan(plan, seen_by=seen_by)
    found = [one for one in rows if one.status in UNBOOKED or (wish.moves and one.status in BOOKED)]
    start = wish.number or min((one.number for one in found), default=0)
    found = [one for one in found if one.number >= start]
    service = service_of(plan)
    if not found:
        return Dates(wish=wish, service=service)
    before = [one for one in rows if one.number < found[0].number and one.status in HAS_DAY]
    meant = _meant(plan, found, before[-1] if before else None, wish)
    asked = scheduling.wanted(
        plan.branch_id,
        service_id=service.pk if service else None,
        minutes=None if service else 60,
        seen_by=seen_by,
    )
    asked = _for_visits(asked, plan, found, before)
    times, names = scheduling.plan_visits(asked, meant, seen_by=seen_by)
    by_number = {one.number: one for one in times}
    days = [ProposedDay(one, one.status in BOOKED, by_number[one.number]) for one in found]
    shown = DatesWish(
        number=found[0].number, first=meant[0].at.date(), at=meant[0].at.time(), moves=wish.moves, days=wish.days
    )
    return Dates(days, names, shown, service)


def service_of(plan: ProcedurePlan) -> Any:
    """What a visit of the plan is booked as: the service of its first line."""
    lines = lines_of(plan)
    return lines[0].service if lines else None


def usual_doctor(plan: ProcedurePlan) -> UUID | None:
    """Whose column a session takes, where what is done needs a doctor."""
    needs = scheduling.demand(service_of(plan)).needs_doctor
    return plan.doctor_id if needs else None


def apart(plan: ProcedurePlan) -> int:
    """How many days lie between two sessions as it was planned."""
    return max(plan.interval_days or 0, least_days(plan), 1)


def is_out_of_step(rows: Sequence[ProcedureSession], interval: int) -> bool:
    """Whether a session that is booked lies less than an interval after the one before it."""
    days = [(one.status, own.date()) for one in rows if one.status in HAS_DAY and (own := _own_start(one))]
    return any(status in BOOKED and (day - before).days < interval for (_, before), (status, day) in pairwise(days))


def _meant(
    plan: ProcedurePlan, found: Sequence[ProcedureSession], before: ProcedureSession | None, wish: DatesWish
) -> list[scheduling.Meant]:
    """When each is meant to be: the first as wished, the booked ones by as much, the others an interval on."""
    today, interval, least = clock.today(plan.branch.timezone), apart(plan), least_days(plan)
    hour = wish.at or _usual_hour(plan, found, before)
    meant: list[scheduling.Meant] = []
    shift = timedelta()
    for one in found:
        gap = 1 if one.early_by_id else max(least, 1)
        own = _own_start(one)
        if one.number in wish.days:
            day = wish.days[one.number]
        elif not meant:
            day = wish.first or _first_day(one, before, interval, wish)
        elif one.status in BOOKED and own is not None:
            day = own.date() + shift
        else:
            day = meant[-1].at.date() + timedelta(days=interval)
        if meant:
            day = max(day, meant[-1].at.date() + timedelta(days=gap))
        day = max(day, today)
        if not meant:
            shift = day - (own.date() if own else one.due_date)
        keeps_hour = one.status in BOOKED and own is not None and wish.at is None
        at = datetime.combine(day, own.time() if keeps_hour and own is not None else hour)
        meant.append(scheduling.Meant(one.number, at, gap))
    return meant


def _first_day(one: ProcedureSession, before: ProcedureSession | None, interval: int, wish: DatesWish) -> date:
    """A booked session that moves comes an interval after the one before it; another on the day it is due."""
    if one.status in BOOKED and before is not None and before.appointment is not None:
        day: date = before.appointment.local_start.date()
        return day + timedelta(days=interval)
    return one.due_date


def _own_start(one: ProcedureSession) -> datetime | None:
    """The visit it has, or had when it was missed, on the branch's wall clock."""
    if one.appointment is None:
        return None
    start: datetime = one.appointment.local_start
    return start.replace(tzinfo=None)


def _usual_hour(plan: ProcedurePlan, found: Sequence[ProcedureSession], before: ProcedureSession | None) -> time:
    for one in (before, *found):
        if one is not None and (own := _own_start(one)) is not None:
            return own.time()
    visit = plan.consultation.appointment
    if visit is None:
        return MORNING
    hour: time = visit.local_start.time()
    return hour.replace(second=0, microsecond=0)


def _for_visits(
    asked: scheduling.Wanted, plan: ProcedurePlan, found: Sequence[ProcedureSession], before: Sequence[ProcedureSession]
) -> scheduling.Wanted:
    """The wish with the doctor of the sessions before, and with the visits that move out of their own way."""
    had = [one.appointment.doctor_id for one in before if one.appointment is not None]
    usual = had[-1] if had else usual_doctor(plan)
    moving = tuple(one.appointment_id for one in found if one.status in BOOKED and one.appointment_id is not None)
    return scheduling.Wanted(asked.branch, asked.demand, usual, asked.chosen, moving or None)
