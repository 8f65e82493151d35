"""What a visit costs: the catalogue knows a price, and contexts above know who pays less, or paid before.

from kalon.scheduling.queries import prices

prices.add(price_of_patient)

A source is asked with what is offered, where, to whom and on which day; it gives a price, or None where it knows none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from kalon.catalog import queries as catalog
from kalon.kernel import money
from kalon.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Price:
    """What a visit costs: before tax, the tax, and together; `covered_by` names what pays for it already.

    `known` is what the context that said the price knows of it, for when it meets this price again.
    """

    net: Decimal
    rate: Decimal
    tax: Decimal
    covered_by: str = ""
    known: Any = None

    @property
    def total(self) -> Decimal:
        return self.net + self.tax


# (what is offered, the branch, the patient or None, the day, who asks)
Says = Callable[[Any, UUID, UUID | None, date, Actor], Price | None]
_says: list[Says] = []


def add(say: Says) -> None:
    """Ask this, too, and before those that were added earlier: contexts are added from the bottom up."""
    if say not in _says:
        _says.insert(0, say)


def price(
    offered: Any, on: date, *, branch_id: UUID | None = None, patient_id: UUID | None = None, seen_by: Actor
) -> Price:
    """The price of a service or package on a day at a branch, for a patient, with its tax; else the catalogue's."""
    if branch_id:
        for say in _says:
            if (said := say(offered, branch_id, patient_id, on, seen_by)) is not None:
                return said
    rate = catalog.tax_rate(offered.tax_code, on, seen_by=seen_by) if offered.tax_code else Decimal(0)
    return Price(offered.price, rate, money.percent(offered.price, rate))
