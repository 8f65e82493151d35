"""What a catalogue says beyond its rows: prices with tax, and what a package saves."""

from dataclasses import dataclass
from decimal import Decimal

from kalon.kernel.money import ZERO, percent


@dataclass(frozen=True, slots=True)
class Price:
    """What something costs: before tax, the tax, and together."""

    net: Decimal
    rate: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        return self.net + self.tax


def with_tax(net: Decimal, rate: Decimal, *, rounding: str = "HALF_UP") -> Price:
    """A price and its tax, to the paisa."""
    return Price(net, rate, percent(net, rate, rounding=rounding))


def saving(price: Decimal, parts: list[tuple[Decimal, int]]) -> Decimal:
    """How much less a package costs than its parts one by one; nothing when it costs more."""
    return max(sum((each * count for each, count in parts), ZERO) - price, ZERO)
