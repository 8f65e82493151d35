"""Reads of files, each limited to what the actor may see; the content is opened piece by piece."""

import base64
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import BinaryIO, cast
from uuid import UUID

from django.db.models import QuerySet

from kalon.documents.lifecycles import VIEW
from kalon.documents.models import Document, Kind, Piece
from kalon.documents.rules import MOST_BYTES, examined, too_large
from kalon.kernel import crypto
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.tenancy import acting_as
from kalon.web.navigation import MayAct

__all__ = [
    "MOST_BYTES",
    "content",
    "document",
    "documents",
    "documents_by_id",
    "documents_of",
    "examined",
    "kinds",
    "too_large",
    "waiting",
    "waiting_count",
    "with_thumbnails",
]

GONE = "There is no such document. It may have been removed."
THUMBNAIL = 0  # the number of the piece that holds the small picture


def kinds() -> list[tuple[str, str]]:
    """The kinds of documents, by their codes."""
    return [(str(code), str(label)) for code, label in Kind.choices]


def documents(*, seen_by: Actor) -> "QuerySet[Document]":
    """Every file the actor may see: the organisation's for staff, their own for a patient."""
    seen_by.must(VIEW, do="see documents")
    rows = Document.objects.filter(organization_id=seen_by.organization_id, deleted_at=None).select_related("patient")
    return rows.filter(patient_id__person=seen_by.own_patient_id) if seen_by.is_patient else rows


def documents_of(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[Document]":
    """A patient's files, newest first."""
    return documents(seen_by=seen_by).filter(patient_id__person=patient_id).order_by("-created_at", "-id")


def documents_by_id(ids: Iterable[UUID], *, seen_by: Actor) -> dict[UUID, Document]:
    """Some files in one query, by their ids."""
    return {row.pk: row for row in documents(seen_by=seen_by).filter(pk__in=list(ids))}


def waiting(*, seen_by: Actor) -> "QuerySet[Document]":
    """Files that nobody has looked at yet, the oldest first."""
    return documents(seen_by=seen_by).filter(verified_at=None).order_by("created_at", "id")


def document(pk: UUID, *, seen_by: Actor, locked: bool = False) -> Document:
    """One file, or a refusal that says nothing of whether it exists."""
    rows = documents(seen_by=seen_by).filter(pk=pk)
    found = (rows.select_for_update(of=("self",)) if locked else rows).first()
    if found is None:
        raise NotFound(GONE)
    return found


def content(of: Document, *, seen_by: Actor) -> Iterator[bytes]:
    """The content, a piece of at most 1 MiB at a time, each read in a unit of work of its own.

    Row security holds for every piece: it may be sent after the request's own transaction has ended.
    """
    pieces = cast(BinaryIO, _Pieces(of.pk, seen_by))
    return crypto.unseal_chunks(pieces, of.data_key, place(of), half=half_of(of))


def with_thumbnails(of: Sequence[Document], *, seen_by: Actor) -> list[tuple[Document, str]]:
    """These files, each with its small picture as an address that holds it (data:); empty for what is no picture.

    They stand in the page itself, whose reader is in the log: there is no address from which they could be read alone.
    """
    seen_by.must(VIEW, do="see documents")
    by_id = {row.pk: row for row in of if row.is_picture}
    found = Piece.objects.filter(document_id__in=list(by_id), number=THUMBNAIL) if by_id else Piece.objects.none()
    small = {piece.document_id: _small(by_id[piece.document_id], bytes(piece.sealed)) for piece in found}
    return [(row, small.get(row.pk, "")) for row in of]


def _small(of: Document, sealed: bytes) -> str:
    opened = b"".join(crypto.unseal_chunks(BytesIO(sealed), of.data_key, small_place(of), half=half_of(of)))
    return f"data:image/jpeg;base64,{base64.b64encode(opened).decode()}"


def place(of: Document) -> str:
    """Where the content's pieces belong: they open nowhere else."""
    return f"documents_piece.content:{of.pk}"


def small_place(of: Document) -> str:
    return f"documents_piece.thumbnail:{of.pk}"


def half_of(of: Document) -> bytes:
    """The half of the key that opens with the patient's own."""
    return bytes.fromhex(str(of.half))


class _Pieces:
    """The sealed pieces of a document read as one stream; holds one piece in memory."""

    def __init__(self, document_id: UUID, by: Actor) -> None:
        self.document_id, self.by = document_id, by
        self.number, self.rest = THUMBNAIL, b""

    def read(self, size: int) -> bytes:
        if not self.rest:
            self.number += 1
            with acting_as(self.by):
                row = Piece.objects.filter(document_id=self.document_id, number=self.number).first()
            self.rest = bytes(row.sealed) if row is not None else b""
        part, self.rest = self.rest[:size], self.rest[size:]
        return part


def waiting_count(by: MayAct) -> int | None:
    """How many files nobody has looked at yet, for the number beside the navigation's word; None for none."""
    return waiting(seen_by=by).count() or None if isinstance(by, Actor) else None
