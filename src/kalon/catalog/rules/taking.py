"""Whom and what a procedure takes, beside what its visits are booked with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kalon.catalog.rules import Requirements


@dataclass(frozen=True, slots=True)
class Taken:
    """So many of a kind of staff, with the kind's word."""

    kind: str
    word: str
    number: int

    def __str__(self) -> str:
        return f"{self.number} {self.word.lower()}{'s' if self.number > 1 else ''}"


@dataclass(frozen=True, slots=True)
class Team:
    """Whom something takes besides the one who does it; empty where nobody is asked for."""

    lines: tuple[Taken, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.lines)

    def __str__(self) -> str:
        *before, last = [str(one) for one in self.lines] or [""]
        return f"{', '.join(before)} and {last}" if before else last

    def without(self, kinds: Iterable[str]) -> "Team":
        """Who is still to be found when these kinds of staff come."""
        coming = list(kinds)
        short = (replace(one, number=one.number - coming.count(one.kind)) for one in self.lines)
        return Team(tuple(one for one in short if one.number > 0))


def together(lines: Iterable[Taken]) -> Team:
    """Whom several procedures of one operation take: of each kind as many as the one that takes most."""
    found: dict[str, Taken] = {}
    for line in lines:
        if line.kind not in found or found[line.kind].number < line.number:
            found[line.kind] = line
    return Team(tuple(found[kind] for kind in sorted(found)))


def booked_otherwise(
    *, minutes: int, room: str | None, team: Team, visit: Requirements, rooms: Mapping[str, str]
) -> list[str]:
    """Where the visits of what is sold for a treatment are booked with less than the treatment takes."""
    said = []
    if visit.minutes < minutes:
        said.append(f"A visit is {visit.minutes} minutes long; it takes {minutes}.")
    if room and visit.room_kind != room:
        booked = rooms[visit.room_kind].lower() if visit.room_kind else "any room or none"
        said.append(f"A visit is booked in: {booked}. It is done in: {rooms[room].lower()}.")
    if short := team.without(kind for kind, count in visit.staff for _ in range(count)):
        said.append(f"Nobody is booked with a visit as: {short}.")
    return said
