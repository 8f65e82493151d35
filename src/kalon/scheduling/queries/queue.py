"""Today's queue: who is expected, who is here and since when, who is called, whose turn is next.

Upper contexts know more of a visit than scheduling does (a nurse has begun triage). They say so here, and the board
shows it without knowing them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.scheduling.lifecycles import Priority, Status
from kalon.scheduling.models import Appointment, Call
from kalon.scheduling.queries.visits import day
from kalon.scheduling.rules import queue as rules

EXPECTED, ARRIVED, TRIAGE, WITH_DOCTOR, DONE = "expected", "arrived", "triage", "with-doctor", "done"
COLUMN_OF = {
    Status.CONFIRMED: EXPECTED,
    Status.CHECKED_IN: ARRIVED,
    Status.IN_PROGRESS: WITH_DOCTOR,
    Status.COMPLETED: DONE,
}


@dataclass(frozen=True, slots=True)
class Station:
    """What an upper context knows of a visit that waits: that it is in triage since when, or may go there."""

    since: datetime | None = None  # in triage since
    url: str = ""  # where triage is done, for whoever may
    word: str = ""


Stations = Callable[[Sequence[UUID], Actor], Mapping[UUID, Station]]
_stations: list[Stations] = []


def add_stations(provider: Stations) -> None:
    """Have an upper context say where patients who wait are; asked once for a whole board."""
    if provider not in _stations:
        _stations.append(provider)


@dataclass(frozen=True, slots=True)
class Standing:
    """One visit on the board."""

    visit: Appointment
    column: str
    arrived_at: datetime | None
    waited: timedelta | None  # since arrival, until the doctor
    turn: rules.Turn | None
    called: Call | None
    station: Station

    @property
    def is_next(self) -> bool:
        return self.turn is not None and self.turn.is_next


@dataclass(frozen=True, slots=True)
class Board:
    """A branch's day by where everybody is."""

    standings: Sequence[Standing]
    behind: timedelta

    def column(self, name: str) -> list[Standing]:
        return [standing for standing in self.standings if standing.column == name]


def board(branch_id: UUID, on: date, *, seen_by: Actor) -> Board:
    """Everybody who is to come, is here, or was, in the order of their turn; a handful of statements."""
    visits = [visit for visit in day(branch_id, on, seen_by=seen_by) if visit.status in COLUMN_OF]
    now = clock.now()
    ids = [visit.pk for visit in visits]
    arrived, calls = _arrivals(ids), _calls(ids)
    stations: dict[UUID, Station] = {}
    for provider in _stations:
        stations |= provider(ids, seen_by)
    turns = {turn.waiting.visit_id: turn for turn in _turns(visits, arrived, now)}
    standings = []
    for visit in visits:
        at, station = arrived.get(visit.pk), stations.get(visit.pk, Station())
        column = COLUMN_OF[Status(visit.status)]
        if column == ARRIVED and station.since:
            column = TRIAGE
        waits = at is not None and visit.status == Status.CHECKED_IN
        standings.append(
            Standing(
                visit=visit,
                column=column,
                arrived_at=at,
                waited=now - at if waits and at else None,
                turn=turns.get(visit.pk),
                called=calls.get(visit.pk),
                station=station,
            )
        )
    standings.sort(key=_order)
    return Board(standings, rules.behind(list(turns.values()), now))


def _order(one: Standing) -> tuple[float, float, float, str]:
    """Who waits in the order of turns, who is done the newest first, everybody else by the time of the visit."""
    pk = str(one.visit.pk)
    if one.turn:
        rank, counts_from, arrived_at, _ = one.turn.waiting.turn
        return rank, counts_from.timestamp(), arrived_at.timestamp(), pk
    at = -one.visit.status_at.timestamp() if one.column == DONE else one.visit.period.lower.timestamp()
    return len(rules.RANK), at, 0, pk


def _turns(visits: Sequence[Appointment], arrived: Mapping[UUID, datetime], now: datetime) -> list[rules.Turn]:
    busy: dict[UUID | None, timedelta] = {}
    waiting = []
    for visit in visits:
        takes = visit.period.upper - visit.period.lower
        if visit.status == Status.IN_PROGRESS:
            left = rules.still_busy(visit.status_at, takes, now)
            busy[visit.doctor_id] = max(left, busy.get(visit.doctor_id, timedelta()))
        elif visit.status == Status.CHECKED_IN:
            at = arrived.get(visit.pk, visit.status_at)
            waiting.append(
                rules.Waiting(visit.pk, visit.doctor_id, Priority(visit.priority), visit.period.lower, takes, at)
            )
    return rules.turns(waiting, busy_for=busy)


def _arrivals(ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When each was checked in, from the log: a start that was undone does not begin the wait anew."""
    moves = audit.AuditEvent.objects.filter(subject_id__in=ids, kind=audit.Kind.MOVE, move="check_in")
    rows = moves.filter(subject_table="scheduling_appointment").order_by("id").values_list("subject_id", "at")
    return {subject_id: at for subject_id, at in rows if subject_id}


def _calls(ids: Sequence[UUID]) -> dict[UUID, Call]:
    """The last call of each, with the room it was to."""
    calls = Call.objects.filter(appointment_id__in=ids).select_related("room").order_by("called_at", "id")
    return {call.appointment_id: call for call in calls}
