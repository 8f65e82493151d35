"""Reads of photographs, each limited to what the actor may see; the content is opened piece by piece."""

import base64
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, cast
from uuid import UUID

from django.db.models import QuerySet

from kalon.consents import queries as consents
from kalon.kernel import crypto
from kalon.kernel.actors import Actor, system
from kalon.kernel.errors import NotFound
from kalon.kernel.tenancy import acting_as
from kalon.photos.lifecycles import VIEW
from kalon.photos.models import Photo, Piece
from kalon.photos.rules import Stage, View
from kalon.plans import queries as plans

if TYPE_CHECKING:
    from kalon.consents.models import Consent

SMALL, MIDDLE = 0, 1  # the numbers of the pieces that hold the two smaller pictures
GONE = "There is no such photograph. It may have been removed."


def consent_to(kind: str, patient_id: UUID, *, seen_by: Actor) -> "Consent | None":
    """The patient's consent of this kind that holds this moment; asked each time, so that a withdrawal stops it now."""
    return consents.in_force(patient_id, kind, seen_by=system("photographs", seen_by.organization_id))


def photos(*, seen_by: Actor) -> "QuerySet[Photo]":
    """Every photograph the actor may see: the organisation's for staff, for a patient what was shared with them."""
    seen_by.must(VIEW, do="see photographs")
    rows = Photo.objects.filter(organization_id=seen_by.organization_id, deleted_at=None)
    if seen_by.is_patient:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id)
    return rows.select_related("patient")


def photos_of(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[Photo]":
    """A patient's photographs, newest first."""
    return photos(seen_by=seen_by).filter(patient_id__person=patient_id).order_by("-taken_at", "-id")


def photo(pk: UUID, *, seen_by: Actor, locked: bool = False) -> Photo:
    """One photograph, or a refusal that says nothing of whether it exists."""
    rows = photos(seen_by=seen_by).filter(pk=pk)
    found = (rows.select_for_update(of=("self",)) if locked else rows).first()
    if found is None:
        raise NotFound(GONE)
    return found


def original(of: Photo, *, seen_by: Actor) -> Iterator[bytes]:
    """The photograph as it is kept, a piece of at most 1 MiB at a time, each read in a unit of work of its own."""
    pieces = cast(BinaryIO, _Pieces(of.pk, seen_by))
    return crypto.unseal_chunks(pieces, of.data_key, place(of), half=half_of(of))


def smaller(of: Photo, size: int, *, seen_by: Actor) -> bytes:
    """The small (320 points a side) or the middle-sized picture (1280), as JPEG."""
    seen_by.must(VIEW, do="see photographs")
    found = Piece.objects.filter(photo_id=of.pk, number=size).first()
    if found is None:
        raise NotFound(GONE)
    return _opened(of, found)


def small_pictures(of: Sequence[Photo], *, seen_by: Actor) -> dict[UUID, str]:
    """The small pictures of these photographs as addresses that hold them (data:), in one query.

    They stand in the page itself, whose reader is in the log.
    """
    seen_by.must(VIEW, do="see photographs")
    by_id = {row.pk: row for row in of}
    found = Piece.objects.filter(photo_id__in=list(by_id), number=SMALL) if by_id else Piece.objects.none()
    return {
        piece.photo_id: f"data:image/jpeg;base64,{base64.b64encode(_opened(by_id[piece.photo_id], piece)).decode()}"
        for piece in found
    }


def still_to_take(plan_id: UUID, stage: str, *, seen_by: Actor) -> list[tuple[View, Photo | None]]:
    """The standard views that the procedures of a plan take, in their order, each with its latest photograph if any."""
    plan = plans.plan(plan_id, seen_by=seen_by)
    lines = plan.lines.select_related("entry").order_by("position")
    wanted = dict.fromkeys(view for line in lines if line.entry for view in line.entry.photo_views)
    taken: dict[str, Photo] = {}
    for row in photos(seen_by=seen_by).filter(plan_id=plan.pk, stage=Stage(stage)).order_by("taken_at", "id"):
        taken[row.view] = row
    return [(View(view), taken.get(view)) for view in wanted if view in View.values]


def place(of: Photo) -> str:
    """Where the pieces of the content belong: they open nowhere else."""
    return f"photos_piece.content:{of.pk}"


def piece_place(of: Photo, number: int) -> str:
    return f"photos_piece.{number}:{of.pk}"


def half_of(of: Photo) -> bytes:
    """The half of the key that opens with the patient's own."""
    return bytes.fromhex(str(of.half))


def _opened(of: Photo, piece: Piece) -> bytes:
    sealed = BytesIO(bytes(piece.sealed))
    return b"".join(crypto.unseal_chunks(sealed, of.data_key, piece_place(of, piece.number), half=half_of(of)))


class _Pieces:
    """The sealed pieces of a photograph read as one stream; holds one piece in memory."""

    def __init__(self, photo_id: UUID, by: Actor) -> None:
        self.photo_id, self.by = photo_id, by
        self.number, self.rest = MIDDLE, b""

    def read(self, size: int) -> bytes:
        if not self.rest:
            self.number += 1
            with acting_as(self.by):
                row = Piece.objects.filter(photo_id=self.photo_id, number=self.number).first()
            self.rest = bytes(row.sealed) if row is not None else b""
        part, self.rest = self.rest[:size], self.rest[size:]
        return part
