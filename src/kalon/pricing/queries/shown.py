"""What a visit costs a patient, told before it is booked, and what they were shown when they booked it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q

from kalon.catalog import queries as catalog
from kalon.kernel.actors import Actor
from kalon.kernel.lookup import one
from kalon.kernel.money import ZERO
from kalon.people import queries as people
from kalon.pricing import rules
from kalon.pricing.models import FeeItem, ShownPrice
from kalon.pricing.queries.prices import price_of_offer
from kalon.pricing.queries.schedules import holding, mine
from kalon.scheduling.queries import Price


def price_of_visit(offered: Any, branch_id: UUID, patient_id: UUID | None, on: date, by: Actor) -> Price:
    """What a visit for this costs a patient on a day, as its bill will say it: discounts taken off, tax put on."""
    priced = price_of_offer(offered, branch_id=branch_id, patient_id=patient_id, on=on, seen_by=by)
    if not priced.tax_code:
        return Price(priced.net, ZERO, ZERO, known=priced)
    branch, clinic = people.branch(branch_id, seen_by=by), people.organization(seen_by=by)
    rate = catalog.tax_rate(priced.tax_code, on, seen_by=by) if branch.gstin else ZERO
    halves = 2 if catalog.tax_scheme(on, country=clinic.country, seen_by=by).has_halves else 1
    total = rules.with_tax(priced.net, rate, halves=halves, rounding=clinic.rounding)
    return Price(priced.net, rate, total - priced.net, known=priced)


def listed_prices(offers: Sequence[Any], branch: Any, on: date, *, seen_by: Actor) -> dict[UUID, Decimal]:
    """What each of these costs with tax before anything is taken off, for a list; by three statements for all."""
    pks = [offer.pk for offer in offers]
    rows = mine(FeeItem, seen_by).filter(
        holding(on), holding(on, "schedule__"), Q(service_id__in=pks) | Q(package_id__in=pks),
        Q(schedule__branch=None) | Q(schedule__branch_id=branch.pk), schedule__payer="",
    )  # fmt: skip
    nearest = sorted(rows.select_related("schedule").order_by(), key=lambda row: row.schedule.branch_id is not None)
    fees = {row.service_id or row.package_id: row for row in nearest}
    rates = catalog.tax_rates_on(on, seen_by=seen_by) if branch.gstin else {}
    clinic = people.organization(seen_by=seen_by)
    halves = 2 if catalog.tax_scheme(on, country=clinic.country, seen_by=seen_by).has_halves else 1
    listed: dict[UUID, Decimal] = {}
    for offer in offers:
        fee = fees.get(offer.pk)
        listed[offer.pk] = fee.price if fee else offer.price
        if offer.tax_code in rates and not (fee and fee.schedule.includes_tax):
            rate = rates[offer.tax_code].percent
            listed[offer.pk] = rules.with_tax(listed[offer.pk], rate, halves=halves, rounding=clinic.rounding)
    return listed


def shown_price(appointment_id: UUID, *, seen_by: Actor) -> ShownPrice | None:
    """What the patient of a visit was shown when they booked it online; None for a visit that the desk booked."""
    return one(mine(ShownPrice, seen_by).filter(appointment_id=appointment_id))


def covered_visits(patient_id: UUID, service_id: UUID, *, seen_by: Actor) -> "Any":
    """What a patient booked online for a service against a package, newest first."""
    rows = mine(ShownPrice, seen_by).filter(patient_id__person=patient_id, appointment__service_id=service_id)
    return rows.exclude(covered_by="")
