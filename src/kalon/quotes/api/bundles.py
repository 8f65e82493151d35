"""JSON of bundles (/api/bundles): treatments that are offered together, and planning one in a consultation."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Router
from kalon.quotes import actions, queries
from kalon.quotes.actions import BundleDetails, PartDetails
from kalon.quotes.api.routes import Amount, QuoteOut, shown
from kalon.quotes.lifecycles import VIEW
from kalon.quotes.models import Bundle
from kalon.web.fronts import actor_of

router = Router(tags=["quotes"])


class BundlePartBody(Schema):
    service_id: UUID
    plan_type: str = Field("SURGICAL", description="SURGICAL, NON_SURGICAL or SERIES")
    side: str = ""
    technique: str = Field("", max_length=200)
    quantity: int = 1
    session_count: int = 1
    interval_days: int | None = None


class BundleIn(Schema):
    """One price for all, before tax, or a per cent less than the parts cost on the day."""

    name: str = Field(max_length=120)
    price: Amount | None = None
    percent: Decimal | None = None
    parts: list[BundlePartBody] = Field(max_length=20)


class BundleOut(Schema):
    id: UUID
    name: str
    price: Decimal | None
    percent: Decimal | None
    is_offered: bool
    parts: list[BundlePartBody]


class BundlePlanIn(Schema):
    consultation_id: UUID


@router.get("", response=list[BundleOut], summary="Treatments that are offered together")
def list_bundles(request: HttpRequest) -> Any:
    by = actor_of(request)
    by.must(VIEW, do="see bundles")
    return [_out(one) for one in queries.bundles(seen_by=by)]


@router.post("", response={201: BundleOut}, summary="Offer several treatments together")
def add(request: HttpRequest, body: BundleIn) -> Any:
    return 201, _out(actions.add_bundle(_details(body), by=actor_of(request)))


@router.put("/{bundle_id}", response=BundleOut, summary="Write a bundle anew")
def change(request: HttpRequest, bundle_id: UUID, body: BundleIn) -> Any:
    return _out(actions.change_bundle(bundle_id, _details(body), by=actor_of(request)))


@router.delete("/{bundle_id}", response=BundleOut, summary="Offer a bundle no more")
def retire(request: HttpRequest, bundle_id: UUID) -> Any:
    return _out(actions.retire_bundle(bundle_id, by=actor_of(request)))


@router.post("/{bundle_id}/plan", response={201: QuoteOut}, summary="Plan all of it, and begin one quote over it")
def plan(request: HttpRequest, bundle_id: UUID, body: BundlePlanIn) -> Any:
    return 201, shown(request, actions.plan_bundle(body.consultation_id, bundle_id, by=actor_of(request)))


def _details(body: BundleIn) -> BundleDetails:
    parts = [PartDetails(**part.model_dump()) for part in body.parts]
    return BundleDetails(name=body.name, price=body.price, percent=body.percent, parts=parts)


def _out(found: Bundle) -> BundleOut:
    parts = [
        BundlePartBody(**{name: getattr(part, name) for name in BundlePartBody.model_fields})
        for part in found.parts.all()
    ]
    return BundleOut(
        id=found.pk, name=found.name, price=found.price, percent=found.percent, is_offered=found.retired_at is None,
        parts=parts,
    )  # fmt: skip
