"""What a visit of a plan is billed as: what the patient accepted, and nothing for the visit itself."""

from collections.abc import Sequence
from typing import Any

from kalon.billing.actions import LineDetails
from kalon.billing.queries.charges import Charge
from kalon.kernel import actors, tenancy
from kalon.kernel.actors import Actor
from kalon.kernel.money import ZERO
from kalon.plans import queries as plans
from kalon.quotes.models import Quote, QuoteLine
from kalon.quotes.queries.quotes import accepted_for, agreed_lines

CARRIED_OUT = ("SURGERY", "SESSION")  # the kinds of visit in which a plan is carried out


def agreed(visit: Any, by: Actor) -> Sequence[Charge]:
    """What was accepted for the plan that a visit carries out; what stands on a bill by now is left out by who asks."""
    plan, quote = _planned(visit)
    if plan is None or quote is None:
        return []
    lines = _lines_for(plan, quote)
    return [charge_of(quote, line) for line in lines] if _carries_out(visit, lines) else []


def in_the_quote(visit: Any, source: str, by: Actor) -> LineDetails | None:
    """A visit that is a part of what was accepted costs nothing by itself.

    A patient who books for themselves is billed as everybody: in their unit of work the database takes the
    catalogue's price alone.
    """
    acting = tenancy.current()
    if not visit.service_id or (acting is not None and acting.is_patient):
        return None
    plan, quote = _planned(visit)
    if plan is None or quote is None or not _carries_out(visit, _lines_for(plan, quote)):
        return None
    return LineDetails(
        service_id=visit.service_id, unit_price=ZERO, note=f"In quote {quote.number}", plan_id=quote.plan_id,
        source=source.replace("session:", "visit:", 1),
    )  # fmt: skip


def charge_of(quote: Quote, line: QuoteLine) -> Charge:
    """A line of a quote as it is billed; the money of a bundle is kept under the quote's own plan."""
    return Charge(
        source=f"quote:{line.pk}",
        service_id=line.service_id,
        description=str(line.description),
        note=f"Quote {quote.number}",
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=line.discount,
        discount_reason=line.discount_reason[:200],
        hsn_sac=line.hsn_sac,
        tax_code=line.tax_code,
        payer=line.payer,
        doctor_id=line.plan.doctor_id if line.plan else quote.plan.doctor_id,
        plan_id=quote.plan_id,
    )


def _planned(visit: Any) -> tuple[Any, Quote | None]:
    """A visit's plan and the quote accepted for it, whoever asks: the desk need not read plans to bill them."""
    system = actors.system("quotes", visit.organization_id)
    plan = plans.plan_of_visit(visit, seen_by=system)
    return plan, accepted_for(plan.pk, seen_by=system) if plan else None


def _lines_for(plan: Any, quote: Quote) -> list[QuoteLine]:
    """What was accepted for one plan: of a bundle, its own share."""
    return [line for line in agreed_lines(quote) if (line.plan_id or quote.plan_id) == plan.pk]


def _carries_out(visit: Any, lines: Sequence[QuoteLine]) -> bool:
    if visit.kind in CARRIED_OUT:
        return True
    return any(line.service_id == visit.service_id for line in lines if line.service_id)
