"""What a visit left to be billed that the contexts below billing cannot say themselves: injections on its charts."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from kalon.billing.queries.charges import Charge
from kalon.charts import queries as charts
from kalon.consultations import queries as consultations
from kalon.kernel import actors
from kalon.kernel.actors import Actor

FINISHED = "FINISHED"


def charted(visit: Any, by: Actor) -> Sequence[Charge]:
    """What was injected in a visit and has a price, by product; the desk sees what and how much, not where.

    A correction of a chart stands for the chart it corrects: it is the same stock, billed once.
    """
    till = actors.system("tills", by.organization_id)
    encounter = consultations.of_appointment(visit.pk, seen_by=till)
    if encounter is None:
        return []
    drawn: list[Any] = list(charts.charts_of_consultation(encounter.pk, seen_by=till).filter(status=FINISHED))
    return [charge for chart in drawn if not chart.is_corrected for charge in _of_chart(chart, visit)]


def _of_chart(chart: Any, visit: Any) -> list[Charge]:
    used: dict[Any, Decimal] = {}
    batches: dict[Any, list[str]] = {}
    for point in charts.points_of(chart):
        used[point.item] = used.get(point.item, Decimal(0)) + point.quantity
        if point.batch and str(point.batch) not in batches.setdefault(point.item, []):
            batches[point.item].append(str(point.batch))
    return [
        Charge(
            source=f"chart:{chart.stock_id}:{item.pk}",
            description=item.name,
            note=_note(quantity, item.unit, batches.get(item, [])),
            quantity=quantity,
            unit_price=item.price,
            tax_code=item.tax_code,
            hsn_sac=item.hsn,
            doctor_id=visit.doctor_id,
        )
        for item, quantity in used.items()
        if item.price
    ]


def _note(quantity: Decimal, unit: str, batches: list[str]) -> str:
    amount = f"{quantity.normalize():f} {unit}"
    return (f"{amount}, lot {', '.join(batches)}" if batches else amount)[:200]
