"""Small readings of what the patient asks for, and how a day of slots is laid out. No database here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

DAYS_SHOWN = 6
# A part of the day begins at this hour of the branch's clock.
PARTS = ((0, "Morning", "sun"), (12, "Afternoon", "sunset"), (17, "Evening", "moon"))
DOTS = 3
FREE, PAST = "free", "past"  # states of a slot

Slot = Any  # scheduling's: start, end, doctor_id, state


@dataclass(frozen=True, slots=True)
class Part:
    """Morning, afternoon or evening, with its times."""

    name: str
    icon: str
    slots: Sequence[Slot]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a doctor as the page offers it."""

    date: date
    slots: Sequence[Slot]

    @property
    def free(self) -> list[Slot]:
        return [slot for slot in self.slots if slot.state == FREE]

    @property
    def is_closed(self) -> bool:
        """The doctor has no hours that day, or they are over."""
        return not any(slot.state != PAST for slot in self.slots)

    @property
    def dots(self) -> list[bool]:
        """How free the day is, as three dots: at least one where anything is free."""
        if not self.free:
            return []
        filled = max(1, round(DOTS * len(self.free) / len(self.slots)))
        return [place < filled for place in range(DOTS)]

    @property
    def parts(self) -> list[Part]:
        return list(parts_of(self.slots))


@dataclass(frozen=True, slots=True)
class Week:
    """The days offered together, and where the neighbours begin."""

    days: Sequence[Day]

    @property
    def earlier(self) -> date:
        return self.days[0].date - timedelta(days=DAYS_SHOWN)

    @property
    def later(self) -> date:
        return self.days[0].date + timedelta(days=DAYS_SHOWN)


def parts_of(slots: Sequence[Slot]) -> Iterator[Part]:
    """The times of a day by its parts; what is past is left out, and so is a part without times."""
    coming = [slot for slot in slots if slot.state != PAST]
    ends = [*(hour for hour, _, _ in PARTS[1:]), 24]
    for (begins, name, icon), ends_at in zip(PARTS, ends, strict=True):
        if inside := [slot for slot in coming if begins <= slot.start.hour < ends_at]:
            yield Part(name, icon, inside)


def wished_day(text: str, today: date) -> date:
    """The day in the address, or today where it is none, or past, or further than a year away."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if today <= day <= today + timedelta(days=365) else today


def days_from(day: date, today: date) -> date:
    """The first of the days shown together with this one; they are counted from today."""
    return day - timedelta(days=(day - today).days % DAYS_SHOWN)
