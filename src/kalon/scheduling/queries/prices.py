"""What a visit costs."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kalon.catalog import queries as catalog
from kalon.kernel import money
from kalon.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Price:
    """What a visit costs: before tax, the tax, and together."""

    net: Decimal
    rate: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        return self.net + self.tax


def price(service: Any, on: date, *, seen_by: Actor) -> Price:
    """The price of a service on a day, with its tax."""
    rate = catalog.tax_rate(service.tax_code, on, seen_by=seen_by) if service.tax_code else Decimal(0)
    return Price(service.price, rate, money.percent(service.price, rate))
