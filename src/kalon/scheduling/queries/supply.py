"""What a service takes, and what a branch has for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kalon.catalog import queries as catalog
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.people import queries as people
from kalon.scheduling.queries.diary import Diary, diary, with_things
from kalon.scheduling.rules import NOTHING_CHOSEN, Candidate, Chosen, Demand, Need, Span, Supply


def demand(service: Any = None, package: Any = None, *, minutes: int | None = None) -> Demand:
    """What a visit for a service or a package takes; without either, a doctor and the given minutes."""
    if service is None and package is None:
        return Demand(minutes=minutes or 0)
    wanted = catalog.needed_for(service or package)
    return Demand(
        minutes=minutes or wanted.minutes,
        needs_doctor=wanted.needs_doctor,
        room_kind=wanted.room_kind or None,
        room_features=frozenset(wanted.room_features),
        staff=wanted.staff,
        equipment=wanted.equipment,
        preparation_minutes=wanted.preparation_minutes,
        cleaning_minutes=wanted.cleaning_minutes,
        special_needs=tuple(wanted.special_needs),
        note=wanted.note,
    )


def supply(branch_id: UUID, wanted: Demand, book: Diary, *, seen_by: Actor, chosen: Chosen = NOTHING_CHOSEN) -> Supply:
    """Rooms that fit, devices of each kind, and who of each kind has hours in the diary's days.

    What was picked by hand is among them: a room of another kind is refused, somebody more is welcome.
    """
    return Supply(
        wanted,
        room=_room(branch_id, wanted, chosen, seen_by),
        staff=(*_staff(wanted, book), *_more_staff(wanted, book, chosen, seen_by)),
        equipment=_equipment(branch_id, wanted, chosen, seen_by),
    )


def _room(branch_id: UUID, wanted: Demand, chosen: Chosen, seen_by: Actor) -> Need | None:
    if not wanted.room_kind and not chosen.room_id:
        return None
    rooms = list(
        people.rooms(seen_by=seen_by, branch_id=branch_id, kind=wanted.room_kind, features=tuple(wanted.room_features))
    )
    fitting = tuple(Candidate(room.pk, room.name, room.capacity, room.buffer_minutes) for room in rooms)
    noun = "room"
    if wanted.room_kind:
        noun = rooms[0].get_kind_display().lower() if rooms else f"{_words(wanted.room_kind)} room"
    if wanted.room_features:
        noun = f"{noun} with {' and '.join(sorted(wanted.room_features))}"
    if chosen.room_id and chosen.room_id not in {one.id for one in fitting}:
        raise Invalid(f"This room is not a {noun} of this branch. Choose one that is.", field="room_id")
    if not wanted.room_kind:
        fitting = tuple(one for one in fitting if one.id == chosen.room_id)
    return Need(noun, 1, fitting)


def _staff(wanted: Demand, book: Diary) -> Iterable[Need]:
    for kind, count in wanted.staff:
        found = [Candidate(who, staff.name) for who, staff in book.people.items() if staff.kind == kind]
        yield Need(_words(kind), count, tuple(found))


def _more_staff(wanted: Demand, book: Diary, chosen: Chosen, seen_by: Actor) -> Iterable[Need]:
    """Whoever was named beyond what the service asks for."""
    asked = {kind for kind, _ in wanted.staff}
    for who in chosen.team:
        staff = book.people.get(who) or people.staff_member(who, seen_by=seen_by)
        if not staff.is_active:
            raise Invalid(f"{staff.name} no longer works here. Choose somebody else.", field="team")
        if staff.kind not in asked:
            yield Need(_words(staff.kind), 1, (Candidate(who, staff.name),))


def _equipment(branch_id: UUID, wanted: Demand, chosen: Chosen, seen_by: Actor) -> tuple[Need, ...]:
    if not wanted.equipment and not chosen.equipment:
        return ()
    here: dict[str, list[Candidate]] = {}
    kinds: dict[UUID, str] = {}
    for device in people.equipment_of(branch_id=branch_id, seen_by=seen_by):
        here.setdefault(device.kind, []).append(Candidate(device.pk, device.name, 1, device.buffer_minutes))
        kinds[device.pk] = device.kind
    if any(one not in kinds for one in chosen.equipment):
        raise Invalid("This device is not in this branch. Choose one that is.", field="equipment")
    needs = [Need(_words(kind), count, tuple(here.get(kind, ()))) for kind, count in wanted.equipment]
    asked = {kind for kind, _ in wanted.equipment}
    for one in chosen.equipment:
        if kinds[one] not in asked:
            more = tuple(candidate for candidate in here[kinds[one]] if candidate.id == one)
            needs.append(Need(_words(kinds[one]), 1, more))
    return tuple(needs)


def _words(kind: str) -> str:
    """A kind as it is said: LASER_ND_YAG is "laser nd yag", NURSE is "nurse"."""
    return kind.replace("_", " ").lower()


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether one room or person is free, and if not, what stands in the way (never whose visit it is).

    `is_taken`: somebody else has it then; otherwise who is not free is away or off duty.
    """

    id: UUID
    name: str
    kind: str
    is_available: bool
    conflict: str = ""
    is_taken: bool = False


def candidates_of(book: Diary, need: Need, span: Span, wanted: Demand) -> list[Availability]:
    """Everything and everybody that could serve one need of a visit: free for it, or what stands in the way."""
    return [_availability(book, one, need.noun, span, wanted) for one in need.candidates]


def doctors_of(book: Diary, span: Span) -> list[Availability]:
    """Every doctor with hours in the diary's days: free for a span, or away, off duty or taken."""
    alone = Demand(minutes=0)
    doctors = [Candidate(who, book.people[who].name) for who in book.doctors]
    return [_availability(book, one, "doctor", span, alone) for one in doctors]


def rooms_free(branch: Any, rooms: Sequence[Any], span: Span, wanted: Demand, *, seen_by: Actor) -> list[Availability]:
    """Each of some rooms: free for a span with its preparation and cleaning, or taken."""
    book, first, last = _days(branch, span, (), seen_by)
    with_things(book, [room.pk for room in rooms], first, last, seen_by=seen_by)
    return [
        _availability(book, Candidate(room.pk, room.name, room.capacity, room.buffer_minutes), room.kind, span, wanted)
        for room in rooms
    ]


def staff_free(branch: Any, kind: str, span: Span, wanted: Demand, *, seen_by: Actor) -> list[Availability]:
    """Everybody of a kind with hours at a branch: free for a span, or away, off duty or taken."""
    book, _first, _last = _days(branch, span, (kind,), seen_by)
    return [_availability(book, Candidate(who, staff.name), kind, span, wanted) for who, staff in book.people.items()]


def _days(branch: Any, span: Span, kinds: Sequence[str], seen_by: Actor) -> tuple[Diary, date, date]:
    zone = ZoneInfo(branch.timezone)
    first, last = span.start.astimezone(zone).date(), span.end.astimezone(zone).date()
    book = diary(branch.pk, first, last, seen_by=seen_by, staff_kinds=kinds or ("NOBODY",), zone=zone)
    return book, first, last


def _availability(book: Diary, one: Candidate, kind: str, span: Span, wanted: Demand) -> Availability:
    around = wanted.around(span, one.buffer_minutes)
    if book.is_free(one, span, around):
        return Availability(one.id, one.name, kind, is_available=True)
    taken = book.column(one.id).within(around)
    if taken:
        start, end = (at.astimezone(book.zone) for at in (taken[0].span.start, taken[0].span.end))
        words = f"{'held' if taken[0].is_hold else 'taken'} from {start:%H:%M} to {end:%H:%M}"
    else:
        words = "away" if any(gone.overlaps(span) for gone in book.away_spans(one.id)) else "no hours then"
    return Availability(one.id, one.name, kind, is_available=False, conflict=words, is_taken=bool(taken))
