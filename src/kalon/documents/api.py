"""JSON of files: each path makes one call to a verb or a query; the content comes as it is."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from ninja import Field, File, Form, Schema
from ninja.files import UploadedFile

from kalon.api import Page, Router, paged
from kalon.documents import actions, queries
from kalon.documents.models import Document, Source
from kalon.documents.rules import DocumentDetails
from kalon.kernel import audit
from kalon.web import files
from kalon.web.fronts import actor_of

router = Router(tags=["documents"])


class SaidIn(Schema):
    """kind: LAB_REPORT, IMAGING, PRESCRIPTION, REFERRAL or OTHER; source: PATIENT, OUTSIDE or HERE."""

    kind: str
    description: str = ""
    document_date: str | None = Field(None, description="YYYY-MM-DD: the day on the document")
    source: str = Source.OUTSIDE
    origin: str = Field("", description="Who made it: the laboratory, the hospital, the doctor")

    def details(self) -> DocumentDetails:
        return DocumentDetails(**self.dict())


class DocumentReasonIn(Schema):
    reason: str


class DocumentOut(Schema):
    id: UUID
    patient_id: UUID
    kind: str
    description: str
    document_date: date | None
    source: str
    origin: str
    content_type: str
    size: int = Field(description="Bytes")
    sha256: str = Field(description="Of what is kept: a picture is drawn anew, a PDF is kept as it came")
    pages: int | None
    width: int | None
    height: int | None
    uploaded_by: str
    created_at: datetime
    verified_at: datetime | None
    verified_by: str


@router.get("", response=Page[DocumentOut], summary="A patient's documents, newest first")
def list_documents(request: HttpRequest, patient_id: UUID) -> Any:
    by = actor_of(request)
    rows = queries.documents_of(patient_id, seen_by=by)
    return paged(request, rows, DocumentOut.from_orm, seen=lambda shown: audit.reads(by, shown, purpose="documents"))


@router.post("", response={201: DocumentOut}, summary="Add a document: multipart, at most 25 MB")
def upload(request: HttpRequest, patient_id: UUID, said: Form[SaidIn], file: File[UploadedFile]) -> Any:
    """413 when it is too large, 422 with a sentence when the content is not a PDF or a picture that can be kept."""
    return 201, actions.upload(patient_id, file, said.details(), by=actor_of(request))  # type: ignore[arg-type]


@router.get("/{uuid:pk}", response=DocumentOut, summary="What is known about a document")
def show(request: HttpRequest, pk: UUID) -> Any:
    return actions.look(pk, purpose="opened the document", by=actor_of(request))


@router.get("/{uuid:pk}/content", summary="The document itself", include_in_schema=True)
def content(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    by = actor_of(request)
    return sent(actions.download(pk, by=by), by)


@router.post("/{uuid:pk}/verify", response=DocumentOut, summary="Say that somebody has looked at it")
def verify(request: HttpRequest, pk: UUID, body: SaidIn) -> Any:
    return actions.verify(pk, body.details(), by=actor_of(request))


@router.post("/{uuid:pk}/remove", response={204: None}, summary="Remove a document; its key is destroyed")
def remove(request: HttpRequest, pk: UUID, body: DocumentReasonIn) -> Any:
    actions.remove(pk, body.reason, by=actor_of(request))
    return 204, None


def sent(found: Document, by: Any) -> HttpResponseBase:
    """The content of a file, as a copy to keep."""
    return files.taken_away(queries.content(found, seen_by=by), **files.facts_of(found))
