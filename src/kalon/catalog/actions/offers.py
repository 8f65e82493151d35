"""Putting services, packages and kinds of visit on offer, and changing them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models

from kalon.catalog import queries
from kalon.catalog.models import AppointmentType, Need, Offer, Package, PackageItem, Service
from kalon.catalog.rules import NeedLine
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid
from kalon.kernel.money import exact
from kalon.kernel.tenancy import verb

M = TypeVar("M", bound=models.Model)

MANAGE = "catalog.manage"
DO = "change the catalogue"
DEPOSIT = Service.Prepayment.DEPOSIT
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
    **{
        f"catalog_{offer}_deposit": Invalid(
            "A deposit is a per cent from 1 to 100, or an amount: write one of the two.", field="deposit_percent"
        )
        for offer in ("service", "package")
    },
    "catalog_cancellationpolicy_name_once": Clash("Another policy has this name. Choose another.", field="name"),
    "catalog_cancellationpolicy_notice": Invalid("At most 720 hours (30 days).", field="notice_hours"),
    "catalog_cancellationpolicy_late": Invalid(
        "A fee is a per cent from 0.01 to 100, or an amount: write one of the two, or none.",
        field="late_cancel_percent",
    ),
    "catalog_cancellationpolicy_no_show": Invalid(
        "A fee is a per cent from 0.01 to 100, or an amount: write one of the two, or none.", field="no_show_percent"
    ),
    "catalog_cancellationpolicy_hsn_sac_digits": Invalid("An HSN or SAC has 4 to 8 digits.", field="hsn_sac"),
    "catalog_need_once": Invalid("Each kind stands once; write how many beside it.", field="needs"),
    "catalog_need_staff_or_equipment": Invalid(
        "A line is a kind of staff or a kind of equipment, such as LASER_ND_YAG: write one of the two.", field="needs"
    ),
    "catalog_need_count": Invalid("Between 1 and 10 of each kind.", field="needs"),
    "catalog_packageitem_quantity": Invalid("Between 1 and 200 of each service.", field="items"),
}


@verb
def add_service(details: Mapping[str, Any], needs: Sequence[NeedLine] = (), *, by: Actor) -> Service:
    """Put a new service on offer, with the staff and the equipment that its visits need."""
    by.must(MANAGE, do=DO)
    service = _add(Service(organization_id=by.organization_id), _offered(details), by=by)
    _ask(service, needs, by=by)
    return queries.service(service.pk, seen_by=by)


@verb
def change_service(
    pk: UUID, details: Mapping[str, Any], needs: Sequence[NeedLine] | None = None, *, by: Actor
) -> Service:
    """Change a service, and what its visits need when `needs` are given.

    What it was before stays in its history; bills keep the price they were made with, booked visits their people.
    """
    by.must(MANAGE, do=DO)
    service = _change(_locked(Service, queries.service(pk, seen_by=by)), _offered(details), by=by)
    _ask_again(service, needs, by=by)
    return queries.service(pk, seen_by=by)


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
def add_package(
    details: Mapping[str, Any], items: Sequence[tuple[UUID, int]], needs: Sequence[NeedLine] = (), *, by: Actor
) -> Package:
    """Put a package on offer: `items` are the services it holds and how often, `needs` what each visit takes."""
    by.must(MANAGE, do=DO)
    package = _add(Package(organization_id=by.organization_id), _offered(details), by=by)
    _fill(package, items, by=by)
    _ask(package, needs, by=by)
    return queries.package(package.pk, seen_by=by)


@verb
def change_package(
    pk: UUID,
    details: Mapping[str, Any],
    items: Sequence[tuple[UUID, int]] | None = None,
    needs: Sequence[NeedLine] | None = None,
    *,
    by: Actor,
) -> Package:
    """Change a package, what it holds when `items` are given, and what its visits need when `needs` are given.

    Packages already sold keep what they held.
    """
    by.must(MANAGE, do=DO)
    package = _change(_locked(Package, queries.package(pk, seen_by=by)), _offered(details), by=by)
    _ask_again(package, needs, by=by)
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


def _ask(offer: Service | Package, needs: Sequence[NeedLine], *, by: Actor) -> None:
    """Write down the staff and the equipment that each visit takes."""
    if any(need.staff_kind and need.staff_kind not in Need.StaffKind.values for need in needs):
        raise Invalid(f"Choose the staff from {', '.join(Need.StaffKind.values)}.", field="needs")
    if any(not 1 <= need.count <= 10 for need in needs):
        raise REFUSALS["catalog_need_count"]
    with refusing(REFUSALS):
        Need.objects.bulk_create(
            Need(organization_id=by.organization_id, **_of(offer), **asdict(need)) for need in needs
        )


def _ask_again(offer: Service | Package, needs: Sequence[NeedLine] | None, *, by: Actor) -> None:
    if needs is None:
        return
    asked = {need.staff_kind or need.equipment_kind: need.count for need in offer.needs.all()}
    wanted = {need.staff_kind or need.equipment_kind: need.count for need in needs}
    if asked == wanted and len(wanted) == len(needs):
        return
    offer.needs.all().delete()
    _ask(offer, needs, by=by)
    audit.note(by, audit.Kind.CHANGE, offer, facts={"needs": [asked, wanted]})


def _of(offer: Service | Package) -> dict[str, Offer]:
    return {"service": offer} if isinstance(offer, Service) else {"package": offer}


def _offered(details: Mapping[str, Any]) -> dict[str, Any]:
    """Words as they are compared, and of a deposit only the one figure that was given."""
    given = dict(details)
    for name, tidy in (("room_features", str.lower), ("special_needs", str)):
        if name in given:
            given[name] = list(dict.fromkeys(word for text in given[name] if (word := " ".join(tidy(text).split()))))
    if given.get("prepayment", DEPOSIT) != DEPOSIT:
        return {"deposit_percent": None, "deposit_amount": None, **given}
    if given.get("deposit_percent") is not None:
        given.setdefault("deposit_amount", None)
    elif given.get("deposit_amount") is not None:
        given.setdefault("deposit_percent", None)
    return given


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
