"""The verb that puts a tax scheme into use."""

from typing import Any

from kalon.catalog import queries
from kalon.catalog.actions.offers import MANAGE, _check
from kalon.catalog.models import TaxScheme
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid
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
