"""New hours over old ones: which lines of a week end, which begin, and where nothing is left. No database here."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Generic, TypeVar

from kalon.scheduling.rules.hours import DAY, ScheduleHours

K = TypeVar("K", bound=Hashable)
WEEK = timedelta(days=7)
SECONDS_OF_WEEK = 7 * 24 * 3600


@dataclass(slots=True)
class Painted(Generic[K]):
    """What happens to the lines of a week when new hours are laid over them.

    `ended`: lines that go on until a day; `later`: lines that begin on a later day than they did; `gone`: lines
    of which nothing is left; `added`: lines that are new, among them what is left after new hours that end.
    """

    ended: dict[K, date] = field(default_factory=dict)
    later: dict[K, date] = field(default_factory=dict)
    gone: set[K] = field(default_factory=set)
    added: list[ScheduleHours] = field(default_factory=list)

    @property
    def is_nothing(self) -> bool:
        return not (self.ended or self.later or self.gone or self.added)


def painted(
    lines: Sequence[tuple[K, ScheduleHours]],
    new: Iterable[ScheduleHours],
    weekdays: Iterable[int],
    first: date,
    last: date | None = None,
) -> Painted[K]:
    """Lay new hours over some weekdays from a day on, for ever or until `last`; then the old hours come back.

    Hours that stay as they are keep their line, so that the history stays calm.
    """
    days = set(weekdays)
    wished = [replace(hours, valid_from=first, valid_to=last) for hours in new]
    change: Painted[K] = Painted()
    for key, old in lines:
        if old.weekday not in days or not _meets(old, first, last):
            continue
        same = next((hours for hours in wished if _alike(hours, old)), None)
        if same is not None and _covers(old, first, last):
            wished.remove(same)
            continue
        goes_on = last is not None and (old.valid_to is None or old.valid_to > last)
        if old.valid_from < first:
            change.ended[key] = first - DAY
            if goes_on and last is not None:
                change.added.append(replace(old, valid_from=last + DAY))
        elif goes_on and last is not None:
            change.later[key] = last + DAY
        else:
            change.gone.add(key)
    change.added += wished
    return change


def gaps(lines: Iterable[ScheduleHours], today: date) -> list[tuple[int, date, date]]:
    """Weekdays whose hours end and begin again later with whole weeks between: (weekday, first, last day without)."""
    found = []
    by_day: dict[int, list[ScheduleHours]] = {}
    for line in lines:
        by_day.setdefault(line.weekday, []).append(line)
    for weekday, of_day in sorted(by_day.items()):
        until: date | None = None
        for line in sorted(of_day, key=lambda one: one.valid_from):
            if until is not None and line.valid_from > until + DAY:
                missing = _first_on(weekday, max(until + DAY, today))
                if missing < line.valid_from:
                    found.append((weekday, missing, line.valid_from - DAY))
            if line.valid_to is None:
                break
            until = max(until or line.valid_to, line.valid_to)
    return found


def week_seconds(hours: ScheduleHours) -> list[tuple[int, int]]:
    """The seconds of the week that hours take on the clock, as the database compares them; Sunday night wraps."""
    start = ((hours.weekday * 24 + hours.starts_at.hour) * 60 + hours.starts_at.minute) * 60
    end = start + hours.minutes * 60
    if end <= SECONDS_OF_WEEK:
        return [(start, end)]
    return [(start, SECONDS_OF_WEEK), (0, end - SECONDS_OF_WEEK)]


def _meets(line: ScheduleHours, first: date, last: date | None) -> bool:
    return (line.valid_to is None or line.valid_to >= first) and (last is None or line.valid_from <= last)


def _covers(line: ScheduleHours, first: date, last: date | None) -> bool:
    ends_later = line.valid_to is None or (last is not None and line.valid_to >= last)
    return line.valid_from <= first and ends_later


def _alike(one: ScheduleHours, other: ScheduleHours) -> bool:
    return replace(one, valid_from=other.valid_from, valid_to=other.valid_to, breaks=()) == replace(
        other, breaks=()
    ) and sorted(one.breaks) == sorted(other.breaks)


def _first_on(weekday: int, day: date) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)
