"""What a clinic offers whoever wants to pay in parts, and how it reminds them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from kalon.installments.lifecycles import Frequency
from kalon.installments.rules.schedule import MOST_PARTS

MOST_STEPS = 5
LATEST_DAY = 365


@dataclass(frozen=True, slots=True)
class TermsDetails:
    """`remind_days` before a part is due and `chase_days` after it the patient is written to; `default_days` after the
    oldest unpaid part was due the agreement counts as broken (never by itself, where it is None)."""

    frequencies: tuple[str, ...]
    most_parts: int
    least_down_percent: Decimal
    remind_days: tuple[int, ...]
    chase_days: tuple[int, ...]
    default_days: int | None


DEFAULTS = TermsDetails(
    frequencies=(Frequency.MONTHLY, Frequency.BIWEEKLY, Frequency.WEEKLY),
    most_parts=12,
    least_down_percent=Decimal("20.00"),
    remind_days=(3,),
    chase_days=(1, 7, 14),
    default_days=None,
)


def trouble_with(terms: TermsDetails) -> Mapping[str, str]:
    """What cannot be kept of these terms: for each field, what to do."""
    trouble: dict[str, str] = {}
    if not terms.frequencies or set(terms.frequencies) - set(Frequency.values):
        trouble["frequencies"] = "Choose at least one: weekly, every two weeks, monthly."
    if not 1 <= terms.most_parts <= MOST_PARTS:
        trouble["most_parts"] = f"Write a number from 1 to {MOST_PARTS}."
    if not (terms.least_down_percent.is_finite() and 0 <= terms.least_down_percent < 100):
        trouble["least_down_percent"] = "Write a percentage from 0 to 99."
    for field, days in (("remind_days", terms.remind_days), ("chase_days", terms.chase_days)):
        if len(days) > MOST_STEPS or any(not 1 <= day <= LATEST_DAY for day in days) or len(set(days)) != len(days):
            trouble[field] = f"Write up to {MOST_STEPS} different numbers of days, from 1 to {LATEST_DAY}."
    if terms.default_days is not None and not 1 <= terms.default_days <= LATEST_DAY:
        trouble["default_days"] = f"Write a number of days from 1 to {LATEST_DAY}, or leave it empty."
    return trouble
