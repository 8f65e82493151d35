"""/api/gift-vouchers: sell one, look it up by its code, redeem it, extend it, take it back."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from kalon.api import Page, Router, paged
from kalon.entitlements import actions, queries
from kalon.entitlements.api.packages import Amount, ExtendIn, HoldingReasonIn, Money
from kalon.entitlements.models import GiftVoucher
from kalon.kernel import audit
from kalon.web.fronts import actor_of

router = Router(tags=["gift vouchers"])
Code = Annotated[str, Field(max_length=40)]


class VoucherOut(Schema):
    """A gift voucher: what it was worth, where that went, what is left."""

    id: UUID
    patient_id: UUID
    status: str
    last4: str
    service_id: UUID | None
    value: Money
    redeemed: Money
    refunded: Money
    forfeited: Money
    left: Money
    sold_at: datetime
    valid_until: date


class SoldVoucherOut(VoucherOut):
    """A voucher with the code that its buyer gives away."""

    code: str


class RedeemedOut(Schema):
    """The payment that a redeemed voucher made, and how much of it went on the bill."""

    payment_id: UUID
    amount: Money
    allocated: Money


class VoucherSaleIn(Schema):
    patient_id: UUID
    branch_id: UUID
    amount: Amount | None = None
    service_id: UUID | None = None
    recipient: Annotated[str, Field(max_length=120)] = ""
    message: Annotated[str, Field(max_length=500)] = ""


class VoucherCodeIn(Schema):
    code: Code


class RedeemIn(VoucherCodeIn):
    patient_id: UUID
    branch_id: UUID
    amount: Amount | None = None
    bill_id: UUID | None = None
    key: Annotated[str, Field(max_length=120)] = ""


@router.get("", response=Page[VoucherOut], summary="Gift vouchers, newest first")
def list_vouchers(request: HttpRequest, patient_id: UUID | None = None) -> dict[str, Any]:
    by = actor_of(request)
    rows = queries.vouchers_of(patient_id, seen_by=by) if patient_id else queries.vouchers(seen_by=by)
    return paged(request, rows, voucher_out, seen=lambda shown: audit.reads(by, shown, purpose="gift vouchers"))


@router.post("", response={201: SoldVoucherOut}, summary="Sell a gift voucher")
def sell_voucher(request: HttpRequest, body: VoucherSaleIn) -> tuple[int, dict[str, Any]]:
    row = actions.sell_voucher(**body.dict(), by=actor_of(request))
    return 201, {**voucher_out(row), "code": row.code}


@router.post("/find", response=VoucherOut, summary="What is left of the voucher with this code")
def find_voucher(request: HttpRequest, body: VoucherCodeIn) -> dict[str, Any]:
    by = actor_of(request)
    row = queries.find_voucher(body.code, seen_by=by)
    audit.read(by, row, purpose="gift voucher found by its code")
    return voucher_out(row)


@router.post("/redeem", response={201: RedeemedOut}, summary="Redeem a voucher for a patient, or on a bill")
def redeem_voucher(request: HttpRequest, body: RedeemIn) -> tuple[int, dict[str, Any]]:
    paid = actions.redeem_voucher(**body.dict(), by=actor_of(request))
    return 201, {"payment_id": paid.pk, "amount": paid.amount, "allocated": paid.allocated}


@router.get("/{uuid:voucher_id}", response=VoucherOut, summary="One gift voucher")
def read_voucher(request: HttpRequest, voucher_id: UUID) -> dict[str, Any]:
    by = actor_of(request)
    row = queries.voucher(voucher_id, seen_by=by)
    audit.read(by, row, purpose="gift voucher")
    return voucher_out(row)


@router.post("/{uuid:voucher_id}/extend", response=VoucherOut, summary="Let it be redeemed longer")
def extend_voucher(request: HttpRequest, voucher_id: UUID, body: ExtendIn) -> dict[str, Any]:
    return voucher_out(actions.extend_voucher(voucher_id, body.until, body.reason, by=actor_of(request)))


@router.post("/{uuid:voucher_id}/refund", response=VoucherOut, summary="Take what is left back")
def refund_voucher(request: HttpRequest, voucher_id: UUID, body: HoldingReasonIn) -> dict[str, Any]:
    return voucher_out(actions.refund_voucher(voucher_id, body.reason, by=actor_of(request)))


def voucher_out(row: GiftVoucher) -> dict[str, Any]:
    """A voucher as it is read."""
    return {name: getattr(row, name) for name in VoucherOut.model_fields}
