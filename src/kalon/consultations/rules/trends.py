"""Measurements over time, as the points of a small line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from kalon.consultations.rules.units import MEASURES, plain
from kalon.consultations.rules.vitals import bmi

WIDTH, HEIGHT, MARGIN = 120, 32, 4
DRAWN = ("systolic", "pulse", "oxygen", "temperature", "glucose", "weight")


@dataclass(frozen=True, slots=True)
class Trend:
    """One measure over the last visits, oldest first; `points` are for an SVG polyline of WIDTH by HEIGHT."""

    field: str
    name: str
    unit: str
    taken: tuple[tuple[datetime, str], ...]
    points: str
    last_x: str
    last_y: str

    @property
    def first(self) -> str:
        return self.taken[0][1]

    @property
    def last(self) -> str:
        return self.taken[-1][1]

    @property
    def sentence(self) -> str:
        """For those who do not see the line."""
        return f"{self.name}, {len(self.taken)} measurements: from {self.first} to {self.last} {self.unit}."


def trends(rows: Iterable[Any]) -> list[Trend]:
    """The measures that were taken at least twice; `rows` are sets of vitals, oldest first."""
    rows = list(rows)
    drawn = [_trend(field, rows) for field in DRAWN]
    return [one for one in drawn if one is not None]


def table(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """The same as lines of a table: when, and each measure in words."""
    return [
        {
            "taken_at": row.taken_at,
            "pressure": f"{row.systolic}/{row.diastolic}" if row.systolic else "",
            **{field: plain(getattr(row, field)) for field in MEASURES if field not in ("systolic", "diastolic")},
            "bmi": plain(bmi(row.weight, row.height)),
        }
        for row in rows
    ]


def _trend(field: str, rows: Sequence[Any]) -> Trend | None:
    taken = [row for row in rows if getattr(row, field) is not None]
    if len(taken) < 2:
        return None
    values = [Decimal(str(getattr(row, field))) for row in taken]
    shown = tuple(
        (row.taken_at, f"{row.systolic}/{row.diastolic}" if field == "systolic" else plain(getattr(row, field)))
        for row in taken
    )
    places = _places([row.taken_at for row in taken], values)
    name = "Blood pressure" if field == "systolic" else MEASURES[field].name
    last_x, last_y = places[-1].split(",")
    return Trend(field, name, MEASURES[field].unit, shown, " ".join(places), last_x, last_y)


def _places(at: Sequence[datetime], values: Sequence[Decimal]) -> list[str]:
    """Time from left to right; the smallest value at the bottom, a line that does not move in the middle."""
    low, high = min(values), max(values)
    spread, span = float(high - low) or 1.0, (at[-1] - at[0]).total_seconds() or 1.0
    flat = high == low
    across, up = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN
    return [
        f"{MARGIN + across * (when - at[0]).total_seconds() / span:.1f},"
        f"{HEIGHT / 2 if flat else MARGIN + up * (1 - float(value - low) / spread):.1f}"
        for when, value in zip(at, values, strict=True)
    ]
