"""JSON of the catalogue: what is on offer, and changing it for whoever looks after prices."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Page, Router, paged
from kalon.catalog import actions, queries
from kalon.catalog.models import AppointmentType, Package, Service, TaxRate

router = Router(tags=["catalogue"])

Code = Annotated[str, Field(max_length=40)]
Name = Annotated[str, Field(max_length=120)]
Words = Annotated[str, Field(max_length=2000)]
Minutes = Annotated[int, Field(ge=0, le=32767)]
Amount = Annotated[Decimal, Field(max_digits=14, decimal_places=2)]


class ServiceChange(Schema):
    """The fields to change; those left out stay as they are."""

    code: Code | None = None
    name: Name | None = None
    description: Words | None = None
    price: Amount | None = None
    tax_code: Code | None = None
    hsn_sac: Annotated[str, Field(max_length=8)] | None = None
    minutes: Minutes | None = None
    appointment_type_id: UUID | None = None
    is_self_bookable: bool | None = None
    is_auto_approved: bool | None = None
    prepay: bool | None = None
    needs_doctor: bool | None = None
    room_kind: Annotated[str, Field(max_length=16)] | None = None
    is_active: bool | None = None


class ServiceIn(ServiceChange):
    code: Code
    name: Name
    price: Amount


class ServiceOut(Schema):
    id: UUID
    code: str
    name: str
    description: str
    price: Decimal = Field(description="Before tax")
    tax_code: str
    hsn_sac: str
    minutes: int
    appointment_type_id: UUID | None
    is_self_bookable: bool
    is_auto_approved: bool
    prepay: bool
    needs_doctor: bool
    room_kind: str | None
    is_active: bool


class ItemIn(Schema):
    service_id: UUID
    quantity: Minutes = 1


class PackageChange(Schema):
    """The fields to change; `items` replaces all that it holds."""

    code: Code | None = None
    name: Name | None = None
    description: Words | None = None
    price: Amount | None = None
    tax_code: Code | None = None
    valid_days: Minutes | None = None
    minutes: Minutes | None = None
    is_self_bookable: bool | None = None
    is_auto_approved: bool | None = None
    is_active: bool | None = None
    items: Annotated[list[ItemIn], Field(max_length=100)] | None = None


class PackageIn(PackageChange):
    code: Code
    name: Name
    price: Amount
    items: Annotated[list[ItemIn], Field(max_length=100)]


class ItemOut(Schema):
    service_id: UUID
    service_name: str
    quantity: int


class PackageOut(Schema):
    id: UUID
    code: str
    name: str
    description: str
    price: Decimal
    tax_code: str
    valid_days: int
    minutes: int
    is_self_bookable: bool
    is_auto_approved: bool
    is_active: bool
    items: list[ItemOut]


class AppointmentTypeChange(Schema):
    name: Annotated[str, Field(max_length=80)] | None = None
    default_minutes: Minutes | None = None
    requires_doctor: bool | None = None
    allow_self_booking: bool | None = None
    consultation_type: Annotated[str, Field(max_length=20)] | None = None
    display_order: Minutes | None = None
    is_active: bool | None = None


class AppointmentTypeIn(AppointmentTypeChange):
    code: Annotated[str, Field(max_length=20)]
    name: Annotated[str, Field(max_length=80)]


class AppointmentTypeOut(Schema):
    id: UUID
    code: str
    name: str
    default_minutes: int
    requires_doctor: bool
    allow_self_booking: bool
    consultation_type: str
    display_order: int
    is_active: bool


class TaxRateIn(Schema):
    code: Code
    name: Name
    percent: Annotated[Decimal, Field(max_digits=5, decimal_places=2)]
    valid_from: date
    valid_to: date | None = None
    source: Words = ""


class TaxRateEnd(Schema):
    valid_to: date = Field(description="The first day on which it no longer holds")


class TaxRateOut(TaxRateIn):
    id: UUID


@router.get("/services", response=Page[ServiceOut], summary="What is on offer")
def list_services(request: HttpRequest, bookable: bool = False, q: Name = "") -> Any:
    rows = queries.services(seen_by=_by(request), bookable_by_patient=bookable, text=q.strip())
    return paged(request, rows, service_out, by="id")


@router.get("/services/{service_id}", response=ServiceOut, summary="One service")
def get_service(request: HttpRequest, service_id: UUID) -> Any:
    return service_out(queries.service(service_id, seen_by=_by(request)))


@router.post("/services", response={201: ServiceOut}, summary="Put a service on offer")
def add_service(request: HttpRequest, body: ServiceIn) -> Any:
    return 201, service_out(actions.add_service(_given(body), by=_by(request)))


@router.patch("/services/{service_id}", response=ServiceOut, summary="Change a service or its price")
def change_service(request: HttpRequest, service_id: UUID, body: ServiceChange) -> Any:
    return service_out(actions.change_service(service_id, _given(body), by=_by(request)))


@router.get("/packages", response=Page[PackageOut], summary="Packages and what they hold")
def list_packages(request: HttpRequest) -> Any:
    return paged(request, queries.packages(seen_by=_by(request)), package_out, by="id")


@router.get("/packages/{package_id}", response=PackageOut, summary="One package")
def get_package(request: HttpRequest, package_id: UUID) -> Any:
    return package_out(queries.package(package_id, seen_by=_by(request)))


@router.post("/packages", response={201: PackageOut}, summary="Put a package on offer")
def add_package(request: HttpRequest, body: PackageIn) -> Any:
    items = [(item.service_id, item.quantity) for item in body.items]
    return 201, package_out(actions.add_package(_given(body, without={"items"}), items, by=_by(request)))


@router.patch("/packages/{package_id}", response=PackageOut, summary="Change a package")
def change_package(request: HttpRequest, package_id: UUID, body: PackageChange) -> Any:
    items = None if body.items is None else [(item.service_id, item.quantity) for item in body.items]
    return package_out(actions.change_package(package_id, _given(body, without={"items"}), items, by=_by(request)))


@router.get("/appointment-types", response=Page[AppointmentTypeOut], summary="The kinds of visit")
def list_appointment_types(request: HttpRequest) -> Any:
    return paged(request, queries.appointment_types(seen_by=_by(request)), type_out, by="id")


@router.post("/appointment-types", response={201: AppointmentTypeOut}, summary="Add a kind of visit")
def add_appointment_type(request: HttpRequest, body: AppointmentTypeIn) -> Any:
    return 201, type_out(actions.add_appointment_type(_given(body), by=_by(request)))


@router.patch("/appointment-types/{type_id}", response=AppointmentTypeOut, summary="Change a kind of visit")
def change_appointment_type(request: HttpRequest, type_id: UUID, body: AppointmentTypeChange) -> Any:
    return type_out(actions.change_appointment_type(type_id, _given(body), by=_by(request)))


@router.get("/tax-rates", response=Page[TaxRateOut], summary="Tax rates and when they hold")
def list_tax_rates(request: HttpRequest) -> Any:
    return paged(request, queries.tax_rates(seen_by=_by(request)), rate_out, by="id")


@router.post("/tax-rates", response={201: TaxRateOut}, summary="A rate that follows the one before it")
def add_tax_rate(request: HttpRequest, body: TaxRateIn) -> Any:
    return 201, rate_out(actions.add_tax_rate(**body.dict(), by=_by(request)))


@router.patch("/tax-rates/{rate_id}", response=TaxRateOut, summary="End a rate")
def end_tax_rate(request: HttpRequest, rate_id: UUID, body: TaxRateEnd) -> Any:
    return rate_out(actions.end_tax_rate(rate_id, body.valid_to, by=_by(request)))


def service_out(service: Service) -> ServiceOut:
    return ServiceOut(**{name: getattr(service, name) for name in ServiceOut.model_fields})


def package_out(package: Package) -> PackageOut:
    fields = {name: getattr(package, name) for name in PackageOut.model_fields if name != "items"}
    items = [
        ItemOut(service_id=item.service_id, service_name=item.service.name, quantity=item.quantity)
        for item in package.items.all()
    ]
    return PackageOut(**fields, items=items)


def type_out(kind: AppointmentType) -> AppointmentTypeOut:
    return AppointmentTypeOut(**{name: getattr(kind, name) for name in AppointmentTypeOut.model_fields})


def rate_out(rate: TaxRate) -> TaxRateOut:
    return TaxRateOut(**{name: getattr(rate, name) for name in TaxRateOut.model_fields})


def _given(body: Schema, *, without: set[str] | None = None) -> dict[str, Any]:
    """The fields that were sent; null clears only what may be empty."""
    sent = body.dict(exclude_unset=True, exclude=without or set())
    return {
        name: value for name, value in sent.items() if value is not None or name in ("appointment_type_id", "room_kind")
    }


def _by(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]
