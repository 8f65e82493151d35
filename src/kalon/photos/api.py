"""JSON of photographs: each path makes one call to a verb or a query; the picture comes as it is."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from ninja import Field, File, Form, Schema
from ninja.files import UploadedFile

from kalon.api import Page, Router, paged
from kalon.kernel import audit
from kalon.photos import actions, queries
from kalon.photos.actions import Correction, ExportWish, PhotoDetails
from kalon.photos.rules import Form as Form_
from kalon.photos.rules import Purpose, Stage, View
from kalon.photos.rules.marks import COLOURS, KINDS
from kalon.web import files
from kalon.web.fronts import actor_of

router = Router(tags=["photos"])
of_patients = Router(tags=["photos"])
pairs = Router(tags=["photos"])
copies = Router(tags=["photos"])
annotations = Router(tags=["photos"])


class PhotoIn(Schema):
    view: Literal[tuple(View.values)]  # type: ignore[valid-type]
    stage: Literal[tuple(Stage.values)]  # type: ignore[valid-type]
    plan_id: UUID | None = None
    consultation_id: UUID | None = None
    session_id: UUID | None = None
    taken_at: datetime | None = Field(None, description="When it was taken; now where nothing is said")


class PhotoReasonIn(Schema):
    reason: str


class PhotoOut(Schema):
    id: UUID
    patient_id: UUID
    plan_id: UUID | None
    consultation_id: UUID | None
    session_id: UUID | None
    view: str
    stage: str
    taken_at: datetime
    taken_by: str
    content_type: str
    size: int = Field(description="Bytes")
    width: int
    height: int
    sha256: str = Field(description="Of what is kept: the picture drawn anew, upright, without position and camera")


class PairIn(Schema):
    earlier_id: UUID
    later_id: UUID


class LaidOut(Schema):
    """A point (x, y) of the later picture lies at scale · turned(x, y) + shift of the earlier; error in points."""

    scale: float
    rotation: float = Field(description="Degrees, clockwise on the screen")
    shift_x: float
    shift_y: float
    inliers: int
    error: float


class PairOut(Schema):
    id: UUID
    patient_id: UUID
    view: str = Field(alias="later.view")
    earlier: PhotoOut
    later: PhotoOut
    laid: LaidOut | None = Field(description="Null where it was not lined up, or the computer found too little")
    tried: bool
    shared_at: datetime | None


Number = Annotated[float, Field(ge=0, le=20_000)]


class PointsIn(Schema):
    """Two to five points on each picture, [x, y] in points of the originals, in the same order."""

    earlier: Annotated[list[tuple[Number, Number]], Field(min_length=2, max_length=5)]
    later: Annotated[list[tuple[Number, Number]], Field(min_length=2, max_length=5)]


class PhotoExportIn(Schema):
    """PATIENT and CARE need a live consent to photographs, MARKETING one to marketing; DICOM is for the former two."""

    purpose: Literal[tuple(Purpose.values)]  # type: ignore[valid-type]
    recipient: Annotated[str, Field(max_length=120)]
    reason: Annotated[str, Field(max_length=300)]
    form: Literal[tuple(Form_.values)] = "PICTURE"  # type: ignore[valid-type]
    with_drawings: bool = False
    body_part: str = Field("", description="For DICOM: Body Part Examined, as FACE or BREAST")
    laterality: str = Field("", description="For DICOM: R, L, B (both) or U (neither)")


class PhotoExportOut(Schema):
    id: UUID
    patient_id: UUID
    photo_id: UUID | None
    pair_id: UUID | None
    purpose: str
    form: str
    recipient: str
    reason: str
    with_drawings: bool
    consent_number: str
    made_by: str
    created_at: datetime
    sha256: str = Field(description="Of the file that is handed over")
    size: int = Field(description="Bytes")
    withdrawn_at: datetime | None
    withdrawn_why: str = Field(description="CONSENT_ENDED, TAKEN_BACK or PHOTO_GONE")


class PhotoMarkIn(Schema):
    """Points [x, y] in points of the original: two for an arrow (to the second), a line, or a circle (middle, edge)."""

    kind: Literal[tuple(KINDS)]  # type: ignore[valid-type]
    colour: Literal[tuple(COLOURS)]  # type: ignore[valid-type]
    points: Annotated[list[tuple[Number, Number]], Field(min_length=1, max_length=2000)]
    words: str = ""


class PhotoAnnotationIn(Schema):
    marks: Annotated[list[PhotoMarkIn], Field(min_length=1, max_length=200)]


class PhotoAnnotationOut(Schema):
    id: UUID
    photo_id: UUID
    drawn_by: str
    created_at: datetime
    hidden_at: datetime | None
    marks: list[Any]


class PhotoCorrectionIn(Schema):
    """What is right; what is left out stays as it is."""

    reason: str
    view: Literal[tuple(View.values)] | None = None  # type: ignore[valid-type]
    stage: Literal[tuple(Stage.values)] | None = None  # type: ignore[valid-type]
    taken_at: datetime | None = None
    patient_id: UUID | None = None


Size = Literal["small", "middle"]
SIZES = {"small": queries.SMALL, "middle": queries.MIDDLE}


@of_patients.get("/{uuid:patient_id}/photos", response=Page[PhotoOut], summary="A patient's photographs, newest first")
def list_photos(
    request: HttpRequest,
    patient_id: UUID,
    view: str | None = None,
    stage: str | None = None,
    plan_id: UUID | None = None,
) -> Any:
    by = actor_of(request)
    asked = {"view": view, "stage": stage, "plan_id": plan_id}
    rows = queries.photos_of(patient_id, seen_by=by).filter(**{name: value for name, value in asked.items() if value})
    return paged(request, rows, PhotoOut.from_orm, seen=lambda shown: audit.reads(by, shown, purpose="photographs"))


@of_patients.post("/{uuid:patient_id}/photos", response={201: PhotoOut}, summary="Add a photograph: multipart, 25 MB")
def take(request: HttpRequest, patient_id: UUID, said: Form[PhotoIn], file: File[UploadedFile]) -> Any:
    """409 without the patient's consent, 413 when too large, 422 with a sentence when it is no picture to keep."""
    return 201, actions.take(patient_id, file, PhotoDetails(**said.dict()), by=actor_of(request))  # type: ignore[arg-type]


@of_patients.get(
    "/{uuid:patient_id}/photos/before-after", response=list[PairOut], summary="A patient's comparisons by view"
)
def before_after(request: HttpRequest, patient_id: UUID) -> Any:
    by = actor_of(request)
    found = queries.with_alignment(list(queries.pairs_of(patient_id, seen_by=by)[:200]))
    audit.reads(by, [photo for one in found for photo in (one.earlier, one.later)], purpose="before and after")
    return found


@router.get("/{uuid:pk}", response=PhotoOut, summary="What is known about a photograph")
def show(request: HttpRequest, pk: UUID) -> Any:
    return actions.look(pk, purpose="opened the photograph", by=actor_of(request))


@router.get("/{uuid:pk}/picture", summary="The photograph to look at, as JPEG")
def picture(request: HttpRequest, pk: UUID, size: Size = "middle") -> HttpResponse:
    by = actor_of(request)
    found = actions.look(pk, purpose="looked at the photograph", by=by)
    return queries.as_picture(found, SIZES[size], seen_by=by)


@router.get("/{uuid:pk}/original", summary="The photograph as it is kept")
def original(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    by = actor_of(request)
    found = actions.download(pk, by=by)
    return files.taken_away(queries.original(found, seen_by=by), **files.facts_of(found))


@router.post("/{uuid:pk}/remove", response={204: None}, summary="Remove a photograph; its key is destroyed")
def remove(request: HttpRequest, pk: UUID, body: PhotoReasonIn) -> Any:
    actions.remove(pk, body.reason, by=actor_of(request))
    return 204, None


@pairs.post("", response={201: PairOut}, summary="Compare two photographs of one view")
def compare(request: HttpRequest, body: PairIn) -> Any:
    made = actions.compare(body.earlier_id, body.later_id, by=actor_of(request))
    return 201, queries.with_alignment([made])[0]


@pairs.get("/{uuid:pk}", response=PairOut, summary="A comparison")
def show_pair(request: HttpRequest, pk: UUID) -> Any:
    return actions.look_at_pair(pk, purpose="opened the comparison", by=actor_of(request))


@pairs.post("/{uuid:pk}/points", response=PairOut, summary="Line a comparison up by points set by hand")
def points(request: HttpRequest, pk: UUID, body: PointsIn) -> Any:
    by = actor_of(request)
    actions.line_up_by_hand(pk, body.earlier, body.later, by=by)
    return actions.look_at_pair(pk, purpose="lined the comparison up", by=by)


@pairs.post("/{uuid:pk}/share", response=PairOut, summary="Show a comparison to the patient")
def share(request: HttpRequest, pk: UUID) -> Any:
    return queries.with_alignment([actions.share(pk, by=actor_of(request))])[0]


@pairs.post("/{uuid:pk}/unshare", response=PairOut, summary="Take a comparison off the patient's pages")
def unshare(request: HttpRequest, pk: UUID) -> Any:
    return queries.with_alignment([actions.unshare(pk, by=actor_of(request))])[0]


@router.post("/{uuid:pk}/copies", response={201: PhotoExportOut}, summary="Make a copy of a photograph for somebody")
def export_photo(request: HttpRequest, pk: UUID, body: PhotoExportIn) -> Any:
    """409 without the live consent that the purpose asks for."""
    return 201, actions.export_photo(pk, ExportWish(**body.dict()), by=actor_of(request))


@pairs.post("/{uuid:pk}/copies", response={201: PhotoExportOut}, summary="Make a copy of a before and after")
def export_pair(request: HttpRequest, pk: UUID, body: PhotoExportIn) -> Any:
    return 201, actions.export_pair(pk, ExportWish(**body.dict()), by=actor_of(request))


@of_patients.get(
    "/{uuid:patient_id}/photos/copies",
    response=Page[PhotoExportOut],
    summary="What was given out of a patient's photographs",
)
def list_copies(request: HttpRequest, patient_id: UUID) -> Any:
    by = actor_of(request)
    rows = queries.exports_of(patient_id, seen_by=by)
    return paged(request, rows, PhotoExportOut.from_orm, seen=lambda shown: audit.reads(by, shown, purpose="copies"))


@copies.get("/{uuid:pk}/file", summary="The file of a copy, while its consent holds")
def fetch(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    by = actor_of(request)
    found = actions.fetch_export(pk, by=by)
    return files.taken_away(queries.exported(found, seen_by=by), **files.facts_of(found))


@copies.post("/{uuid:pk}/withdraw", response=PhotoExportOut, summary="Take a copy back; its key is destroyed")
def withdraw(request: HttpRequest, pk: UUID) -> Any:
    return actions.withdraw_export(pk, by=actor_of(request))


@router.get("/{uuid:pk}/annotations", response=list[PhotoAnnotationOut], summary="What was drawn on a photograph")
def list_annotations(request: HttpRequest, pk: UUID) -> Any:
    by = actor_of(request)
    found = actions.look(pk, purpose="drawings on the photograph", by=by)
    return list(queries.annotations(found, seen_by=by))


@router.post("/{uuid:pk}/annotations", response={201: PhotoAnnotationOut}, summary="Draw on a photograph")
def annotate(request: HttpRequest, pk: UUID, body: PhotoAnnotationIn) -> Any:
    return 201, actions.annotate(pk, [mark.dict() for mark in body.marks], by=actor_of(request))


@annotations.post("/{uuid:pk}/hide", response=PhotoAnnotationOut, summary="Hide what was drawn on a photograph")
def hide(request: HttpRequest, pk: UUID) -> Any:
    return actions.hide_annotation(pk, by=actor_of(request))


@annotations.post("/{uuid:pk}/show", response=PhotoAnnotationOut, summary="Show what was drawn on a photograph again")
def show_again(request: HttpRequest, pk: UUID) -> Any:
    return actions.show_annotation(pk, by=actor_of(request))


@router.post("/{uuid:pk}/correct", response={201: PhotoOut}, summary="Say right what was wrong about a photograph")
def correct(request: HttpRequest, pk: UUID, body: PhotoCorrectionIn) -> Any:
    """201 with the photograph that takes its place; the wrong one stays in the record, out of sight."""
    said = {name: value for name, value in body.dict().items() if value is not None}
    return 201, actions.correct(pk, Correction(**said), by=actor_of(request))
