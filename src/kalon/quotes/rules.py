"""Numbers, days and words of quotes; none of it touches a table."""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kalon.kernel.errors import Invalid
from kalon.kernel.money import ZERO, exact

MOST = Decimal("99999999.99")
MOST_OPTIONS, MOST_LINES = 3, 60
LONGEST_TITLE, LONGEST_WORDS, LONGEST_REASON = 120, 4000, 500

# Why a plan cannot be booked yet, by what `quotes_missing` answers, in words that say what to do.
MISSING = {
    "quote": "The patient has not accepted a quote for this plan. Send one, and book when it is accepted.",
    "lapsed": "The price that was accepted is held no longer. Send a new version of the quote.",
    "deposit": "The deposit for this plan is not paid in full. Take it first, then book.",
}


@dataclass(frozen=True, slots=True)
class Deposit:
    """What was asked as a deposit and what is held for it."""

    due: Decimal
    held: Decimal

    @property
    def is_met(self) -> bool:
        return self.held >= self.due

    @property
    def left(self) -> Decimal:
        return max(self.due - self.held, ZERO)


def number(branch_code: str, year: int, serial: int) -> str:
    """A quote's number, counted for each branch and calendar year, as in Q-KOC-2026-0042."""
    return f"Q-{branch_code}-{year}-{serial:04d}"


def fingerprint(content: Any) -> str:
    """SHA-256 of plain data in one spelling: keys in order, UTF-8, nothing between."""
    spelt = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(spelt.encode()).hexdigest()


def amount(value: Decimal | None, *, field: str) -> Decimal:
    """A price as money: not negative, no fraction of a paisa, not absurd."""
    if value is None or not value.is_finite():
        raise Invalid("Write the price.", field=field)
    if value < 0 or value > MOST or exact(value) != value:
        raise Invalid("Write an amount with at most two places after the point.", field=field)
    return exact(value)


def quantity(value: Decimal) -> Decimal:
    if not value.is_finite() or value <= 0 or value > 100_000 or value != value.quantize(Decimal("0.001")):
        raise Invalid("Write a quantity above zero, with at most three places after the point.", field="quantity")
    return value


def words(text: str, *, field: str, most: int) -> str:
    """Text without blanks at its ends, refused when it is too long."""
    said = text.strip()
    if len(said) > most:
        raise Invalid(f"This is too long; keep it under {most:,} characters.", field=field)
    return said


def needed(text: str, *, field: str, most: int, otherwise: str) -> str:
    """Text that must be there."""
    said = words(text, field=field, most=most)
    if not said:
        raise Invalid(otherwise, field=field)
    return said
