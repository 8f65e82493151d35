"""Pure rules of the store: quantities, expiry, and who goes first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from kalon.kernel.errors import Invalid

SOON = timedelta(days=90)
PLACES = Decimal("0.001")
MOST = Decimal("99999999")

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Share:
    """So much of one shelf's quantity."""

    index: int
    quantity: Decimal


def quantity(asked: Decimal | int | str, *, step: Decimal, unit: str) -> Decimal:
    """A quantity that can be taken of an item: above zero and whole steps of what is counted; else refused."""
    try:
        amount = Decimal(asked)
    except (InvalidOperation, TypeError, ValueError):
        raise Invalid("Write how much as a number.", field="quantity") from None
    if not amount.is_finite() or amount <= 0 or amount > MOST:
        raise Invalid("Write a quantity above zero.", field="quantity")
    if amount % step:
        raise Invalid(f"This is counted in steps of {plain(step)} {unit}.", field="quantity")
    return amount


def plain(amount: Decimal) -> str:
    """A quantity as people write it: 2.5 and 100, not 2.500 and 1E+2."""
    return f"{amount.normalize():f}" if amount else "0"


def take(wanted: Decimal, shelves: Iterable[Decimal]) -> list[Share]:
    """From the shelves in their order until there is enough; an empty list when there is not."""
    shares, missing = [], wanted
    for index, held in enumerate(shelves):
        if missing <= 0:
            break
        part = min(held, missing)
        if part > 0:
            shares.append(Share(index, part))
            missing -= part
    return shares if missing <= 0 else []


def expiry_word(expires_on: date | None, today: date) -> str:
    """How an expiry stands today: "expired", "soon" (within 90 days), or nothing to say."""
    if expires_on is None:
        return ""
    if expires_on < today:
        return "expired"
    return "soon" if expires_on <= today + SOON else ""
