"""A price that includes its tax, taken apart: the amount before tax that comes to it again, to the paisa."""

from decimal import Decimal

from kalon.kernel.money import CENT, exact, percent


def with_tax(amount: Decimal, rate: Decimal, *, halves: int = 2, rounding: str = "HALF_UP") -> Decimal:
    """An amount and its tax; `halves` 2: CGST and SGST are rounded each by itself, 1: IGST is one tax."""
    return amount + halves * percent(amount, rate / halves, rounding=rounding)


def before_tax(amount: Decimal, rate: Decimal, *, halves: int = 2, rounding: str = "HALF_UP") -> Decimal:
    """The amount before tax that comes to `amount` with its tax.

    Tax is rounded to the paisa, so a few amounts are met by none: then the nearest is given, and of two the one that
    comes to less.
    """
    near = exact(amount / (1 + rate / 100), rounding=rounding)
    tries = [near + step * CENT for step in (-2, -1, 0, 1, 2) if near + step * CENT >= 0]

    def off(candidate: Decimal) -> tuple[Decimal, Decimal]:
        return abs(with_tax(candidate, rate, halves=halves, rounding=rounding) - amount), candidate

    return min(tries, key=off)
