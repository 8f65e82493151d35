"""What the JSON of the catalogue looks like."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from ninja import Field, Schema

Code = Annotated[str, Field(max_length=40)]
Name = Annotated[str, Field(max_length=120)]
Words = Annotated[str, Field(max_length=2000)]
Minutes = Annotated[int, Field(ge=0, le=32767)]
Amount = Annotated[Decimal, Field(max_digits=14, decimal_places=2)]
Percent = Annotated[Decimal, Field(max_digits=5, decimal_places=2)]


class NeedIn(Schema):
    """Staff of a kind, or equipment of a kind, that each visit takes besides the doctor."""

    staff_kind: Annotated[str, Field(max_length=16)] = Field("", description="NURSE, THERAPIST, …; or empty")
    equipment_kind: Annotated[str, Field(max_length=40)] = Field("", description="Such as LASER_ND_YAG; or empty")
    count: Minutes = 1


class OfferChange(Schema):
    """What services and packages have in common; `needs` replaces all of them."""

    appointment_type_id: UUID | None = None
    cancellation_policy_id: UUID | None = None
    prepayment: Annotated[str, Field(max_length=8)] | None = Field(None, description="NONE, DEPOSIT or FULL")
    deposit_percent: Minutes | None = None
    deposit_amount: Amount | None = None
    needs_doctor: bool | None = None
    room_kind: Annotated[str, Field(max_length=16)] | None = None
    room_features: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=20)] | None = None
    preparation_minutes: Minutes | None = None
    cleaning_minutes: Minutes | None = None
    special_needs: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=20)] | None = None
    needs_note: Annotated[str, Field(max_length=300)] | None = None
    needs: Annotated[list[NeedIn], Field(max_length=40)] | None = None


class BookableOut(Schema):
    appointment_type_id: UUID | None
    cancellation_policy_id: UUID | None
    prepayment: str
    deposit_percent: int | None
    deposit_amount: Decimal | None
    needs_doctor: bool
    room_kind: str | None
    room_features: list[str]
    preparation_minutes: int
    cleaning_minutes: int
    special_needs: list[str]
    needs_note: str
    needs: list[NeedIn]


class ServiceChange(OfferChange):
    """The fields to change; those left out stay as they are."""

    code: Code | None = None
    name: Name | None = None
    description: Words | None = None
    price: Amount | None = None
    tax_code: Code | None = None
    hsn_sac: Annotated[str, Field(max_length=8)] | None = None
    minutes: Minutes | None = None
    is_self_bookable: bool | None = None
    is_auto_approved: bool | None = None
    is_active: bool | None = None


class ServiceIn(ServiceChange):
    code: Code
    name: Name
    price: Amount


class ServiceOut(BookableOut):
    id: UUID
    code: str
    name: str
    description: str
    price: Decimal = Field(description="Before tax")
    tax_code: str
    hsn_sac: str
    minutes: int
    is_self_bookable: bool
    is_auto_approved: bool
    is_active: bool


class PackageItemIn(Schema):
    service_id: UUID
    quantity: Minutes = 1


class PackageChange(OfferChange):
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
    items: Annotated[list[PackageItemIn], Field(max_length=100)] | None = None


class PackageIn(PackageChange):
    code: Code
    name: Name
    price: Amount
    items: Annotated[list[PackageItemIn], Field(max_length=100)]


class PackageItemOut(Schema):
    service_id: UUID
    service_name: str
    quantity: int


class PackageOut(BookableOut):
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
    items: list[PackageItemOut]


class AppointmentTypeChange(Schema):
    name: Annotated[str, Field(max_length=80)] | None = None
    default_minutes: Minutes | None = None
    requires_doctor: bool | None = None
    allow_self_booking: bool | None = None
    consultation_type: Annotated[str, Field(max_length=20)] | None = None
    display_order: Minutes | None = None
    cancellation_policy_id: UUID | None = None
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
    cancellation_policy_id: UUID | None
    is_active: bool


class PolicyChange(Schema):
    """The fields to change; of each fee there is a per cent of the price before tax, or an amount, or neither."""

    name: Annotated[str, Field(max_length=80)] | None = None
    notice_hours: Minutes | None = None
    late_cancel_percent: Percent | None = None
    late_cancel_amount: Amount | None = None
    no_show_percent: Percent | None = None
    no_show_amount: Amount | None = None
    tax_code: Annotated[str, Field(max_length=40)] | None = None
    hsn_sac: Annotated[str, Field(max_length=8)] | None = None
    sentence: Annotated[str, Field(max_length=300)] | None = Field(None, description="What patients read")
    is_active: bool | None = None


class PolicyIn(PolicyChange):
    name: Annotated[str, Field(max_length=80)]
    sentence: Annotated[str, Field(max_length=300)]


class PolicyOut(Schema):
    id: UUID
    name: str
    notice_hours: int
    late_cancel_percent: Decimal | None
    late_cancel_amount: Decimal | None
    no_show_percent: Decimal | None
    no_show_amount: Decimal | None
    tax_code: str
    hsn_sac: str
    sentence: str
    is_active: bool


class TaxRateIn(Schema):
    code: Code
    name: Name
    percent: Percent
    valid_from: date
    valid_to: date | None = None
    source: Words = ""


class TaxRateEnd(Schema):
    valid_to: date = Field(description="The first day on which it no longer holds")


class TaxRateOut(TaxRateIn):
    id: UUID


class TaxSchemeIn(Schema):
    """Which taxes a country has, their names on paper, and from when."""

    code: Code
    name: Name
    split: str = Field(pattern=r"^(HALVES|WHOLE)$")
    first_half: str = Field("", max_length=12)
    second_half: str = Field("", max_length=12)
    whole: str = Field(min_length=1, max_length=12)
    registration: str = Field(min_length=1, max_length=30)
    registered_place: str = Field("PERFORMED", pattern=r"^(PERFORMED|RECIPIENT)$")
    address_from: Amount | None = None
    large_from: Amount | None = None
    valid_from: date
    source: Words = ""


class TaxSchemeEnd(Schema):
    valid_to: date = Field(description="The first day on which it no longer holds")


class TaxSchemeOut(TaxSchemeIn):
    id: UUID
    valid_to: date | None
