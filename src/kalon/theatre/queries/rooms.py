"""The theatres of a branch over some days: what is kept, by whom, what is blocked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.scheduling import queries as scheduling
from kalon.scheduling.lifecycles import RELEASED
from kalon.theatre.models import Case, Reservation
from kalon.theatre.queries.cases import cases, reservations


@dataclass(frozen=True, slots=True)
class Entry:
    """One stretch of a theatre: a surgery, another visit in it, or a block (without a visit)."""

    start: datetime
    end: datetime
    word: str
    visit: Any = None
    reservation: Reservation | None = None
    case: Case | None = None
    team: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A theatre on one day, its stretches by time."""

    room: Any
    day: date
    entries: list[Entry]


def theatres(*, branch_id: UUID, seen_by: Actor) -> list[Any]:
    """The operating theatres of a branch that are in use."""
    return list(people.rooms(seen_by=seen_by, branch_id=branch_id, kind="THEATRE"))


def columns(branch: Any, first: date, last: date, *, seen_by: Actor) -> list[Column]:
    """Every theatre on every day between two; the same number of statements for any number of surgeries."""
    rooms = theatres(branch_id=branch.pk, seen_by=seen_by)
    book = scheduling.calendar(branch, first, last, seen_by=seen_by)
    kinds = {room.pk for room in rooms}
    visits = [one for one in book.visits if one.room_id in kinds and one.status not in RELEASED]
    kept = {one.appointment_id: one for one in reservations(seen_by=seen_by).filter(appointment__in=visits)}
    held = cases(seen_by=seen_by).filter(reservation__in=[one.pk for one in kept.values()])
    by_reservation = {one.reservation_id: one for one in held.exclude(status__in=("CANCELLED", "POSTPONED"))}
    named = _names(visits, branch, seen_by)
    found: dict[tuple[UUID, date], list[Entry]] = {(room.pk, day): [] for day in book.days for room in rooms}
    for visit in visits:
        reservation = kept.get(visit.pk)
        entry = Entry(
            visit.local_start, visit.local_end, visit.get_kind_display(), visit, reservation,
            by_reservation.get(reservation.pk) if reservation else None,
            tuple(named[pk] for pk in visit.team if pk in named),
            tuple(named[pk] for pk in visit.equipment if pk in named),
        )  # fmt: skip
        if visit.room_id is not None and (visit.room_id, entry.start.date()) in found:
            found[visit.room_id, entry.start.date()].append(entry)
    for pause in book.pauses:
        for room, day in found:
            if pause.resource_id == room and pause.span.overlaps(book.frame_of(day)):
                start, end = (at.astimezone(book.zone) for at in (pause.span.start, pause.span.end))
                found[room, day].append(Entry(start, end, pause.reason or pause.kind.capitalize()))
    by_pk = {room.pk: room for room in rooms}
    return [Column(by_pk[room], day, sorted(rows, key=lambda one: one.start)) for (room, day), rows in found.items()]


def _names(visits: Iterable[Any], branch: Any, seen_by: Actor) -> dict[UUID, str]:
    wanted = {pk for visit in visits for pk in (*visit.team, *visit.equipment)}
    if not wanted:
        return {}
    staff = people.staff_list(seen_by=seen_by).filter(pk__in=wanted).values_list("pk", "name")
    devices = people.equipment_of(branch_id=branch.pk, seen_by=seen_by).filter(pk__in=wanted)
    return {**dict(staff), **{one.pk: one.name for one in devices}}
