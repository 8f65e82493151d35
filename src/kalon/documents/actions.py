"""The verbs of this context: the only writers of its tables."""

import secrets
from datetime import timedelta
from io import BytesIO
from typing import Any, BinaryIO, cast
from uuid import UUID

from kalon.documents import queries
from kalon.documents.events import DocumentAdded, DocumentRemoved, DocumentVerified
from kalon.documents.lifecycles import REMOVE, UPLOAD, VERIFY
from kalon.documents.models import Document, Piece, Source
from kalon.documents.rules import Content, DocumentDetails, examined
from kalon.kernel import audit, clock, crypto, erasure
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, Throttled
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.patients import queries as patients
from kalon.people import queries as people

__all__ = ["DocumentDetails", "download", "look", "remove", "upload", "verify"]

A_DAY = 30  # files a patient may send themselves


@verb
def upload(patient_id: UUID, file: BinaryIO, details: DocumentDetails, *, by: Actor) -> Document:
    """Add a file to a patient's record: at most 25 MB, a PDF or a picture by its content, kept encrypted.

    Raises `Invalid` (with a sentence about the file or a field), `TooLarge`, or `Clash` when the same file is there.
    """
    by.must(UPLOAD, do="add documents")
    patient = patients.patient(patient_id, seen_by=by)
    here = people.organization(seen_by=by)
    details = details.checked(today=clock.today(here.timezone), born=patient.born)
    if by.is_patient:
        _not_too_many(patient.pk)
    with examined(file) as content:
        document = _written(patient, content, details, by=by)
    audit.note(by, audit.Kind.CHANGE, document, purpose="document added", facts={"kind": document.kind})
    announce(DocumentAdded(document.pk, patient.pk, document.organization_id, document.kind, by))
    return document


@verb
def verify(pk: UUID, details: DocumentDetails, *, by: Actor) -> Document:
    """Say that the file is this patient's and what it claims to be; what is said about it is put right on the way."""
    by.must(VERIFY, do="verify documents")
    document = queries.document(pk, seen_by=by, locked=True)
    here = people.organization(seen_by=by)
    details = details.checked(today=clock.today(here.timezone), born=document.patient.born)
    _say(document, details)
    document.verified_at, document.verified_by = clock.now(), by.name
    document.save(
        update_fields=["kind", "description", "document_date", "source", "origin", "verified_at", "verified_by"]
    )
    audit.note(by, audit.Kind.CHANGE, document, purpose="document verified", facts={"kind": document.kind})
    announce(DocumentVerified(document.pk, document.patient_id, document.organization_id, by))
    return document


@verb
def remove(pk: UUID, reason: str, *, by: Actor) -> None:
    """Remove a file for good: its key is destroyed and its pieces go; that it was here, and why it went, stays."""
    by.must(REMOVE, do="remove documents")
    document = queries.document(pk, seen_by=by, locked=True)
    reason = " ".join(reason.split())
    if not reason or len(reason) > 300:
        raise Invalid("Write why this document is removed, in at most 300 characters.", field="reason")
    audit.note(by, audit.Kind.CHANGE, document, purpose="document removed", reason=reason)
    gone = {"deleted_at": clock.now().isoformat(), "deleted_by": by.name, "sha256": "", "received_sha256": ""}
    erasure.erase(document, also=gone)
    Piece.objects.filter(document_id=pk).delete()
    announce(DocumentRemoved(pk, document.patient_id, document.organization_id, by))


@verb
def look(pk: UUID, *, purpose: str, by: Actor) -> Document:
    """A file about to be shown on a page, with the read in the log."""
    document = queries.document(pk, seen_by=by)
    audit.read(by, document, purpose=purpose)
    return document


@verb
def download(pk: UUID, *, by: Actor) -> Document:
    """A file of which somebody takes a copy away, with that in the log."""
    document = queries.document(pk, seen_by=by)
    audit.note(by, audit.Kind.EXPORT, document, purpose="document downloaded")
    return document


def _written(patient: Any, content: Content, details: DocumentDetails, *, by: Actor) -> Document:
    document = Document(
        organization_id=patient.organization_id,
        patient=patient,
        content_type=content.content_type,
        size=content.size,
        sha256=content.sha256,
        received_sha256=content.received,
        pages=content.pages,
        width=content.width,
        height=content.height,
        uploaded_by=by.name,
        created_at=clock.now(),
    )
    half = secrets.token_bytes(32)
    document.half = half.hex()
    _say(document, details)
    if by.is_patient:
        document.source = Source.PATIENT
    with refusing({"documents_document_once": Clash("This file is in the record already. Open it there.")}):
        document.save(force_insert=True)
    place, small = queries.place(document), queries.small_place(document)
    crypto.seal_file(content.file, cast(BinaryIO, _Rows(document)), document.data_key, place, half=half)
    if content.thumbnail:
        sealed = BytesIO()
        crypto.seal_file(BytesIO(content.thumbnail), sealed, document.data_key, small, half=half)
        _piece(document, queries.THUMBNAIL, sealed.getvalue())
    return document


def _say(document: Document, details: DocumentDetails) -> None:
    told: dict[str, Any] = {
        name: getattr(details, name) for name in ("kind", "description", "document_date", "source", "origin")
    }
    for name, value in told.items():
        setattr(document, name, value)


def _piece(document: Document, number: int, sealed: bytes) -> None:
    Piece(
        organization_id=document.organization_id,
        patient_id=document.patient_id,
        document_id=document.pk,
        number=number,
        sealed=sealed,
    ).save(force_insert=True)


class _Rows:
    """Each write becomes a piece of the document: one in memory at a time."""

    def __init__(self, document: Document) -> None:
        self.document, self.number = document, queries.THUMBNAIL

    def write(self, sealed: bytes) -> int:
        self.number += 1
        _piece(self.document, self.number, sealed)
        return len(sealed)


def _not_too_many(patient_id: UUID) -> None:
    since = clock.now() - timedelta(days=1)
    if (
        Document.objects.filter(patient_id__person=patient_id, source=Source.PATIENT, created_at__gt=since).count()
        >= A_DAY
    ):
        raise Throttled(
            f"You have sent {A_DAY} files today. Send the others tomorrow, or bring them along.", retry_after=86_400
        )
