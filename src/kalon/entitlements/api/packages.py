"""/api/packages-held: what patients bought, sell it, use it, end it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field, PlainSerializer

from kalon.api import Page, Router, paged
from kalon.entitlements import actions, queries
from kalon.entitlements.models import PackageHolding, Use
from kalon.kernel import audit
from kalon.web.fronts import actor_of

router = Router(tags=["packages held"])
Money = Annotated[Decimal, PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2, allow_inf_nan=False)]
Reason = Annotated[str, Field(max_length=300)]


class HoldingItemOut(Schema):
    """The sessions of one service in a package."""

    id: UUID
    service_id: UUID
    service: str
    quantity: int
    used: int
    left: int
    value: Money


class HoldingOut(Schema):
    """A package of a patient: what it was worth, where that went, what is left."""

    id: UUID
    patient_id: UUID
    package_id: UUID
    name: str
    status: str
    sold_at: datetime
    valid_until: date
    value: Money
    used: Money
    kept: Money
    refunded: Money
    forfeited: Money
    moved: Money
    left: Money
    items: list[HoldingItemOut]


class UseOut(Schema):
    """A session that was used, or given back."""

    id: UUID
    holding_id: UUID
    item_id: UUID
    appointment_id: UUID
    number: int
    value: Money
    takes_back_id: UUID | None
    used_on: date


class CoveringOut(Schema):
    """The session of a package that a visit for a service would use."""

    item_id: UUID
    holding_id: UUID
    package: str
    number: int
    of: int
    value: Money
    single_price: Money
    valid_until: date
    words: str


class PackageSaleIn(Schema):
    patient_id: UUID
    package_id: UUID
    branch_id: UUID
    discount: Amount = Decimal(0)
    discount_reason: Reason = ""


class UseIn(Schema):
    item_id: UUID
    appointment_id: UUID


class HoldingReasonIn(Schema):
    reason: Reason


class ExtendIn(HoldingReasonIn):
    until: date


class HandOnIn(HoldingReasonIn):
    patient_id: UUID


@router.get("", response=Page[HoldingOut], summary="Packages of patients, newest first")
def list_holdings(request: HttpRequest, patient_id: UUID | None = None) -> dict[str, Any]:
    by = actor_of(request)
    rows = queries.holdings(seen_by=by)
    rows = rows.filter(patient_id__person=patient_id) if patient_id else rows
    return paged(request, rows, holding_out, seen=lambda shown: audit.reads(by, shown, purpose="packages"))


@router.post("", response={201: HoldingOut}, summary="Sell a package")
def sell(request: HttpRequest, body: PackageSaleIn) -> tuple[int, dict[str, Any]]:
    return 201, holding_out(actions.sell_package(**body.dict(), by=actor_of(request)))


@router.get("/covering", response=CoveringOut | None, summary="The session that covers a service on a day")
def covering(request: HttpRequest, patient_id: UUID, service_id: UUID, on: date) -> Any:
    return queries.covering(patient_id, service_id, on, seen_by=actor_of(request))


@router.get("/{uuid:holding_id}", response=HoldingOut, summary="One package of a patient")
def read_holding(request: HttpRequest, holding_id: UUID) -> dict[str, Any]:
    by = actor_of(request)
    row = queries.holding(holding_id, seen_by=by)
    audit.read(by, row, purpose="package")
    return holding_out(row)


@router.get("/{uuid:holding_id}/uses", response=list[UseOut], summary="Each session used or given back")
def list_uses(request: HttpRequest, holding_id: UUID) -> list[dict[str, Any]]:
    by = actor_of(request)
    audit.read(by, queries.holding(holding_id, seen_by=by), purpose="sessions of a package")
    return [use_out(row) for row in queries.uses_of(holding_id, seen_by=by)]


@router.post("/uses", response={201: UseOut}, summary="Use a session at a visit")
def use(request: HttpRequest, body: UseIn) -> tuple[int, dict[str, Any]]:
    return 201, use_out(actions.use_session(body.item_id, body.appointment_id, by=actor_of(request)))


@router.post("/uses/{uuid:use_id}/take-back", response={201: UseOut}, summary="Give a session back")
def take_back(request: HttpRequest, use_id: UUID, body: HoldingReasonIn) -> tuple[int, dict[str, Any]]:
    return 201, use_out(actions.take_back_use(use_id, body.reason, by=actor_of(request)))


@router.post("/{uuid:holding_id}/refund", response=HoldingOut, summary="Take what is left back")
def refund(request: HttpRequest, holding_id: UUID, body: HoldingReasonIn) -> dict[str, Any]:
    return holding_out(actions.refund_package(holding_id, body.reason, by=actor_of(request)))


@router.post("/{uuid:holding_id}/extend", response=HoldingOut, summary="Let it be used longer")
def extend(request: HttpRequest, holding_id: UUID, body: ExtendIn) -> dict[str, Any]:
    return holding_out(actions.extend_package(holding_id, body.until, body.reason, by=actor_of(request)))


@router.post("/{uuid:holding_id}/transfer", response={201: HoldingOut}, summary="Give it to another patient")
def transfer(request: HttpRequest, holding_id: UUID, body: HandOnIn) -> tuple[int, dict[str, Any]]:
    return 201, holding_out(actions.transfer_package(holding_id, body.patient_id, body.reason, by=actor_of(request)))


def holding_out(row: PackageHolding) -> dict[str, Any]:
    """A package as it is read."""
    names = set(HoldingOut.model_fields) - {"items"}
    items = [
        {
            "service": item.service.name,
            **{name: getattr(item, name) for name in HoldingItemOut.model_fields if name != "service"},
        }
        for item in row.items.all()
    ]
    return {**{name: getattr(row, name) for name in names}, "items": items}


def use_out(row: Use) -> dict[str, Any]:
    """A session as it is read."""
    return {name: getattr(row, name) for name in UseOut.model_fields}
