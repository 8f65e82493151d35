"""Money is exact: decimals in the organisation's one currency, and parts that sum to the whole.

Amounts are `Decimal` with two places. Currencies with other minor units are not supported yet: the
column would say so before a sum went wrong (`AmountField` refuses a third place).
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

from django.db import models

_ST = TypeVar("_ST", contravariant=True)  # what may be set, and
_GT = TypeVar("_GT", covariant=True)  # what is got: a nullable column adds None to both

CENT = Decimal("0.01")
ZERO = Decimal("0.00")

ROUNDINGS = {"HALF_UP": ROUND_HALF_UP, "HALF_EVEN": ROUND_HALF_EVEN}


def exact(amount: Decimal | int | str, *, rounding: str = "HALF_UP") -> Decimal:
    """The amount to the paisa, rounded the way the organisation rounds."""
    return Decimal(amount).quantize(CENT, rounding=ROUNDINGS[rounding])


def percent(amount: Decimal, rate: Decimal, *, rounding: str = "HALF_UP") -> Decimal:
    """`rate` per cent of an amount, to the paisa."""
    return exact(amount * rate / 100, rounding=rounding)


def split(amount: Decimal, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """Share an amount by weights so that the parts sum exactly to it (largest remainders get the last paise)."""
    total = sum((Decimal(w) for w in weights), Decimal(0))
    if total <= 0:
        raise ValueError("Weights must sum to more than nothing.")
    paise = int(exact(amount) / CENT)
    shares = [paise * Decimal(w) / total for w in weights]
    parts = [int(share) for share in shares]
    short = paise - sum(parts)
    step = 1 if short >= 0 else -1
    by_remainder = sorted(range(len(shares)), key=lambda i: abs(shares[i] - parts[i]), reverse=True)
    for index in by_remainder[: abs(short)]:
        parts[index] += step
    return [part * CENT for part in parts]


class AmountField(models.DecimalField[_ST, _GT]):
    """A column of money: twelve digits before the point and two after."""

    _pyi_private_set_type: Decimal  # never a float

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)
