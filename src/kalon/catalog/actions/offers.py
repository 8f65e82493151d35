"""Putting services, packages and kinds of visit on offer, and changing them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models

from kalon.catalog import queries
from kalon.catalog.models import AppointmentType, Package, PackageItem, Service
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid
from kalon.kernel.money import exact
from kalon.kernel.tenancy import verb

M = TypeVar("M", bound=models.Model)

MANAGE = "catalog.manage"
DO = "change the catalogue"
REFUSALS = {
    "catalog_service_code_once": Clash("Another service has this code. Choose another code.", field="code"),
    "catalog_package_code_once": Clash("Another package has this code. Choose another code.", field="code"),
    "catalog_appointmenttype_code_once": Clash("This kind of visit exists already. Change that one.", field="code"),
    "catalog_service_code_shape": Invalid("A code has capital letters, digits, - and _.", field="code"),
    "catalog_package_code_shape": Invalid("A code has capital letters, digits, - and _.", field="code"),
    "catalog_service_price_positive": Invalid("A price is more than nothing.", field="price"),
    "catalog_package_price_positive": Invalid("A price is more than nothing.", field="price"),
    "catalog_service_minutes": Invalid("Between 5 minutes and 12 hours.", field="minutes"),
    "catalog_package_minutes": Invalid("Between 5 minutes and 12 hours.", field="minutes"),
    "catalog_package_valid_days": Invalid("Between one day and ten years.", field="valid_days"),
    "catalog_appointmenttype_minutes": Invalid("Between 5 minutes and 12 hours.", field="default_minutes"),
    "catalog_service_hsn_sac_digits": Invalid("An HSN or SAC has 4 to 8 digits.", field="hsn_sac"),
    "catalog_packageitem_quantity": Invalid("Between 1 and 200 of each service.", field="items"),
}


@verb
def add_service(details: Mapping[str, Any], *, by: Actor) -> Service:
    """Put a new service on offer."""
    by.must(MANAGE, do=DO)
    return _add(Service(organization_id=by.organization_id), details, by=by)


@verb
def change_service(pk: UUID, details: Mapping[str, Any], *, by: Actor) -> Service:
    """Change a service; what it was before stays in its history, and bills keep the price they were made with."""
    by.must(MANAGE, do=DO)
    return _change(_locked(Service, queries.service(pk, seen_by=by)), details, by=by)


@verb
def change_price(pk: UUID, price: Decimal, *, by: Actor) -> Service:
    """Charge another price from now on."""
    return change_service(pk, {"price": price}, by=by)


@verb
def add_appointment_type(details: Mapping[str, Any], *, by: Actor) -> AppointmentType:
    """Add a kind of visit."""
    by.must(MANAGE, do=DO)
    return _add(AppointmentType(organization_id=by.organization_id), details, by=by)


@verb
def change_appointment_type(pk: UUID, details: Mapping[str, Any], *, by: Actor) -> AppointmentType:
    """Change a kind of visit; visits already booked keep their times."""
    by.must(MANAGE, do=DO)
    return _change(_locked(AppointmentType, queries.appointment_type(pk, seen_by=by)), details, by=by)


@verb
def add_package(details: Mapping[str, Any], items: Sequence[tuple[UUID, int]], *, by: Actor) -> Package:
    """Put a package on offer: `items` are the services it holds and how often."""
    by.must(MANAGE, do=DO)
    package = _add(Package(organization_id=by.organization_id), details, by=by)
    _fill(package, items, by=by)
    return queries.package(package.pk, seen_by=by)


@verb
def change_package(
    pk: UUID, details: Mapping[str, Any], items: Sequence[tuple[UUID, int]] | None = None, *, by: Actor
) -> Package:
    """Change a package, and what it holds when `items` are given; packages already sold keep what they held."""
    by.must(MANAGE, do=DO)
    package = _change(_locked(Package, queries.package(pk, seen_by=by)), details, by=by)
    if items is not None:
        held = {str(item.service_id): item.quantity for item in package.items.all()}
        wanted = {str(service_id): quantity for service_id, quantity in items}
        if held != wanted:
            package.items.all().delete()
            _fill(package, items, by=by)
            audit.note(by, audit.Kind.CHANGE, package, facts={"items": [held, wanted]})
    return queries.package(pk, seen_by=by)


def _fill(package: Package, items: Sequence[tuple[UUID, int]], *, by: Actor) -> None:
    if not items:
        raise Invalid("Choose at least one service that the package holds.", field="items")
    if len({service_id for service_id, _ in items}) < len(items):
        raise Invalid("Each service stands once; write how often beside it.", field="items")
    known = set(queries.services(seen_by=by).filter(pk__in=[pk for pk, _ in items]).values_list("pk", flat=True))
    if any(pk not in known for pk, _ in items):
        raise Invalid("One of these services is not on offer. Choose from the list.", field="items")
    if any(not 1 <= quantity <= 200 for _, quantity in items):
        raise REFUSALS["catalog_packageitem_quantity"]
    PackageItem.objects.bulk_create(
        PackageItem(organization_id=by.organization_id, package=package, service_id=pk, quantity=quantity)
        for pk, quantity in items
    )


def _locked(model: type[M], found: M) -> M:
    return model._default_manager.select_for_update().get(pk=found.pk)


def _add(row: M, details: Mapping[str, Any], *, by: Actor) -> M:
    _set(row, details)
    _check(row, by=by)
    with refusing(REFUSALS):
        row.save(force_insert=True)
    return row


def _change(row: M, details: Mapping[str, Any], *, by: Actor) -> M:
    before = {name: getattr(row, name) for name in details}
    _set(row, details)
    differ = {
        name: [_plain(before[name]), _plain(getattr(row, name))]
        for name in details
        if getattr(row, name) != before[name]
    }
    if not differ:
        return row
    _check(row, by=by)
    with refusing(REFUSALS):
        row.save()
    audit.note(by, audit.Kind.CHANGE, row, facts=differ)
    return row


def _set(row: models.Model, details: Mapping[str, Any]) -> None:
    for name, value in details.items():
        setattr(row, name, value)


def _check(row: models.Model, *, by: Actor) -> None:
    """The row's own fields, in words; the database has the last word on everything else."""
    try:
        row.full_clean(exclude=["organization"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        errors = error.message_dict
        field, sentences = next(iter(errors.items()))
        raise Invalid(sentences[0], field=field, errors=errors) from None
    tax_code = getattr(row, "tax_code", "")
    if tax_code and not queries.tax_rates(seen_by=by).filter(code=tax_code).exists():
        raise Invalid("There is no tax rate with this code. Add it under Tax rates first.", field="tax_code")


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return exact(value)
    return str(value.pk) if isinstance(value, models.Model) else value
