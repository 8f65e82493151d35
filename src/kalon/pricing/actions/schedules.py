"""Fee schedules and their prices are ended and followed, never changed: what was billed or quoted stays."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from kalon.catalog import queries as catalog
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid
from kalon.kernel.lookup import one
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.pricing import queries
from kalon.pricing.actions.checking import MANAGE, checked, ended
from kalon.pricing.models import FeeItem, FeeSchedule
from kalon.pricing.queries.schedules import mine

DO = "change prices"
ENDS = "It ends after the day it begins."
REFUSALS = {
    "pricing_feeschedule_one_a_day": Clash(
        "Another fee schedule for this insurer and branch holds on some of these days. End it first.",
        field="valid_from",
    ),
    "pricing_feeschedule_ends_later": Invalid(ENDS, field="valid_to"),
    "pricing_feeitem_one_a_day": Clash(
        "Another price of it in this schedule holds on some of these days. End it first.", field="valid_from"
    ),
    "pricing_feeitem_ends_later": Invalid(ENDS, field="valid_to"),
}


@verb
def add_schedule(
    name: str,
    valid_from: date,
    *,
    branch_id: UUID | None = None,
    payer: str = "",
    includes_tax: bool = False,
    valid_to: date | None = None,
    by: Actor,
) -> FeeSchedule:
    """A list of prices that holds from a day on; the open one for the same insurer and branch ends on that day."""
    by.must(MANAGE, do=DO)
    payer = " ".join(payer.split())
    if branch_id is not None:
        people.branch(branch_id, seen_by=by)
    where: dict[str, Any] = {"branch_id": branch_id, "payer__iexact": payer}
    same = mine(FeeSchedule, by).filter(valid_to=None, valid_from__lt=valid_from, **where)
    if before := one(same):
        end_schedule(before.pk, valid_from, by=by)
    made = FeeSchedule(
        organization_id=by.organization_id, name=name.strip(), branch_id=branch_id, payer=payer,
        includes_tax=includes_tax, valid_from=valid_from, valid_to=valid_to,
    )  # fmt: skip
    checked(made)
    with refusing(REFUSALS):
        made.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, made, facts={"valid_from": [None, valid_from]})
    return made


@verb
def end_schedule(pk: UUID, valid_to: date, *, by: Actor) -> FeeSchedule:
    """The schedule no longer holds from this day on; its prices stay for what was billed by them."""
    by.must(MANAGE, do=DO)
    return ended(FeeSchedule, pk, valid_to, "fee schedule", REFUSALS, by=by)


@verb
def add_price(
    schedule_id: UUID,
    price: Decimal,
    valid_from: date,
    *,
    service_id: UUID | None = None,
    package_id: UUID | None = None,
    valid_to: date | None = None,
    by: Actor,
) -> FeeItem:
    """What a service or package costs from a day on; its open price in the schedule ends on that day."""
    by.must(MANAGE, do=DO)
    schedule = queries.schedule(schedule_id, seen_by=by)
    if (service_id is None) == (package_id is None):
        raise Invalid("Choose the service or the package that has this price.", field="service_id")
    if service_id:
        catalog.service(service_id, seen_by=by)
    if package_id:
        catalog.package(package_id, seen_by=by)
    of: dict[str, Any] = {"service_id": service_id, "package_id": package_id}
    before = one(mine(FeeItem, by).filter(schedule=schedule, valid_to=None, valid_from__lt=valid_from, **of))
    if before:
        end_price(before.pk, valid_from, by=by)
    made = FeeItem(
        organization_id=by.organization_id, schedule=schedule, price=price, valid_from=valid_from, valid_to=valid_to,
        **of,
    )  # fmt: skip
    checked(made)
    with refusing(REFUSALS):
        made.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, made, facts={"price": [before.price if before else None, price]})
    return made


@verb
def add_procedure_price(
    procedure_id: UUID, schedule_id: UUID, price: Decimal, valid_from: date, *, by: Actor
) -> FeeItem:
    """What a procedure costs in a fee schedule from a day on: the price of the service that it is sold as."""
    by.must(MANAGE, do=DO)
    procedure = catalog.procedure(procedure_id, seen_by=by)
    if procedure.service_id is None:
        raise Invalid("This procedure is not sold by itself. Say first as which service it is sold.", field="price")
    return add_price(schedule_id, price, valid_from, service_id=procedure.service_id, by=by)


@verb
def end_price(pk: UUID, valid_to: date, *, by: Actor) -> FeeItem:
    """The price no longer holds from this day on; without another, the catalogue's holds again."""
    by.must(MANAGE, do=DO)
    return ended(FeeItem, pk, valid_to, "price", REFUSALS, by=by)
