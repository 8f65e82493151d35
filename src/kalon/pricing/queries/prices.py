"""What something costs: the one question that bills and quotes ask."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from kalon.catalog import queries as catalog
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.kernel.money import ZERO, exact
from kalon.people import queries as people
from kalon.pricing import rules
from kalon.pricing.models import PricingPolicy, Tier
from kalon.pricing.queries.discounts import applying, as_offer, discount, policy, used_by_themselves
from kalon.pricing.queries.points import points_balance
from kalon.pricing.queries.schedules import price_in_force
from kalon.web.templatetags.words import plain_money

CATALOGUE = "Catalogue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody asks to be taken off: a coupon, points, a standard discount, or so much with a reason."""

    coupon: str = ""
    points: int = 0
    discount_id: UUID | None = None
    percent: Decimal | None = None
    amount: Decimal | None = None
    reason: str = ""


NOTHING = Asked()


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
    asked: Asked = NOTHING,
    seen_by: Actor,
) -> rules.Priced:
    """What a service or package costs a patient at a branch on a day (today), with each discount explained.

    `payer`: the insurer's name when it pays; what an insurer pays takes no discount by itself. The price is that of
    the fee schedule in force, else the catalogue's; everything is before tax, and a price that includes its tax is
    taken apart so that it comes to it again. `asked`: a coupon, points, or a discount chosen by hand. Nothing is
    used up by asking: `pricing.actions.use_discounts` does that when the thing is billed.
    """
    if (service_id is None) == (package_id is None):
        raise Invalid("Ask for the price of a service, or of a package.", field="service_id")
    offer: Any = (
        catalog.service(service_id, seen_by=seen_by)
        if service_id
        else catalog.package(package_id or "", seen_by=seen_by)
    )
    return price_of_offer(
        offer, branch_id=branch_id, on=on, patient_id=patient_id, quantity=quantity, payer=payer,
        place_of_supply=place_of_supply, asked=asked, seen_by=seen_by,
    )  # fmt: skip


def price_of_offer(
    offer: Any,
    *,
    branch_id: UUID,
    on: date | None = None,
    patient_id: UUID | None = None,
    quantity: Decimal = Decimal(1),
    payer: str = "",
    place_of_supply: str = "",
    asked: Asked = NOTHING,
    seen_by: Actor,
) -> rules.Priced:
    """The same (`price_of`) for a service or package that was looked up already."""
    is_package = hasattr(offer, "valid_days")
    service_id, package_id = (None, offer.pk) if is_package else (offer.pk, None)
    branch = people.branch(branch_id, seen_by=seen_by)
    on = on or clock.today(branch.timezone)
    clinic = people.organization(seen_by=seen_by)
    rounding = clinic.rounding
    item = price_in_force(
        service_id=service_id, package_id=package_id, branch_id=branch_id, payer=payer.strip(), on=on, seen_by=seen_by
    )  # fmt: skip
    listed, includes_tax = (item.price, item.schedule.includes_tax) if item else (offer.price, False)
    unit_price, note = listed, ""
    steps: tuple[rules.Step, ...] = ()
    if includes_tax and offer.tax_code and branch.gstin:
        rate = catalog.tax_rate(offer.tax_code, on, seen_by=seen_by)
        inside = place_of_supply in ("", branch.state_code) or not branch.state_code
        halves = 2 if inside and catalog.tax_scheme(on, country=clinic.country, seen_by=seen_by).has_halves else 1
        unit_price, steps, note = _taken_apart(listed, quantity, rate, halves, rounding)
    gross = exact(quantity * unit_price, rounding=rounding)
    if not payer:
        named = applying(
            service_id=service_id, package_id=package_id, branch_id=branch_id, patient_id=patient_id,
            quantity=quantity, on=on, coupon=asked.coupon, seen_by=seen_by,
        )  # fmt: skip
    else:
        named = []
    start = gross - sum((step.amount for step in steps), ZERO)
    steps += taken_off(start, quantity, [as_offer(row) for row in named], asked, patient_id, on, seen_by=seen_by)
    return rules.Priced(
        name=offer.name,
        quantity=quantity,
        unit_price=unit_price,
        gross=gross,
        steps=steps,
        listed=listed,
        includes_tax=includes_tax,
        source=item.schedule.name if item else CATALOGUE,
        tax_code=offer.tax_code,
        hsn_sac=getattr(offer, "hsn_sac", ""),
        note=note,
    )


def priced_by_hand(
    name: str,
    quantity: Decimal,
    unit_price: Decimal,
    asked: Asked,
    *,
    patient_id: UUID | None,
    on: date,
    keeping: str = "",
    seen_by: Actor,
) -> rules.Priced:
    """Something at a price that was written by hand: only what is asked for is taken off.

    `keeping`: the discounts that apply by themselves and were used for this ("line:…") go on.
    """
    if asked.coupon:
        raise Invalid("A coupon is for what the clinic offers at its own price.", field="coupon")
    gross = exact(quantity * unit_price, rounding=people.organization(seen_by=seen_by).rounding)
    kept = used_by_themselves(keeping, seen_by=seen_by) if keeping else []
    steps = taken_off(gross, quantity, [as_offer(row) for row in kept], asked, patient_id, on, seen_by=seen_by)
    return rules.Priced(name, quantity, unit_price, gross, steps, unit_price, False, "By hand", "", "")


def settled(name: str, quantity: Decimal, unit_price: Decimal, asked: Asked, *, seen_by: Actor) -> rules.Priced:
    """Something whose price and discount were agreed before, such as in a quote: taken over as it stands."""
    gross = exact(quantity * unit_price, rounding=people.organization(seen_by=seen_by).rounding)
    steps: tuple[rules.Step, ...] = ()
    if asked.amount:
        steps = (rules.Step(Tier.STANDARD, asked.reason.strip(), gross, asked.amount),)
    return rules.Priced(name, quantity, unit_price, gross, steps, unit_price, False, "Settled before", "", "")


def taken_off(
    gross: Decimal,
    quantity: Decimal,
    offers: list[rules.Offer],
    asked: Asked,
    patient_id: UUID | None,
    on: date,
    *,
    seen_by: Actor,
) -> tuple[rules.Step, ...]:
    """The discounts on an amount before tax: those given, and what was asked for, combined by the clinic's rules."""
    if asked == NOTHING and not offers:
        return ()
    kept, clinic = policy(seen_by=seen_by), people.organization(seen_by=seen_by)
    offers = [*offers, *_by_hand(asked, on, seen_by), *_points(asked, patient_id, kept, seen_by)]
    how = rules.Combining(kept.tier_order, kept.combining, kept.max_percent, clinic.rounding)
    return rules.discounted(gross, quantity, offers, how, lambda amount: plain_money(amount, currency=clinic.currency))


def _by_hand(asked: Asked, on: date, seen_by: Actor) -> list[rules.Offer]:
    if asked.discount_id:
        row = discount(asked.discount_id, seen_by=seen_by)
        if row.tier != Tier.STANDARD or not row.valid_from <= on or (row.valid_to and row.valid_to <= on):
            raise Invalid("This discount is not one to choose today.", field="discount_id")
        return [as_offer(row, by_hand=True)]
    if asked.percent is None and asked.amount is None:
        return []
    if asked.percent is not None and not 0 < asked.percent <= 100:
        raise Invalid("Write a per cent above 0, at most 100.", field="percent")
    if asked.amount is not None and (asked.amount <= 0 or asked.amount != exact(asked.amount)):
        raise Invalid("Write an amount above zero, with at most two places after the point.", field="amount")
    if not asked.reason.strip():
        raise Invalid("Write why there is a discount.", field="reason")
    name = asked.reason.strip()[:80]
    return [rules.Offer(Tier.STANDARD, name, percent=asked.percent, amount=asked.amount, by_hand=True)]


def _points(asked: Asked, patient_id: UUID | None, kept: PricingPolicy, seen_by: Actor) -> list[rules.Offer]:
    if not asked.points:
        return []
    has = points_balance(patient_id, seen_by=seen_by) if patient_id else 0
    if asked.points < 0 or asked.points > has:
        raise Invalid(f"There are {has} points. Write at most so many.", field="points")
    worth = exact(asked.points * kept.point_value)
    return [rules.Offer(Tier.LOYALTY, "loyalty points", amount=worth, points=asked.points)]


def _offer(service_id: UUID | None, package_id: UUID | None, seen_by: Actor) -> Any:
    if service_id:
        return catalog.service(service_id, seen_by=seen_by)
    return catalog.package(package_id or "", seen_by=seen_by)


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
