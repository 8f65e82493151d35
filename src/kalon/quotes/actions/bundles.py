"""Bundles: what is offered together, and planning one: several plans in one call, and one quote over them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from kalon.billing.queries import grouped, symbol
from kalon.catalog import queries as catalog
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotReady
from kalon.kernel.money import ZERO, exact, split
from kalon.kernel.tenancy import verb
from kalon.plans import actions as planning
from kalon.plans import queries as plans
from kalon.plans.lifecycles import ConsentNeed, PlanType, Side
from kalon.pricing import queries as pricing
from kalon.quotes import queries, rules
from kalon.quotes.actions.writing import LineDetails, born, new_option, usual_lines, write_line
from kalon.quotes.lifecycles import MANAGE, WRITE
from kalon.quotes.models import Bundle, BundlePart, Quote
from kalon.quotes.models.bundles import KINDS

MOST_PARTS = 10
NAMED = Clash("There is a bundle of this name already. Choose another name, or change that one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDetails:
    """One treatment of a bundle, and what its plan begins with."""

    service_id: UUID
    plan_type: str = PlanType.SURGICAL
    side: str = ""
    technique: str = ""
    quantity: int = 1
    session_count: int = 1
    interval_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleDetails:
    """What is offered together: for one price before tax, or for a per cent less than the parts cost."""

    name: str
    price: Decimal | None = None
    percent: Decimal | None = None
    parts: Sequence[PartDetails] = ()


@verb
def add_bundle(details: BundleDetails, *, by: Actor) -> Bundle:
    """Offer several treatments together."""
    by.must(MANAGE, do="make bundles")
    return _written(Bundle(organization_id=by.organization_id), details, by)


@verb
def change_bundle(pk: UUID, details: BundleDetails, *, by: Actor) -> Bundle:
    """Write a bundle anew; what was planned and quoted from it stays as it is."""
    by.must(MANAGE, do="change bundles")
    return _written(queries.bundle(pk, seen_by=by, lock=True), details, by)


@verb
def retire_bundle(pk: UUID, *, by: Actor) -> Bundle:
    """Offer a bundle no more; what was planned and quoted from it stays as it is."""
    by.must(MANAGE, do="retire bundles")
    found = queries.bundle(pk, seen_by=by, lock=True)
    found.retired_at = found.retired_at or clock.now()
    found.save(update_fields=["retired_at"])
    audit.note(by, audit.Kind.CHANGE, found, purpose="offered no more")
    return found


@verb
def plan_bundle(consultation_id: UUID, bundle_id: UUID, *, by: Actor) -> Quote:
    """Plan a bundle in a consultation: a plan for each part, and a draft quote over all of them.

    The reduction is shared by what each part costs, to the paisa, and explained on its line; each part keeps its own
    tax. The money of all of them is kept under the first plan, so the deposit counts once.
    """
    by.must(WRITE, do="write quotes")
    found = queries.bundle(bundle_id, seen_by=by)
    if found.retired_at is not None:
        raise NotReady("This bundle is offered no more. Choose another, or plan the treatments one by one.")
    parts = list(found.parts.all())
    planned = [planning.plan_procedure(consultation_id, _plan_of(part), by=by) for part in parts]
    quote = born(plans.plan(planned[0].pk, seen_by=by, lock=True), by)
    option = new_option(quote, 1, title=found.name, words="")
    alone = [_alone(quote, part, by) for part in parts]
    shares = _shares(found, [line.quantity * (line.unit_price or ZERO) for line in alone])
    together = f"{symbol(quote.currency)}{grouped(sum(shares, ZERO), quote.currency)}"
    for part, plan, line, share in zip(parts, planned, alone, shares, strict=True):
        facts = {**asdict(line), "plan_id": plan.pk}
        if share:
            facts |= {"discount": share, "discount_reason": f"{found.name}: its share of {together} less together"}
        write_line(quote, option, LineDetails(**facts), by)
        usual_lines(quote, option, part.service_id, part.quantity, payer=line.payer, plan_id=plan.pk, by=by)
    return queries.quote(quote.pk, seen_by=by)


def _plan_of(part: BundlePart) -> planning.PlanDetails:
    """What the plan of a part begins with; the doctor changes it until it is approved."""
    series = part.plan_type == PlanType.SERIES
    line = planning.LineDetails(
        service_id=part.service_id, side=part.side, technique=part.technique, quantity=part.quantity
    )
    return planning.PlanDetails(
        plan_type=part.plan_type,
        consent=ConsentNeed.REQUIRED,
        session_count=part.session_count if series else None,
        interval_days=part.interval_days if series else None,
        lines=(line,),
    )


def _alone(quote: Quote, part: BundlePart, by: Actor) -> LineDetails:
    """What a part costs by itself today; other discounts are not added to a bundle's."""
    count = Decimal(part.quantity * part.session_count)
    said = pricing.price_of(
        service_id=part.service_id, branch_id=quote.branch_id, patient_id=quote.patient_id, quantity=count,
        place_of_supply=quote.place_of_supply, seen_by=by,
    )  # fmt: skip
    return LineDetails(service_id=part.service_id, quantity=count, unit_price=said.unit_price)


def _shares(found: Bundle, costs: list[Decimal]) -> list[Decimal]:
    """What each part costs less, so that the parts together cost what the bundle does."""
    whole = sum(costs, ZERO)
    less = whole - found.price if found.price is not None else exact(whole * (found.percent or ZERO) / 100)
    if less < 0:
        raise NotReady("Its parts cost less than this bundle today. Change its price, or plan them one by one.")
    return split(less, costs) if less else [ZERO] * len(costs)


def _written(found: Bundle, details: BundleDetails, by: Actor) -> Bundle:
    found.name = rules.needed(details.name, field="name", most=120, otherwise="Give the bundle a name.")
    if (details.price is None) == (details.percent is None):
        raise Invalid("Write one price for all, or how many per cent less. One of the two.", field="price")
    if details.price is not None and rules.amount(details.price, field="price") == 0:
        raise Invalid("The price is above zero.", field="price")
    if details.percent is not None and not (details.percent.is_finite() and 0 < details.percent <= 100):
        raise Invalid("A per cent lies above 0, and at most at 100.", field="percent")
    if not 2 <= len(details.parts) <= MOST_PARTS:
        raise Invalid(f"A bundle has between 2 and {MOST_PARTS} parts.", field="parts")
    found.price, found.percent = details.price, details.percent
    parts = [_part(part, position, by) for position, part in enumerate(details.parts, start=1)]
    with refusing({"quotes_bundle_name_once": NAMED}):
        found.save()
    found.parts.all().delete()
    for part in parts:
        part.bundle = found
        part.save(force_insert=True)
    facts = {"parts": len(parts), "price": str(found.price or ""), "percent": str(found.percent or "")}
    audit.note(by, audit.Kind.CHANGE, found, facts=facts)
    return queries.bundle(found.pk, seen_by=by)


def _part(part: PartDetails, position: int, by: Actor) -> BundlePart:
    facts: dict[str, Any] = asdict(part)
    if part.plan_type not in KINDS:
        raise Invalid(f"Part {position}: choose what kind of plan it is.", field="parts")
    if part.side and part.side not in Side.values:
        raise Invalid(f"Part {position}: choose the side.", field="parts")
    if not 1 <= part.quantity <= 999:
        raise Invalid(f"Part {position}: the quantity is between 1 and 999.", field="parts")
    if part.plan_type != PlanType.SERIES:
        facts |= {"session_count": 1, "interval_days": None}
    elif not (2 <= part.session_count <= 60 and 1 <= (part.interval_days or 0) <= 366):
        raise Invalid(f"Part {position}: a series has 2 to 60 sessions, 1 to 366 days apart.", field="parts")
    catalog.service(part.service_id, seen_by=by)
    facts["technique"] = rules.words(part.technique, field="parts", most=200)
    return BundlePart(organization_id=by.organization_id, position=position, **facts)
