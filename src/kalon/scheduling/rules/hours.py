"""The arithmetic of a day: hours, breaks, what is taken, and what is left. No database here.

Instants are aware datetimes; a wall clock is a naive one, read in the branch's zone. Slots step in real
minutes, so a day on which the clocks change has an hour less or more of them, as the people have.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
DAY_MINUTES = 24 * 60
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)  # outside, calendars and time zones stop making sense


class SlotState(StrEnum):
    """Whether a slot can be booked, and if not, why."""

    FREE = "free"
    TAKEN = "taken"
    HELD = "held"
    PAST = "past"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open stretch of time: from `start` up to, not including, `end`."""

    start: datetime
    end: datetime

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end

    def holds(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Hours:
    """One stretch of a person's working day at a branch, as instants."""

    span: Span
    slot_minutes: int
    capacity: int
    breaks: tuple[Span, ...] = ()

    def offers(self, span: Span) -> bool:
        """Whether a visit of this span lies within the hours and outside the breaks."""
        return self.span.holds(span) and not any(pause.overlaps(span) for pause in self.breaks)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleHours:
    """A line of a weekly schedule on the branch's wall clock, not yet on any day.

    It belongs to the day it begins on; an end that does not come after the beginning is on the next day.
    """

    weekday: int
    starts_at: time
    ends_at: time
    slot_minutes: int = 30
    capacity: int = 1
    breaks: tuple[tuple[time, time], ...] = ()
    valid_from: date
    valid_to: date | None = None

    def is_valid(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    @property
    def crosses_midnight(self) -> bool:
        """Whether these hours end on the next day: 20:00 to 02:00, or to midnight."""
        return self.ends_at <= self.starts_at

    @property
    def minutes(self) -> int:
        """How long they last on an ordinary day."""
        return self._after_start(self.ends_at) or DAY_MINUTES

    def on(self, day: date, zone: ZoneInfo) -> Hours:
        """These hours begun on one day, as instants; what the clocks skip on that day is not there."""
        pauses = tuple(self._stretch(day, start, end, zone) for start, end in self.breaks)
        whole = self._stretch(day, self.starts_at, self.ends_at, zone)
        return Hours(whole, self.slot_minutes, self.capacity, tuple(p for p in pauses if p.start < p.end))

    def holds_break(self, start: time, end: time) -> bool:
        """Whether a pause lies within the hours and ends after it begins."""
        return self._after_start(start) < (self._after_start(end) or DAY_MINUTES) <= self.minutes

    def _after_start(self, clock_time: time) -> int:
        """Minutes from the beginning of the hours until the clock shows this time."""
        return (_minute(clock_time) - _minute(self.starts_at)) % DAY_MINUTES

    def _stretch(self, day: date, start: time, end: time, zone: ZoneInfo) -> Span:
        first = day if start >= self.starts_at else day + DAY
        last = first if end > start else first + DAY
        begins, ends = instant(first, start, zone), instant(last, end, zone)
        return Span(begins, max(begins, ends))


@dataclass(frozen=True, slots=True)
class Taken:
    """A time somebody has: which of the places, and whether it is only held for some minutes."""

    span: Span
    place: int = 0
    is_hold: bool = False
    is_overbooked: bool = False


@dataclass(slots=True)
class Column:
    """What stands in one person's, room's or device's column, in order; asked thousands of times a page."""

    taken: list[Taken] = field(default_factory=list)
    _starts: list[datetime] = field(default_factory=list)
    _longest: timedelta = timedelta(0)

    @classmethod
    def of(cls, taken: Iterable[Taken]) -> "Column":
        there = sorted(taken, key=lambda one: one.span)
        longest = max((one.span.end - one.span.start for one in there), default=timedelta(0))
        return cls(there, [one.span.start for one in there], longest)

    def within(self, span: Span) -> list[Taken]:
        """Everything that overlaps a span, in order."""
        if not self.taken:
            return []
        first = bisect_left(self._starts, span.start - self._longest)
        last = bisect_left(self._starts, span.end)
        return [one for one in self.taken[first:last] if one.span.end > span.start]

    def gap_before(self, start: datetime, limit: timedelta) -> timedelta:
        """How long the column is idle before an instant, up to a limit."""
        there = self.within(Span(start - limit, start))
        return min(limit, start - max(one.span.end for one in there)) if there else limit

    def gap_after(self, end: datetime, limit: timedelta) -> timedelta:
        """How long the column is idle after an instant, up to a limit."""
        there = self.within(Span(end, end + limit))
        return min(limit, max(min(one.span.start for one in there) - end, timedelta(0))) if there else limit


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A time that could be given to a patient; `start` and `end` carry the branch's zone.

    Without a doctor it is a time within the opening hours.
    """

    start: datetime
    end: datetime
    doctor_id: UUID | None
    branch_id: UUID
    state: SlotState


def whole_day(day: date, zone: ZoneInfo) -> Span:
    """From midnight to midnight on the branch's clock: 23, 24 or 25 hours."""
    return Span(instant(day, time(0), zone), instant(day + DAY, time(0), zone))


def instant(day: date, clock_time: time, zone: ZoneInfo) -> datetime:
    """The instant at which the branch's clock shows this time; one that is skipped counts from before the change."""
    return datetime.combine(day, clock_time, tzinfo=zone).astimezone(UTC)


def exists(wall: datetime, zone: ZoneInfo) -> bool:
    """Whether the branch's clock ever shows this time (in spring an hour is skipped)."""
    return wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall


def spans(open_hours: Hours, minutes: int | None) -> Iterator[Span]:
    """Every span on the grid that fits: consecutive base slots are joined for what takes longer than one."""
    step = timedelta(minutes=open_hours.slot_minutes)
    length = timedelta(minutes=minutes or open_hours.slot_minutes)
    start = open_hours.span.start
    while start + length <= open_hours.span.end:
        span = Span(start, start + length)
        if open_hours.offers(span):
            yield span
        start += step


def state(span: Span, taken: Sequence[Taken], *, capacity: int, now: datetime) -> SlotState:
    """Whether the span is free: it is while one of its places is."""
    if span.start < now:
        return SlotState.PAST
    if not taken:
        return SlotState.FREE
    there = [other for other in taken if not other.is_overbooked and other.span.overlaps(span)]
    if len({other.place for other in there}) < capacity:
        return SlotState.FREE
    return SlotState.HELD if any(other.is_hold for other in there) else SlotState.TAKEN


def refuses(span: Span, open_hours: Iterable[Hours], away: Iterable[Span]) -> str | None:
    """Why a visit cannot be booked into this span, whoever else is there; None when it can."""
    if any(gone.overlaps(span) for gone in away):
        return "away"
    if not any(stretch.offers(span) for stretch in open_hours):
        return "closed"
    return None


def on_grid(span: Span, open_hours: Iterable[Hours]) -> bool:
    """Whether the span begins where one of the offered slots begins."""
    return any(
        stretch.span.holds(span)
        and (span.start - stretch.span.start) % timedelta(minutes=stretch.slot_minutes) == timedelta(0)
        for stretch in open_hours
    )


def without(span: Span, away: Iterable[Span]) -> list[Span]:
    """What is left of a stretch when other times are taken out of it."""
    left = [span]
    for gone in away:
        left = [
            part
            for one in left
            for part in (
                [Span(one.start, min(one.end, gone.start)), Span(max(one.start, gone.end), one.end)]
                if one.overlaps(gone)
                else [one]
            )
            if part.start < part.end
        ]
    return left


def _minute(clock_time: time) -> int:
    return clock_time.hour * 60 + clock_time.minute
