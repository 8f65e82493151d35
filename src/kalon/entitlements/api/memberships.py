"""/api/memberships: what is offered, sell one, renew it, end it."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from kalon.api import Page, Router, paged
from kalon.entitlements import actions, queries
from kalon.entitlements.api.packages import Amount, HoldingReasonIn, Money
from kalon.entitlements.models import Membership, MembershipOffer
from kalon.kernel import audit
from kalon.web.fronts import actor_of

router = Router(tags=["memberships"])


class MembershipOfferOut(Schema):
    """A membership that the clinic sells."""

    id: UUID
    name: str
    period: str
    price: Money
    percent: Decimal
    tax_code: str
    package_id: UUID | None
    is_active: bool


class MembershipOfferIn(Schema):
    name: Annotated[str, Field(max_length=80)]
    period: Annotated[str, Field(max_length=5)]
    price: Amount
    percent: Annotated[Decimal, Field(gt=0, le=100, max_digits=5, decimal_places=2)]
    tax_code: Annotated[str, Field(max_length=20)] = ""
    package_id: UUID | None = None


class MembershipOut(Schema):
    """One term of a patient's membership: what was paid for it, what is earned, until when it runs."""

    id: UUID
    patient_id: UUID
    offer_id: UUID
    name: str
    status: str
    months: int
    value: Money
    earned: Money
    refunded: Money
    left: Money
    starts_on: date | None
    ends_on: date | None
    renews_id: UUID | None


class MembershipSaleIn(Schema):
    patient_id: UUID
    offer_id: UUID
    branch_id: UUID
    renews_id: UUID | None = None


@router.get("/offers", response=list[MembershipOfferOut], summary="Memberships on offer")
def list_offers(request: HttpRequest) -> list[MembershipOffer]:
    return list(queries.offers(seen_by=actor_of(request)))


@router.post("/offers", response={201: MembershipOfferOut}, summary="Offer a membership")
def add_offer(request: HttpRequest, body: MembershipOfferIn) -> tuple[int, MembershipOffer]:
    return 201, actions.add_offer(**body.dict(), by=actor_of(request))


@router.post("/offers/{uuid:offer_id}/end", response=MembershipOfferOut, summary="Sell a membership no longer")
def end_offer(request: HttpRequest, offer_id: UUID) -> MembershipOffer:
    return actions.end_offer(offer_id, by=actor_of(request))


@router.get("", response=Page[MembershipOut], summary="Memberships of patients, newest first")
def list_memberships(request: HttpRequest, patient_id: UUID | None = None) -> dict[str, Any]:
    by = actor_of(request)
    rows = queries.memberships_of(patient_id, seen_by=by) if patient_id else queries.memberships(seen_by=by)
    return paged(request, rows, membership_out, seen=lambda shown: audit.reads(by, shown, purpose="memberships"))


@router.post("", response={201: MembershipOut}, summary="Sell a membership, or the next term of one")
def sell_membership(request: HttpRequest, body: MembershipSaleIn) -> tuple[int, dict[str, Any]]:
    return 201, membership_out(actions.sell_membership(**body.dict(), by=actor_of(request)))


@router.get("/{uuid:membership_id}", response=MembershipOut, summary="One term of a membership")
def read_membership(request: HttpRequest, membership_id: UUID) -> dict[str, Any]:
    by = actor_of(request)
    row = queries.membership(membership_id, seen_by=by)
    audit.read(by, row, purpose="membership")
    return membership_out(row)


@router.post("/{uuid:membership_id}/end", response=MembershipOut, summary="End a membership early")
def end_membership(request: HttpRequest, membership_id: UUID, body: HoldingReasonIn) -> dict[str, Any]:
    return membership_out(actions.end_membership(membership_id, body.reason, by=actor_of(request)))


def membership_out(row: Membership) -> dict[str, Any]:
    """A membership as it is read."""
    return {name: getattr(row, name) for name in MembershipOut.model_fields}
