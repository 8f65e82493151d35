"""The verbs that put a tax scheme into use and end it."""

from datetime import date
from typing import Any
from uuid import UUID

from kalon.catalog import queries
from kalon.catalog.actions.offers import MANAGE, _check
from kalon.catalog.models import TaxScheme
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotFound
from kalon.kernel.lookup import one
from kalon.kernel.tenancy import verb

DO = "change the tax scheme"
REFUSALS = {
    "catalog_taxscheme_one_a_day": Clash("Another scheme begins later. Choose a later day.", field="valid_from"),
    "catalog_taxscheme_ends_later": Invalid("A scheme ends after the day it begins.", field="valid_from"),
    "catalog_taxscheme_halves_named": Invalid(
        "Name both halves, or none where the tax is one whole.", field="first_half"
    ),
    "catalog_taxscheme_named": Invalid("Name the tax and the number of its registration.", field="whole"),
    "catalog_taxscheme_code_shape": Invalid("A code has capital letters, digits, - and _.", field="code"),
}
END_REFUSALS = {
    "catalog_taxscheme_one_a_day": Clash("Another scheme holds by then. Choose an earlier day.", field="valid_to"),
    "catalog_taxscheme_ends_later": Invalid("A scheme ends after the day it begins.", field="valid_to"),
}


@verb
def add_tax_scheme(*, by: Actor, **facts: Any) -> TaxScheme:
    """A scheme that holds from a day on; the open one ends on that day. What was billed keeps its taxes."""
    by.must(MANAGE, do=DO)
    row = TaxScheme(organization_id=by.organization_id, **facts)
    _check(row, by=by)
    before = queries.tax_schemes(seen_by=by).select_for_update().filter(valid_to__isnull=True)
    with refusing(REFUSALS):
        before.filter(valid_from__lt=row.valid_from).update(valid_to=row.valid_from)
        row.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, row, facts={"what": "tax scheme added"})
    return row


@verb
def end_tax_scheme(pk: UUID, valid_to: date, *, by: Actor) -> TaxScheme:
    """The scheme no longer holds from this day on: then the one delivered for the clinic's country does."""
    by.must(MANAGE, do=DO)
    row = one(queries.tax_schemes(seen_by=by).select_for_update().filter(pk=pk))
    if row is None:
        raise NotFound("There is no such tax scheme. It may belong to another clinic.")
    facts = {"valid_to": [row.valid_to, valid_to]}
    row.valid_to = valid_to
    with refusing(END_REFUSALS):
        row.save(update_fields=["valid_to"])
    audit.note(by, audit.Kind.CHANGE, row, facts=facts)
    return row
