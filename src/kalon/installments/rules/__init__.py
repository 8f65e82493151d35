"""What a payment plan is in numbers and days: nothing here reads a row."""

from kalon.installments.rules.schedule import (
    LONGEST_WAIT,
    MOST_PARTS,
    NoSchedule,
    Part,
    date_of,
    instalments,
    kept_clear,
    least_down,
    schedule,
)
from kalon.installments.rules.terms import DEFAULTS, LATEST_DAY, MOST_STEPS, TermsDetails, trouble_with

__all__ = [
    "DEFAULTS",
    "LATEST_DAY",
    "LONGEST_WAIT",
    "MOST_PARTS",
    "MOST_STEPS",
    "NoSchedule",
    "Part",
    "TermsDetails",
    "date_of",
    "instalments",
    "kept_clear",
    "least_down",
    "schedule",
    "trouble_with",
]
