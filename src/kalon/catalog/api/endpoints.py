"""JSON of the catalogue: what is on offer, and changing it for whoever looks after prices."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema

from kalon.api import Page, Router, paged
from kalon.catalog import actions, queries
from kalon.catalog.api.schemas import (
    AppointmentTypeChange,
    AppointmentTypeIn,
    AppointmentTypeOut,
    Name,
    NeedIn,
    OfferChange,
    PackageChange,
    PackageIn,
    PackageItemOut,
    PackageOut,
    PolicyChange,
    PolicyIn,
    PolicyOut,
    ServiceChange,
    ServiceIn,
    ServiceOut,
    TaxRateEnd,
    TaxRateIn,
    TaxRateOut,
    TaxSchemeEnd,
    TaxSchemeIn,
    TaxSchemeOut,
)
from kalon.catalog.models import AppointmentType, CancellationPolicy, Package, Service, TaxRate, TaxScheme
from kalon.catalog.rules import NeedLine

router = Router(tags=["catalogue"])
MAY_BE_EMPTY = {
    "appointment_type_id", "cancellation_policy_id", "room_kind", "deposit_percent", "deposit_amount",
    "late_cancel_percent", "late_cancel_amount", "no_show_percent", "no_show_amount",
}  # fmt: skip


@router.get("/services", response=Page[ServiceOut], summary="What is on offer")
def list_services(request: HttpRequest, bookable: bool = False, q: Name = "") -> Any:
    rows = queries.services(seen_by=_by(request), bookable_by_patient=bookable, text=q.strip())
    return paged(request, rows, service_out, by="id")


@router.get("/services/{service_id}", response=ServiceOut, summary="One service")
def get_service(request: HttpRequest, service_id: UUID) -> Any:
    return service_out(queries.service(service_id, seen_by=_by(request)))


@router.post("/services", response={201: ServiceOut}, summary="Put a service on offer")
def add_service(request: HttpRequest, body: ServiceIn) -> Any:
    return 201, service_out(actions.add_service(_given(body), _needs(body) or (), by=_by(request)))


@router.patch("/services/{service_id}", response=ServiceOut, summary="Change a service or its price")
def change_service(request: HttpRequest, service_id: UUID, body: ServiceChange) -> Any:
    return service_out(actions.change_service(service_id, _given(body), _needs(body), by=_by(request)))


@router.get("/packages", response=Page[PackageOut], summary="Packages and what they hold")
def list_packages(request: HttpRequest) -> Any:
    return paged(request, queries.packages(seen_by=_by(request)), package_out, by="id")


@router.get("/packages/{package_id}", response=PackageOut, summary="One package")
def get_package(request: HttpRequest, package_id: UUID) -> Any:
    return package_out(queries.package(package_id, seen_by=_by(request)))


@router.post("/packages", response={201: PackageOut}, summary="Put a package on offer")
def add_package(request: HttpRequest, body: PackageIn) -> Any:
    items = [(item.service_id, item.quantity) for item in body.items]
    return 201, package_out(actions.add_package(_given(body), items, _needs(body) or (), by=_by(request)))


@router.patch("/packages/{package_id}", response=PackageOut, summary="Change a package")
def change_package(request: HttpRequest, package_id: UUID, body: PackageChange) -> Any:
    items = None if body.items is None else [(item.service_id, item.quantity) for item in body.items]
    return package_out(actions.change_package(package_id, _given(body), items, _needs(body), by=_by(request)))


@router.get("/appointment-types", response=Page[AppointmentTypeOut], summary="The kinds of visit")
def list_appointment_types(request: HttpRequest) -> Any:
    return paged(request, queries.appointment_types(seen_by=_by(request)), type_out, by="id")


@router.post("/appointment-types", response={201: AppointmentTypeOut}, summary="Add a kind of visit")
def add_appointment_type(request: HttpRequest, body: AppointmentTypeIn) -> Any:
    return 201, type_out(actions.add_appointment_type(_given(body), by=_by(request)))


@router.patch("/appointment-types/{type_id}", response=AppointmentTypeOut, summary="Change a kind of visit")
def change_appointment_type(request: HttpRequest, type_id: UUID, body: AppointmentTypeChange) -> Any:
    return type_out(actions.change_appointment_type(type_id, _given(body), by=_by(request)))


@router.get("/cancellation-policies", response=Page[PolicyOut], summary="What cancelling late and not coming cost")
def list_policies(request: HttpRequest) -> Any:
    return paged(request, queries.cancellation_policies(seen_by=_by(request)), policy_out, by="id")


@router.post("/cancellation-policies", response={201: PolicyOut}, summary="Write down a policy")
def add_policy(request: HttpRequest, body: PolicyIn) -> Any:
    return 201, policy_out(actions.add_cancellation_policy(_given(body), by=_by(request)))


@router.patch("/cancellation-policies/{policy_id}", response=PolicyOut, summary="Change a policy")
def change_policy(request: HttpRequest, policy_id: UUID, body: PolicyChange) -> Any:
    return policy_out(actions.change_cancellation_policy(policy_id, _given(body), by=_by(request)))


@router.get("/tax-rates", response=Page[TaxRateOut], summary="Tax rates and when they hold")
def list_tax_rates(request: HttpRequest) -> Any:
    return paged(request, queries.tax_rates(seen_by=_by(request)), rate_out, by="id")


@router.post("/tax-rates", response={201: TaxRateOut}, summary="A rate that follows the one before it")
def add_tax_rate(request: HttpRequest, body: TaxRateIn) -> Any:
    return 201, rate_out(actions.add_tax_rate(**body.dict(), by=_by(request)))


@router.patch("/tax-rates/{rate_id}", response=TaxRateOut, summary="End a rate")
def end_tax_rate(request: HttpRequest, rate_id: UUID, body: TaxRateEnd) -> Any:
    return rate_out(actions.end_tax_rate(rate_id, body.valid_to, by=_by(request)))


@router.get("/tax-schemes", response=Page[TaxSchemeOut], summary="Tax schemes of the clinic's own, and when they hold")
def list_tax_schemes(request: HttpRequest) -> Any:
    return paged(request, queries.tax_schemes(seen_by=_by(request)), scheme_out, by="id")


@router.post("/tax-schemes", response={201: TaxSchemeOut}, summary="A scheme that follows the one before it")
def add_tax_scheme(request: HttpRequest, body: TaxSchemeIn) -> Any:
    return 201, scheme_out(actions.add_tax_scheme(**body.dict(), by=_by(request)))


@router.patch("/tax-schemes/{scheme_id}", response=TaxSchemeOut, summary="End a scheme")
def end_tax_scheme(request: HttpRequest, scheme_id: UUID, body: TaxSchemeEnd) -> Any:
    return scheme_out(actions.end_tax_scheme(scheme_id, body.valid_to, by=_by(request)))


def service_out(service: Service) -> ServiceOut:
    return ServiceOut(**_fields(service, ServiceOut, "needs"), needs=_needs_out(service))


def package_out(package: Package) -> PackageOut:
    items = [
        PackageItemOut(service_id=item.service_id, service_name=item.service.name, quantity=item.quantity)
        for item in package.items.all()
    ]
    return PackageOut(**_fields(package, PackageOut, "needs", "items"), needs=_needs_out(package), items=items)


def type_out(kind: AppointmentType) -> AppointmentTypeOut:
    return AppointmentTypeOut(**_fields(kind, AppointmentTypeOut))


def policy_out(policy: CancellationPolicy) -> PolicyOut:
    return PolicyOut(**_fields(policy, PolicyOut))


def rate_out(rate: TaxRate) -> TaxRateOut:
    return TaxRateOut(**_fields(rate, TaxRateOut))


def scheme_out(scheme: TaxScheme) -> TaxSchemeOut:
    return TaxSchemeOut(**_fields(scheme, TaxSchemeOut))


def _fields(row: Any, schema: type[Schema], *without: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in schema.model_fields if name not in without}


def _needs_out(offer: Service | Package) -> list[NeedIn]:
    return [NeedIn(**_fields(need, NeedIn)) for need in offer.needs.all()]


def _needs(body: OfferChange) -> list[NeedLine] | None:
    return None if body.needs is None else [NeedLine(**need.dict()) for need in body.needs]


def _given(body: Schema) -> dict[str, Any]:
    """The row's own fields that were sent; null clears only what may be empty."""
    sent = body.dict(exclude_unset=True, exclude={"items", "needs"})
    return {name: value for name, value in sent.items() if value is not None or name in MAY_BE_EMPTY}


def _by(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]
