"""What something costs: the one question that bills and quotes ask."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from kalon.catalog import queries as catalog
from kalon.kernel import clock, tenancy
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.kernel.money import ZERO, exact
from kalon.people import queries as people
from kalon.pricing import rules
from kalon.pricing.models import FeeItem
from kalon.pricing.queries.schedules import price_in_force

CATALOGUE = "Catalogue"


def price_of(
    *,
    service_id: UUID | None = None,
    package_id: UUID | None = None,
    branch_id: UUID,
    on: date | None = None,
    patient_id: UUID | None = None,
    quantity: Decimal = Decimal(1),
    payer: str = "",
    place_of_supply: str = "",
    seen_by: Actor,
) -> rules.Priced:
    """What a service or package costs a patient at a branch on a day (today), with each discount explained.

    `payer`: the insurer's name when it pays. The price is that of the fee schedule in force, else the catalogue's;
    everything is before tax, and a price that includes its tax is taken apart so that it comes to it again.
    """
    if (service_id is None) == (package_id is None):
        raise Invalid("Ask for the price of a service, or of a package.", field="service_id")
    offer: Any = (
        catalog.service(service_id, seen_by=seen_by)
        if service_id
        else catalog.package(package_id or "", seen_by=seen_by)
    )
    branch = people.branch(branch_id, seen_by=seen_by)
    on = on or clock.today(branch.timezone)
    rounding = people.organization(seen_by=seen_by).rounding
    item = _item(service_id, package_id, branch_id, payer, on, seen_by)
    listed, includes_tax = (item.price, item.schedule.includes_tax) if item else (offer.price, False)
    unit_price, note = listed, ""
    steps: tuple[rules.Step, ...] = ()
    if includes_tax and offer.tax_code and branch.gstin:
        rate = catalog.tax_rate(offer.tax_code, on, seen_by=seen_by)
        halves = 2 if place_of_supply in ("", branch.state_code) or not branch.state_code else 1
        unit_price, steps, note = _taken_apart(listed, quantity, rate, halves, rounding)
    return rules.Priced(
        name=offer.name,
        quantity=quantity,
        unit_price=unit_price,
        gross=exact(quantity * unit_price, rounding=rounding),
        steps=steps,
        listed=listed,
        includes_tax=includes_tax,
        source=item.schedule.name if item else CATALOGUE,
        tax_code=offer.tax_code,
        hsn_sac=getattr(offer, "hsn_sac", ""),
        note=note,
    )


def _offer(service_id: UUID | None, package_id: UUID | None, seen_by: Actor) -> Any:
    if service_id:
        return catalog.service(service_id, seen_by=seen_by)
    return catalog.package(package_id or "", seen_by=seen_by)


def _item(
    service_id: UUID | None, package_id: UUID | None, branch_id: UUID, payer: str, on: date, seen_by: Actor
) -> FeeItem | None:
    """The price in force; a patient who books online is billed what the booking showed them, the catalogue's price."""
    acting = tenancy.current() or seen_by
    if acting.kind in tenancy.PORTAL_KINDS:
        return None
    return price_in_force(
        service_id=service_id, package_id=package_id, branch_id=branch_id, payer=payer.strip(), on=on, seen_by=seen_by
    )


def _taken_apart(
    listed: Decimal, quantity: Decimal, rate: Decimal, halves: int, rounding: str
) -> tuple[Decimal, tuple[rules.Step, ...], str]:
    """A unit price before tax for a price that includes it; what several of it are over by is taken off, in words."""
    whole = exact(listed * quantity, rounding=rounding)
    net = rules.before_tax(whole, rate, halves=halves, rounding=rounding)
    unit = exact(net / quantity, rounding=rounding)
    while exact(unit * quantity, rounding=rounding) < net:
        unit += Decimal("0.01")
    gross = exact(unit * quantity, rounding=rounding)
    over, comes_to = gross - net, rules.with_tax(net, rate, halves=halves, rounding=rounding)
    note = "" if comes_to == whole else f"{whole} with tax cannot be met: each tax is rounded to the paisa."
    if over == ZERO:
        return unit, (), note
    words = f"Rounding, so that {quantity.normalize():f} come to {whole} with tax: −{over}"
    return unit, (rules.Step("ROUNDING", words, gross, over),), note
