"""What a visit takes besides its doctor, and whether a branch can give it: a room, people, devices."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from kalon.scheduling.rules.hours import Span

ANY_ROOM: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What one visit asks for: minutes, a doctor or not, a kind of room, people and devices by kind and count.

    Room, people and devices are taken from `preparation_minutes` before until `cleaning_minutes` after.
    """

    minutes: int
    needs_doctor: bool = True
    room_kind: str | None = None
    room_features: frozenset[str] = ANY_ROOM
    staff: tuple[tuple[str, int], ...] = ()
    equipment: tuple[tuple[str, int], ...] = ()
    preparation_minutes: int = 0
    cleaning_minutes: int = 0
    special_needs: tuple[str, ...] = ()
    note: str = ""

    def around(self, span: Span, buffer_minutes: int = 0) -> Span:
        """The visit with its preparation, and its cleaning or the resource's own buffer, whichever is longer."""
        before = timedelta(minutes=self.preparation_minutes)
        after = timedelta(minutes=max(self.cleaning_minutes, buffer_minutes))
        return Span(span.start - before, span.end + after)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A room, a person or a device that could serve."""

    id: UUID
    name: str
    capacity: int = 1
    buffer_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Need:
    """So many of one kind, and who or what could be it; `noun` says the kind in words: "laser room", "nurse"."""

    noun: str
    count: int
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Supply:
    """What a branch has for a demand."""

    demand: Demand
    room: Need | None = None
    staff: tuple[Need, ...] = ()
    equipment: tuple[Need, ...] = ()

    @property
    def needs(self) -> tuple[Need, ...]:
        return (*((self.room,) if self.room else ()), *self.staff, *self.equipment)

    @property
    def names(self) -> dict[UUID, str]:
        """Everything that could be taken, by name."""
        return {one.id: one.name for need in self.needs for one in need.candidates}

    @property
    def things(self) -> list[UUID]:
        """The rooms and devices among them."""
        needs = (*((self.room,) if self.room else ()), *self.equipment)
        return [one.id for need in needs for one in need.candidates]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody has picked by hand; the rest is found."""

    room_id: UUID | None = None
    team: tuple[UUID, ...] = ()
    equipment: tuple[UUID, ...] = ()


NOTHING_CHOSEN = Chosen()


@dataclass(frozen=True, slots=True)
class Place:
    """What a visit is given: room, team, devices, and whether its doctor is booked twice for it."""

    room_id: UUID | None = None
    team: tuple[UUID, ...] = ()
    equipment: tuple[UUID, ...] = ()
    is_overbooked: bool = False


@dataclass(frozen=True, slots=True)
class Lack:
    """What stands in the way: too few of one kind are free."""

    noun: str
    count: int
    candidates: tuple[Candidate, ...] = field(default=())

    @property
    def sentence(self) -> str:
        if not self.candidates:
            return f"There is no {self.noun} here"
        if self.count > 1:
            return f"Fewer than {self.count} {self.noun}s are free then"
        return f"No {self.noun} is free then"


# Whether one is there for the first span (the visit), and not taken for the second (with all that goes around it).
IsFree = Callable[[Candidate, Span, Span], bool]


def fit(
    span: Span, supply: Supply, is_free: IsFree, *, chosen: Chosen = NOTHING_CHOSEN, but: Sequence[Any] = ()
) -> Place | Lack:
    """Room, team and devices for a span, or what is lacking. `but` are people who are busy with it already."""
    around = supply.demand.around
    taken: set[Any] = set(but)

    def pick(need: Need, wanted: Iterable[UUID]) -> list[UUID] | None:
        first = [one for one in need.candidates if one.id in wanted]
        rest = [one for one in need.candidates if one.id not in wanted] if len(first) < need.count else []
        got: list[UUID] = []
        for one in (*first, *rest):
            if len(got) == need.count:
                break
            if one.id not in taken and is_free(one, span, around(span, one.buffer_minutes)):
                got.append(one.id)
            elif one in first:
                return None  # it was asked for by name
        return got if len(got) == need.count else None

    room: list[UUID] | None = []
    if supply.room:
        room = pick(supply.room, {chosen.room_id} if chosen.room_id else set())
        if room is None:
            return _lack(supply.room)
    picked: dict[str, list[UUID]] = {"team": [], "equipment": []}
    for word, needs, wanted in (("team", supply.staff, chosen.team), ("equipment", supply.equipment, chosen.equipment)):
        for need in needs:
            got = pick(need, set(wanted))
            if got is None:
                return _lack(need)
            taken.update(got)
            picked[word] += got
    return Place(room[0] if room else None, tuple(picked["team"]), tuple(picked["equipment"]))


def _lack(need: Need) -> Lack:
    return Lack(need.noun, need.count, need.candidates)
