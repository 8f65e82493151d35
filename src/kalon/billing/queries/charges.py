"""What a visit left to be billed: contexts say it here once, from their `apps.ready()`, and the desk collects it.

from kalon.billing.queries import charges

charges.add(of_charts)

A source is asked with the visit and gives charges; each names what it bills (`source`), so that it is billed once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from kalon.billing.lifecycles import VIEW, BillStatus
from kalon.billing.models import BillLine
from kalon.kernel.actors import Actor
from kalon.kernel.money import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One thing that was done or used and is not billed yet: a service of the catalogue, or words with a price."""

    source: str
    description: str = ""
    note: str = ""
    quantity: Decimal = Decimal(1)
    service_id: UUID | None = None
    unit_price: Decimal | None = None
    discount: Decimal = ZERO
    discount_reason: str = ""
    tax_code: str = ""
    hsn_sac: str = ""
    doctor_id: UUID | None = None
    plan_id: UUID | None = None
    payer: str = BillLine.Payer.PATIENT


Source = Callable[[Any, Actor], Sequence[Charge]]
_sources: list[Source] = []


def add(source: Source) -> None:
    """Have what this source knows of a visit collected from now on."""
    if source not in _sources:
        _sources.append(source)


def of_visit(visit: Any, *, seen_by: Actor) -> list[Charge]:
    """Everything a visit left to be billed, in the order the contexts stand; what is on a live bill is left out."""
    seen_by.must(VIEW, do="see what is to be billed")
    found = [charge for source in _sources for charge in source(visit, seen_by)]
    billed = set(
        BillLine.objects.filter(organization_id=seen_by.organization_id, source__in=[charge.source for charge in found])
        .exclude(bill__status=BillStatus.VOID)
        .values_list("source", flat=True)
    )
    return [charge for charge in found if charge.source not in billed]
