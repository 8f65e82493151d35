"""Tax rates are data with dates: a new one follows the old, and nothing that was charged changes."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from kalon.catalog import queries
from kalon.catalog.actions.offers import MANAGE, _check
from kalon.catalog.models import TaxRate
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotFound
from kalon.kernel.lookup import one
from kalon.kernel.tenancy import verb

DO = "change tax rates"
REFUSALS = {
    "catalog_taxrate_one_a_day": Clash(
        "Another rate of this code holds on some of these days. End it first.", field="valid_from"
    ),
    "catalog_taxrate_ends_later": Invalid("A rate ends after the day it begins.", field="valid_to"),
    "catalog_taxrate_percent": Invalid("Between 0 and 100 per cent.", field="percent"),
    "catalog_taxrate_code_shape": Invalid("A code has capital letters, digits, - and _.", field="code"),
}


@verb
def add_tax_rate(
    code: str,
    name: str,
    percent: Decimal,
    valid_from: date,
    *,
    valid_to: date | None = None,
    source: str = "",
    by: Actor,
) -> TaxRate:
    """A rate that holds from a day on; the open one of the same code ends on that day."""
    by.must(MANAGE, do=DO)
    before = queries.tax_rates(seen_by=by).filter(code=code, valid_to__isnull=True, valid_from__lt=valid_from).first()
    if before is not None:
        end_tax_rate(before.pk, valid_from, by=by)
    rate = TaxRate(
        organization_id=by.organization_id, code=code, name=name, percent=percent, valid_from=valid_from,
        valid_to=valid_to, source=source,
    )  # fmt: skip
    _check(rate, by=by)
    with refusing(REFUSALS):
        rate.save(force_insert=True)
    return rate


@verb
def end_tax_rate(pk: UUID, valid_to: date, *, by: Actor) -> TaxRate:
    """The rate no longer holds from this day on."""
    by.must(MANAGE, do=DO)
    rate = one(queries.tax_rates(seen_by=by).select_for_update().filter(pk=pk))
    if rate is None:
        raise NotFound("There is no such tax rate. It may belong to another clinic.")
    facts = {"valid_to": [rate.valid_to, valid_to]}
    rate.valid_to = valid_to
    with refusing(REFUSALS):
        rate.save(update_fields=["valid_to"])
    audit.note(by, audit.Kind.CHANGE, rate, facts=facts)
    return rate
