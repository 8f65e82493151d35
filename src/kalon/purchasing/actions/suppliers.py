"""Writing down whom the clinic buys from."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid
from kalon.kernel.gstin import problem_of
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.purchasing import queries
from kalon.purchasing.lifecycles import ORDERS
from kalon.purchasing.models import Supplier

FIELDS = (
    "name", "tax_number", "state_code", "contact", "phone", "email", "address", "payment_days", "note", "is_active",
)  # fmt: skip
REFUSALS = {"purchasing_supplier_name_once": Clash("There is a supplier of this name already.", field="name")}


@verb
def add_supplier(details: Mapping[str, Any], *, by: Actor) -> Supplier:
    """Write down somebody the clinic buys from."""
    by.must(ORDERS, do="write down suppliers")
    return _written(Supplier(organization_id=by.organization_id), details, by)


@verb
def change_supplier(pk: UUID, details: Mapping[str, Any], *, by: Actor) -> Supplier:
    """Change what is known of a supplier; orders and invoices that exist stay as they are."""
    by.must(ORDERS, do="change suppliers")
    queries.supplier(pk, seen_by=by)
    return _written(Supplier.objects.select_for_update().get(pk=pk), details, by)


def _written(row: Supplier, details: Mapping[str, Any], by: Actor) -> Supplier:
    for name in FIELDS:
        if name in details:
            value = details[name]
            setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.tax_number = row.tax_number.upper().replace(" ", "")
    if row.tax_number and people.organization(seen_by=by).country == "IN":
        if problem := problem_of(row.tax_number, state=row.state_code):
            raise Invalid(problem, field="tax_number")
        row.state_code = row.tax_number[:2]
    try:
        row.clean_fields(exclude=["organization"])
    except ValidationError as wrong:
        raise Invalid("Look at what is marked.", errors=wrong.message_dict) from wrong
    with refusing(REFUSALS):
        row.save()
    return row
