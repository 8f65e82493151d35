"""What is kept and where: items and places."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model

from kalon.catalog import queries as catalog
from kalon.inventory import queries
from kalon.inventory.lifecycles import MANAGE
from kalon.inventory.models import Item, Location
from kalon.inventory.rules import udi
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid
from kalon.kernel.tenancy import verb
from kalon.people import queries as people

DO = "change what is kept in stock"
ITEM = (
    "name", "kind", "unit", "step", "units_per_pack", "generic", "strength", "form", "manufacturer", "hsn", "tax_code",
    "price", "reorder_level", "needs_batch", "needs_expiry", "needs_serial", "device_code", "model", "size", "shape",
    "is_active",
)  # fmt: skip
LOCATION = ("code", "name", "kind", "is_active")
REFUSALS = {
    "inventory_item_name_once": Clash(
        "An item of this name exists already. Use that, or add its strength.", field="name"
    ),
    "inventory_item_unit_fixed": Clash(
        "What it is counted in cannot change after something moved. Add another item instead.", field="unit"
    ),
    "inventory_item_device_once": Clash(
        "Another item carries this code already. Look at it there.", field="device_code"
    ),
    "inventory_item_serial_of_implant": Invalid(
        "Serial numbers are kept of implants, which are counted one by one and have a lot.", field="needs_serial"
    ),
    "inventory_location_code_once": Clash("A place of this branch has this code already.", field="code"),
    "inventory_location_not_empty": Clash("Something still stands here. Move it first.", field="is_active"),
}


@verb
def add_item(details: Mapping[str, Any], *, by: Actor) -> Item:
    """Keep something new in stock; `details` are the item's own fields."""
    by.must(MANAGE, do=DO)
    item = Item(organization_id=by.organization_id)
    _write(item, details, ITEM, by=by)
    with refusing(REFUSALS):
        item.save(force_insert=True)
    return item


@verb
def change_item(pk: UUID, details: Mapping[str, Any], *, by: Actor) -> Item:
    """Change an item, or take it out of use; its unit and its serials stay once something moved."""
    by.must(MANAGE, do=DO)
    queries.item(pk, seen_by=by)
    item = Item.objects.select_for_update().get(pk=pk)
    return _change(item, details, ITEM, by=by)  # type: ignore[return-value]


@verb
def add_location(branch_id: UUID, details: Mapping[str, Any], *, by: Actor) -> Location:
    """A new place of a branch where stock is kept."""
    by.must(MANAGE, at=branch_id, do=DO)
    place = Location(organization_id=by.organization_id, branch=people.branch(branch_id, seen_by=by))
    _write(place, details, LOCATION, by=by)
    with refusing(REFUSALS):
        place.save(force_insert=True)
    return place


@verb
def change_location(pk: UUID, details: Mapping[str, Any], *, by: Actor) -> Location:
    """Rename a place, or close it once it is empty."""
    found = queries.location(pk, seen_by=by)
    by.must(MANAGE, at=found.branch_id, do=DO)
    place = Location.objects.select_for_update(of=("self",)).select_related("branch").get(pk=pk)
    return _change(place, details, LOCATION, by=by)  # type: ignore[return-value]


def _change(row: Item | Location, details: Mapping[str, Any], fields: tuple[str, ...], *, by: Actor) -> Model:
    before = {name: getattr(row, name) for name in fields}
    _write(row, details, fields, by=by)
    changed = {name: [old, getattr(row, name)] for name, old in before.items() if getattr(row, name) != old}
    with refusing(REFUSALS):
        row.save(update_fields=list(fields))
    if changed:
        audit.note(by, audit.Kind.CHANGE, row, facts=changed)
    return row


def _write(row: Item | Location, details: Mapping[str, Any], fields: tuple[str, ...], *, by: Actor) -> None:
    for name in details.keys() & set(fields):
        setattr(row, name, details[name])
    if isinstance(row, Item):
        row.device_code = udi.device_code(row.device_code)
    if isinstance(row, Item) and row.tax_code and not _taxed(row.tax_code, by):
        raise Invalid("There is no such tax rate in the catalogue.", field="tax_code")
    try:
        row.clean_fields(exclude={"organization", "branch", "id"})
    except ValidationError as error:
        raise Invalid("Some fields need you.", errors=error.message_dict) from None


def _taxed(code: str, by: Actor) -> bool:
    return catalog.tax_rates(seen_by=by).filter(code=code).exists()
