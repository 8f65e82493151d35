"""A week as a picture: seven columns, hours as blocks, breaks hatched; as SVG, which needs no styles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kalon.scheduling.models.schedules import Weekday
from kalon.scheduling.rules import ScheduleHours

GUTTER, COLUMN, HOUR, HEAD, GAP = 44, 104, 26, 30, 4
FIRST, LAST = 8, 18  # an empty week still shows a working day
DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle with words in it."""

    x: int
    y: float
    width: int
    height: float
    label: str = ""
    note: str = ""

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything the template draws, in units of the picture."""

    width: int
    height: float
    days: list[tuple[int, str]]
    lines: list[tuple[float, str]]
    hours: list[Block]
    breaks: list[Block]

    @property
    def is_empty(self) -> bool:
        return not self.hours


def picture(week: Sequence[ScheduleHours]) -> Picture:
    """The week of one person at one branch."""
    stretches = [part for line in week for part in _parts(line)]
    first = min([FIRST * 60, *(start for _, start, _, _ in stretches)]) // 60
    last = -(-max([LAST * 60, *(end for _, _, end, _ in stretches)]) // 60)

    def block(day: int, start: int, end: int, label: str = "", note: str = "") -> Block:
        y = HEAD + (start - first * 60) * HOUR / 60
        height = (end - start) * HOUR / 60
        return Block(GUTTER + day * COLUMN + GAP, y, COLUMN - 2 * GAP, height, label, note)

    return Picture(
        width=GUTTER + 7 * COLUMN,
        height=HEAD + (last - first) * HOUR + 10,
        days=[(GUTTER + day * COLUMN + COLUMN // 2, Weekday(day).label[:3]) for day in range(7)],
        lines=[(HEAD + (hour - first) * HOUR, f"{hour % 24:02d}:00") for hour in range(first, last + 1)],
        hours=[block(day, start, end, _label(line), _note(line)) for day, start, end, line in stretches],
        breaks=[block(*part) for line in week for part in _pauses(line)],
    )


def _parts(line: ScheduleHours) -> Iterable[tuple[int, int, int, ScheduleHours]]:
    """A stretch as (day, from, to) in minutes of the day; a night is drawn in two columns."""
    start = line.starts_at.hour * 60 + line.starts_at.minute
    return [(day, a, b, line) for day, a, b in _columns(line.weekday, start, start + line.minutes)]


def _pauses(line: ScheduleHours) -> list[tuple[int, int, int]]:
    start = line.starts_at.hour * 60 + line.starts_at.minute
    found = []
    for begins, ends in line.breaks:
        a = start + (begins.hour * 60 + begins.minute - start) % DAY_MINUTES
        b = a + (ends.hour * 60 + ends.minute - a) % DAY_MINUTES
        found += _columns(line.weekday, a, b)
    return found


def _columns(day: int, start: int, end: int) -> list[tuple[int, int, int]]:
    cuts = [start, *(cut for cut in (DAY_MINUTES,) if start < cut < end), end]
    return [
        ((day + a // DAY_MINUTES) % 7, a % DAY_MINUTES, b - a + a % DAY_MINUTES) for a, b in pairwise(cuts) if a < b
    ]


def _label(line: ScheduleHours) -> str:
    return f"{line.starts_at:%H:%M}–{line.ends_at:%H:%M}"


def _note(line: ScheduleHours) -> str:
    return f"{line.slot_minutes} min{f' × {line.capacity}' if line.capacity > 1 else ''}"
