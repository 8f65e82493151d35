"""The theatres of a branch over some days: what is kept, by whom, what is blocked."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.scheduling import queries as scheduling
from kalon.scheduling.lifecycles import RELEASED
from kalon.theatre.models import Case, Reservation
from kalon.theatre.queries.blocks import Hours, hours_of
from kalon.theatre.queries.cases import cases, reservations

A_RETURN = timedelta(hours=1)  # as long as one is drawn that was not timed yet


@dataclass(frozen=True, slots=True)
class Entry:
    """One stretch of a theatre: a surgery, a return, another visit in it, or a block (without a visit).

    `before` and `after` are the minutes in which the theatre is prepared and cleaned for it.
    """

    start: datetime
    end: datetime
    word: str
    visit: Any = None
    reservation: Reservation | None = None
    case: Case | None = None
    team: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    before: int = 0
    after: int = 0

    @property
    def patient(self) -> Any:
        """Who lies in the theatre; nobody where it is blocked."""
        return self.visit.patient if self.visit else self.case.patient if self.case else None

    @property
    def surgeon(self) -> str:
        """Who operates."""
        doctor = self.case.surgeon if self.case else self.visit.doctor if self.visit else None
        return str(doctor.name) if doctor else ""


@dataclass(frozen=True, slots=True)
class Duty:
    """A surgeon's hours at the branch on one day; `away` where somebody wrote that they are not there."""

    name: str
    start: datetime
    end: datetime
    away: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A theatre on one day, its stretches by time, which surgeons are in the house, and whose hours it keeps."""

    room: Any
    day: date
    entries: list[Entry]
    surgeons: tuple[Duty, ...] = ()
    hours: tuple[Hours, ...] = ()

    @property
    def surgeries(self) -> int:
        return sum(one.reservation is not None or one.case is not None for one in self.entries)


def theatres(*, branch_id: UUID, seen_by: Actor) -> list[Any]:
    """The operating theatres of a branch that are in use."""
    return list(people.rooms(seen_by=seen_by, branch_id=branch_id, kind="THEATRE"))


def columns(branch: Any, first: date, last: date, *, seen_by: Actor) -> list[Column]:
    """Every theatre on every day between two; the same number of statements for any number of surgeries."""
    rooms = {room.pk: room for room in theatres(branch_id=branch.pk, seen_by=seen_by)}
    book = scheduling.calendar(branch, first, last, seen_by=seen_by)
    found: dict[tuple[UUID, date], list[Entry]] = {(room, day): [] for day in book.days for room in rooms}
    for entry in (*_surgeries(book, rooms, seen_by), *_returns(book, seen_by)):
        room = entry.visit.room_id if entry.visit else entry.case.room_id  # type: ignore[union-attr]
        if (room, entry.start.date()) in found:
            found[room, entry.start.date()].append(entry)
    for pause in book.pauses:
        for room, day in found:
            if pause.resource_id in (room, None) and pause.span.overlaps(book.frame_of(day)):
                start, end = (at.astimezone(book.zone) for at in (pause.span.start, pause.span.end))
                found[room, day].append(Entry(start, end, pause.reason or pause.kind.capitalize()))
    kept = hours_of(branch, first, last, seen_by=seen_by)
    on_duty = {day: tuple(_surgeons(book, day)) for day in book.days}
    return [
        Column(
            rooms[room],
            day,
            sorted(rows, key=lambda one: one.start),
            on_duty[day],
            tuple(one for one in kept if (one.block.room_id, one.day) == (room, day)),
        )
        for (room, day), rows in found.items()
    ]


def _surgeries(book: Any, rooms: dict[UUID, Any], seen_by: Actor) -> Iterator[Entry]:
    visits = [one for one in book.visits if one.room_id in rooms and one.status not in RELEASED]
    kept = {one.appointment_id: one for one in reservations(seen_by=seen_by).filter(appointment__in=visits)}
    held = cases(seen_by=seen_by).filter(reservation__in=[one.pk for one in kept.values()])
    by_reservation = {one.reservation_id: one for one in held.exclude(status__in=("CANCELLED", "POSTPONED"))}
    named = _names(visits, book.branch, seen_by)
    for visit in visits:
        reservation = kept.get(visit.pk)
        yield Entry(
            visit.local_start, visit.local_end, visit.get_kind_display(), visit, reservation,
            by_reservation.get(reservation.pk) if reservation else None,
            tuple(named[pk] for pk in visit.team if pk in named),
            tuple(named[pk] for pk in visit.equipment if pk in named),
            visit.preparation_minutes, max(visit.cleaning_minutes, rooms[visit.room_id].buffer_minutes),
        )  # fmt: skip


def _returns(book: Any, seen_by: Actor) -> Iterator[Entry]:
    """Returns to theatre keep no time beforehand: they stand where they were opened or began, until they are over."""
    rows = cases(seen_by=seen_by).filter(
        branch_id=book.branch.pk, reservation=None, surgery_date__range=(book.first, book.last)
    )
    for case in rows.exclude(status__in=("CANCELLED", "POSTPONED")):
        start = case.in_at or case.created_at
        end = case.out_at or max(start + A_RETURN, clock.now() if case.in_at else start)
        yield Entry(start.astimezone(book.zone), end.astimezone(book.zone), "Return to theatre", case=case)


def _surgeons(book: Any, day: date) -> Iterator[Duty]:
    """The hours of each surgeon on a day, and where they are away in them."""
    frame = book.frame_of(day)
    for who in sorted((one for one in book.staff.values() if one.kind == "SURGEON"), key=lambda one: str(one.name)):
        for span in book.hours.get(who.pk, ()):
            if span.overlaps(frame):
                away = (
                    pause.reason or pause.kind.capitalize()
                    for pause in book.pauses
                    if pause.resource_id == who.pk and pause.id is not None and pause.span.overlaps(span)
                )
                start, end = span.start.astimezone(book.zone), span.end.astimezone(book.zone)
                yield Duty(str(who.name), start, end, next(away, ""))


def _names(visits: Iterable[Any], branch: Any, seen_by: Actor) -> dict[UUID, str]:
    wanted = {pk for visit in visits for pk in (*visit.team, *visit.equipment)}
    if not wanted:
        return {}
    staff = people.staff_list(seen_by=seen_by).filter(pk__in=wanted).values_list("pk", "name")
    devices = people.equipment_of(branch_id=branch.pk, seen_by=seen_by).filter(pk__in=wanted)
    return {**dict(staff), **{one.pk: one.name for one in devices}}
