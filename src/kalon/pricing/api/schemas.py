"""What the JSON of prices looks like. Amounts are strings, as money is exact."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Schema
from pydantic import AfterValidator, PlainSerializer

Money = Annotated[Decimal, PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2, allow_inf_nan=False)]
Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not hold a NUL character")
    return text


Code = Annotated[str, Field(max_length=40), AfterValidator(_without_nul)]
Name = Annotated[str, Field(max_length=80), AfterValidator(_without_nul)]
Words = Annotated[str, Field(max_length=200), AfterValidator(_without_nul)]
Reason = Annotated[str, Field(max_length=500), AfterValidator(_without_nul)]


class FeeScheduleIn(Schema):
    """A list of prices from a day on; an empty insurer is for who pays themselves."""

    name: Annotated[str, Field(max_length=120), AfterValidator(_without_nul)]
    valid_from: date
    branch_id: UUID | None = None
    payer: Words = ""
    includes_tax: bool = False


class FeeScheduleOut(Schema):
    id: UUID
    name: str
    branch_id: UUID | None
    payer: str
    includes_tax: bool
    valid_from: date
    valid_to: date | None


class EndIn(Schema):
    """The first day on which something no longer holds."""

    valid_to: date


class PriceIn(Schema):
    """What a service, or a package, costs from a day on."""

    service_id: UUID | None = None
    package_id: UUID | None = None
    price: Amount
    valid_from: date


class PriceOut(Schema):
    id: UUID
    schedule_id: UUID
    service_id: UUID | None
    package_id: UUID | None
    price: Money
    valid_from: date
    valid_to: date | None


class ProcedurePriceIn(Schema):
    """What a procedure costs in a fee schedule from a day on."""

    schedule_id: UUID
    price: Money
    valid_from: date


class GroupIn(Schema):
    """A group of patients who pay less."""

    code: Code
    name: Name
    proof: Words = ""


class GroupOut(Schema):
    id: UUID
    code: str
    name: str
    proof: str
    is_active: bool


class MemberIn(Schema):
    """A patient belongs to a group from a day on."""

    group_id: UUID
    valid_from: date
    valid_to: date | None = None
    proof: Words = ""


class MemberOut(Schema):
    id: UUID
    group_id: UUID
    valid_from: date
    valid_to: date | None
    proof: str


class DiscountIn(Schema):
    """A discount: exactly one of per cent, amount, and so many free for so many paid."""

    code: Code
    name: Name
    tier: Annotated[str, Field(pattern="^(STANDARD|GROUP|BULK|PROMOTION)$")]
    valid_from: date
    valid_to: date | None = None
    percent: Percent | None = None
    amount: Amount | None = None
    buy_quantity: Annotated[int, Field(ge=1, le=1000)] | None = None
    free_quantity: Annotated[int, Field(ge=1, le=1000)] | None = None
    group_id: UUID | None = None
    min_quantity: Annotated[int, Field(ge=2, le=1000)] | None = None
    coupon: Code = ""
    max_uses: Count | None = None
    max_uses_each: Count | None = None
    branch_id: UUID | None = None
    service_ids: Annotated[list[UUID], Field(max_length=500)] = []
    package_ids: Annotated[list[UUID], Field(max_length=500)] = []


class DiscountOut(Schema):
    id: UUID
    code: str
    name: str
    tier: str
    percent: Decimal | None
    amount: Decimal | None
    buy_quantity: int | None
    free_quantity: int | None
    group_id: UUID | None
    min_quantity: int | None
    coupon: str
    max_uses: int | None
    max_uses_each: int | None
    branch_id: UUID | None
    valid_from: date
    valid_to: date | None


class DiscountRulesChange(Schema):
    """How discounts combine, the desk's limit and the points; what is left out stays as it is."""

    tier_order: Annotated[list[Code], Field(max_length=5)] | None = None
    combining: Annotated[list[Code], Field(max_length=5)] | None = None
    max_percent: Percent | None = None
    free_percent: Percent | None = None
    points_per: Amount | None = None
    point_value: Amount | None = None
    points_days: Annotated[int, Field(ge=1, le=3650)] | None = None


class DiscountRulesOut(Schema):
    tier_order: list[str]
    combining: list[str]
    max_percent: Decimal
    free_percent: Decimal
    points_per: Decimal | None
    point_value: Money
    points_days: int


class StepOut(Schema):
    tier: str
    words: str
    base: str
    amount: str


class PricedOut(Schema):
    """What a quantity of something costs before tax, and each discount in words."""

    name: str
    quantity: Decimal
    unit_price: Money
    gross: Money
    discount: Money
    net: Money
    steps: list[StepOut]
    listed: Money
    includes_tax: bool
    source: str


class ApprovalOut(Schema):
    id: UUID
    status: str
    patient_id: UUID
    what: str
    percent: Decimal
    reason: str
    asked_by: str
    decided_by: str
    decided_at: datetime | None
    decided_note: str


class NoteIn(Schema):
    note: Reason = ""


class ReasonIn(Schema):
    reason: Reason


class PointsOut(Schema):
    balance: int
    entries: list[dict[str, Any]]


class LimitIn(Schema):
    role_id: UUID
    percent: Decimal | None = Field(None, description="Empty: what the rules say for everybody")


class LimitOut(Schema):
    role_id: UUID
    role: str
    percent: Decimal
