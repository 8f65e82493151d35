"""When a patient is to be there and from when nothing may be eaten or drunk before an operation.

Solid food ends six hours before anaesthesia, clear fluids two: Practice Guidelines for Preoperative Fasting, American
Society of Anesthesiologists, 2017 and 2023. The clinic decides its own hours. Review before clinical use.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

FOOD_HOURS = 6
WATER_HOURS = 2
ARRIVE_MINUTES = 120
LONGEST_STOP = 60


@dataclass(frozen=True, slots=True)
class Times:
    """What the clock says to a patient before an operation; nothing of fasting where nobody is put to sleep."""

    starts_at: datetime
    arrive_at: datetime
    food_until: datetime | None
    water_until: datetime | None


def times_of(starts_at: datetime, *, arrive_minutes: int, food_hours: int, water_hours: int, fasts: bool) -> Times:
    """The instants before an operation that begins at `starts_at`."""
    return Times(
        starts_at,
        starts_at - timedelta(minutes=arrive_minutes),
        starts_at - timedelta(hours=food_hours) if fasts else None,
        starts_at - timedelta(hours=water_hours) if fasts else None,
    )


def last_taken(surgery: date, days_before: int) -> date:
    """The last day on which a medicine is taken that is stopped `days_before` the operation."""
    return surgery - timedelta(days=days_before)
