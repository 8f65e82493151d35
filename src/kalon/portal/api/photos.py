"""`/api/patient/photos`: the before and after that the clinic shared, and the patient's own copy of it to keep."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from ninja import Field, Schema

from kalon.api import Page, Router, paged
from kalon.kernel import audit
from kalon.photos import actions, queries
from kalon.portal.api.own import patient_only
from kalon.web import files
from kalon.web.fronts import actor_of

router = Router(tags=["patient portal"], auth=patient_only)
SIZES = {"small": queries.SMALL, "middle": queries.MIDDLE}


class OwnPhotoOut(Schema):
    id: UUID = Field(description="To be looked at under /api/patient/photos/pictures/{id}")
    taken_at: datetime
    width: int
    height: int


class OwnPairOut(Schema):
    id: UUID
    view: str
    earlier: OwnPhotoOut
    later: OwnPhotoOut
    shared_at: datetime


class OwnCopyOut(Schema):
    id: UUID
    pair_id: UUID | None
    purpose: str = Field(description="PATIENT: the patient's own, to be fetched under its id; CARE or MARKETING")
    recipient: str
    consent_number: str
    created_at: datetime
    size: int = Field(description="Bytes")
    withdrawn_at: datetime | None
    withdrawn_why: str = Field(description="CONSENT_ENDED, TAKEN_BACK or PHOTO_GONE")


@router.get("", response=Page[OwnPairOut], summary="The comparisons that are shared with you, newest first")
def list_pairs(request: HttpRequest) -> Any:
    by = actor_of(request)
    rows = queries.pairs_of(by.own_patient_id, seen_by=by)
    return paged(request, rows, _pair, seen=lambda shown: audit.reads(by, shown, purpose="own photographs"))


@router.get("/pictures/{uuid:photo_id}", summary="A shared photograph to look at, as JPEG")
def picture(request: HttpRequest, photo_id: UUID, size: Literal["small", "middle"] = "middle") -> HttpResponse:
    by = actor_of(request)
    found = actions.look(photo_id, purpose="own photographs", by=by)
    return queries.as_picture(found, SIZES[size], seen_by=by)


@router.get("/copies", response=Page[OwnCopyOut], summary="Copies of your photographs, newest first")
def list_copies(request: HttpRequest) -> Any:
    by = actor_of(request)
    rows = queries.exports_of(by.own_patient_id, seen_by=by)
    return paged(request, rows, _copy, seen=lambda shown: audit.reads(by, shown, purpose="own photographs"))


@router.get("/copies/{uuid:copy_id}/file", summary="Your own copy, to keep, while your consent holds")
def fetch(request: HttpRequest, copy_id: UUID) -> HttpResponseBase:
    by = actor_of(request)
    found = actions.fetch_own(copy_id, by=by)
    return files.taken_away(queries.exported(found, seen_by=by), **files.facts_of(found))


@router.get("/{uuid:pair_id}", response=OwnPairOut, summary="One comparison that is shared with you")
def get_pair(request: HttpRequest, pair_id: UUID) -> Any:
    return _pair(actions.look_at_pair(pair_id, purpose="own photographs", by=actor_of(request)))


@router.post("/{uuid:pair_id}/copy", response={201: OwnCopyOut}, summary="Have your own copy of a comparison made")
def own_copy(request: HttpRequest, pair_id: UUID) -> Any:
    """Dates and watermark, no drawings; the one that you have is answered again. 409 without your live consent."""
    return 201, _copy(actions.own_copy(pair_id, by=actor_of(request)))


def _pair(row: Any) -> OwnPairOut:
    both = {side: OwnPhotoOut.from_orm(getattr(row, side)) for side in ("earlier", "later")}
    return OwnPairOut(id=row.pk, view=row.later.view, shared_at=row.shared_at, **both)


def _copy(row: Any) -> OwnCopyOut:
    own = set(OwnCopyOut.model_fields) - {"consent_number"}
    return OwnCopyOut(**{name: getattr(row, name) for name in own}, consent_number=row.consent.number)
