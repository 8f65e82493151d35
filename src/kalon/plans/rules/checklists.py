"""Who may tick what of the lists of before and after, and what a tick counts for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

# The kinds of staff that do each kind of item; None: anybody of the staff (what the patient told them, too).
FITS: dict[str, tuple[str, ...] | None] = {
    "NURSE": ("NURSE", "TECHNICIAN", "THERAPIST", "DOCTOR", "SURGEON", "ANAESTHETIST"),
    "DOCTOR": ("DOCTOR", "SURGEON"),
    "ANAESTHETIST": ("ANAESTHETIST",),
    "DESK": None,
    "PATIENT": None,
}


def may_tick(who: str, staff_kind: str) -> bool:
    """Whether a kind of staff does what is for `who`."""
    kinds = FITS[who]
    return kinds is None or staff_kind in kinds


@dataclass(frozen=True, slots=True)
class Counts:
    """From when a tick counts: on the day of the procedure for what is of the day, since it began for what follows."""

    on_day: date | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """An item as it is shown: what was said of it last, and whether that counts now."""

    entry: Any
    last: Any
    is_done: bool

    @property
    def item(self) -> Any:
        return self.entry.item

    @property
    def is_open(self) -> bool:
        """Whether something waits for it."""
        return bool(self.item.is_required) and not self.is_done

    @property
    def is_stale(self) -> bool:
        """It was ticked, but not for this day."""
        return not self.is_done and self.last is not None and self.last.is_done


def row(entry: Any, counts: Counts, zone: str) -> Row:
    """How an item stands for one day."""
    last = entry.last
    done = last is not None and last.is_done
    if done and entry.item.moment == "DAY_OF" and counts.on_day is not None:
        done = last.said_on(zone) == counts.on_day
    if done and entry.item.moment == "AFTER" and counts.since is not None:
        done = last.said_at >= counts.since
    return Row(entry, last, done)


@dataclass(frozen=True, slots=True)
class Part:
    """The items of one moment."""

    moment: str
    label: str
    rows: tuple[Row, ...]

    @property
    def done(self) -> int:
        return sum(one.is_done for one in self.rows)

    @property
    def open(self) -> list[Row]:
        return [one for one in self.rows if one.is_open]


def parts(rows: Iterable[Row], moments: Iterable[tuple[str, str]]) -> list[Part]:
    """The items by moment, in the order of time; a moment without any is left out."""
    held = list(rows)
    made = [Part(key, label, tuple(one for one in held if one.item.moment == key)) for key, label in moments]
    return [part for part in made if part.rows]
