"""`/api/patient/results`: what was asked for of the patient, and what came back once a doctor has looked at it."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Page, Router, paged
from kalon.kernel import audit
from kalon.orders import queries as orders
from kalon.portal import queries
from kalon.portal.api.own import patient_only
from kalon.web.fronts import actor_of

router = Router(tags=["patient portal"], auth=patient_only)


class OwnValueOut(Schema):
    name: str
    value: str = Field(description="Empty until a doctor has looked at the whole order")
    unit: str
    low: Decimal | None = Field(description="What it was compared with")
    high: Decimal | None
    flag: str = Field(description="NORMAL, LOW, HIGH, ABNORMAL, NONE; empty without a value")
    flag_in_words: str
    was_corrected: bool


class OwnReportOut(Schema):
    document_id: UUID = Field(description="To be read at /api/patient/documents/{id}/content")
    title: str


class OwnResultsOut(Schema):
    id: UUID
    kind: str = Field(description="LAB or IMAGING")
    name: str
    state: str = Field(description="READY; or not yet: ASKED, UNDER_WAY, BEING_READ")
    state_in_words: str
    asked_by: str
    asked_at: datetime
    reviewed_by: str
    reviewed_at: datetime | None
    values: list[OwnValueOut]
    reports: list[OwnReportOut]


@router.get("", response=Page[OwnResultsOut], summary="Your results, and what is still out, newest first")
def list_results(request: HttpRequest) -> Any:
    by = actor_of(request)
    rows = orders.own(seen_by=by)
    return paged(request, rows, _out, seen=lambda shown: audit.reads(by, shown, purpose="own results"))


@router.get("/{result_id}", response=OwnResultsOut, summary="One of your orders with its results")
def get_result(request: HttpRequest, result_id: UUID) -> Any:
    return _shown(queries.result(result_id, seen_by=actor_of(request)))


def _out(row: Any) -> OwnResultsOut:
    return _shown(queries.OwnResult.of(row))


def _shown(found: queries.OwnResult) -> OwnResultsOut:
    order = found.order
    return OwnResultsOut(
        id=order.pk,
        kind=order.kind,
        name=found.name,
        state=found.state,
        state_in_words=found.words,
        asked_by=order.ordered_by,
        asked_at=order.created_at,
        reviewed_by=order.reviewed_by if found.is_ready else "",
        reviewed_at=order.reviewed_at if found.is_ready else None,
        values=[OwnValueOut.model_validate(value, from_attributes=True) for value in found.values],
        reports=[OwnReportOut(document_id=one.pk, title=one.title) for one in found.reports],
    )
