"""Reads of photographs, each limited to what the actor may see; the content is opened piece by piece."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from uuid import UUID

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Ceil, Coalesce
from django.http import HttpResponse

from kalon.consents import queries as consents
from kalon.kernel import clock, crypto
from kalon.kernel.actors import Actor, system
from kalon.kernel.errors import NotFound
from kalon.kernel.tenancy import acting_as
from kalon.photos.lifecycles import VIEW
from kalon.photos.models import Export, ExportPiece, Photo, Piece
from kalon.photos.rules import Stage, View
from kalon.plans import queries as plans
from kalon.web import files

if TYPE_CHECKING:
    from kalon.consents.models import Consent
    from kalon.plans.models import ProcedureSession

PIECE = 1024 * 1024  # bytes that are sealed together
SMALL, MIDDLE = 0, 1  # the numbers of the pieces that hold the two smaller pictures
FACE = (View.FRONT, View.RIGHT_45, View.LEFT_45, View.RIGHT_90, View.LEFT_90)
A_VISIT = timedelta(hours=12)  # what was taken within it belongs to the same visit
GONE = "There is no such photograph. It may have been removed."


def consent_to(kind: str, patient_id: UUID, *, seen_by: Actor) -> "Consent | None":
    """The patient's consent of this kind that holds this moment; asked each time, so that a withdrawal stops it now."""
    return consents.in_force(patient_id, kind, seen_by=system("photographs", seen_by.organization_id))


def photos(*, seen_by: Actor) -> "QuerySet[Photo]":
    """Every photograph the actor may see: the organisation's for staff, for a patient what was shared with them."""
    seen_by.must(VIEW, do="see photographs")
    rows = Photo.objects.filter(organization_id=seen_by.organization_id, deleted_at=None, corrected_at=None)
    if seen_by.is_patient:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id)
    return rows.select_related("patient")


def photos_of(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[Photo]":
    """A patient's photographs, newest first."""
    return photos(seen_by=seen_by).filter(patient_id__person=patient_id).order_by("-taken_at", "-id")


def sessions_of(patient_id: UUID, *, seen_by: Actor) -> list["ProcedureSession"]:
    """The sessions of a patient in which photographs were taken, plan by plan."""
    taken = photos_of(patient_id, seen_by=seen_by).filter(session__isnull=False).order_by()
    rows = plans.sessions(seen_by=seen_by).filter(pk__in=taken.values("session_id"))
    return list(rows.order_by("plan__number", "number"))


def photo(pk: UUID, *, seen_by: Actor, locked: bool = False) -> Photo:
    """One photograph, or a refusal that says nothing of whether it exists."""
    rows = photos(seen_by=seen_by).filter(pk=pk)
    found = (rows.select_for_update(of=("self",)) if locked else rows).first()
    if found is None:
        raise NotFound(GONE)
    return found


def original(of: Photo, *, seen_by: Actor) -> Iterator[bytes]:
    """The photograph as it is kept, a piece of at most 1 MiB at a time, each read in a unit of work of its own."""
    pieces = cast(BinaryIO, _Pieces(lambda: Piece.objects.filter(photo_id=of.pk), MIDDLE, seen_by))
    return crypto.unseal_chunks(pieces, of.data_key, place(of), half=half_of(of))


def exported(of: Export, *, seen_by: Actor) -> Iterator[bytes]:
    """The file of a copy, a piece at a time; whoever asks has written down that it is fetched."""
    pieces = cast(BinaryIO, _Pieces(lambda: ExportPiece.objects.filter(export_id=of.pk), 0, seen_by))
    return crypto.unseal_chunks(pieces, of.data_key, export_place(of), half=half_of(of))


def smaller(of: Photo, size: int, *, seen_by: Actor) -> bytes:
    """The small (320 points a side) or the middle-sized picture (1280), as JPEG."""
    seen_by.must(VIEW, do="see photographs")
    found = Piece.objects.filter(photo_id=of.pk, number=size).first()
    if found is None:
        raise NotFound(GONE)
    return _opened(of, found)


def as_picture(of: Photo, size: int, *, seen_by: Actor) -> HttpResponse:
    """One of the smaller pictures as an answer that a page of ours alone may show, and no cache keeps."""
    response = HttpResponse(smaller(of, size, seen_by=seen_by), content_type="image/jpeg")
    for header, value in {
        "Content-Security-Policy": files.HARMLESS,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }.items():
        response.headers[header] = value
    return response


def incomplete(*, seen_by: Actor) -> "QuerySet[Photo]":
    """Photographs of which a sealed piece is missing: none, unless the database was damaged or written past us."""
    seen_by.must(VIEW, do="see photographs")
    own = Piece.objects.filter(photo_id=OuterRef("pk")).order_by().values("photo_id")
    held = Subquery(own.annotate(held=Count("*")).values("held"), output_field=IntegerField())
    # the two smaller ones, the head of the content, and a piece for each begun MiB
    due = 3 + Ceil(F("size") / Value(float(PIECE)))
    rows = Photo.objects.filter(organization_id=seen_by.organization_id, data_key__isnull=False)
    return rows.annotate(held=Coalesce(held, 0)).exclude(held=due).order_by("id")


def still_to_take(
    patient_id: UUID, stage: str, *, plan_id: UUID | None = None, session_id: UUID | None = None, seen_by: Actor
) -> list[tuple[View, Photo | None]]:
    """The standard views to take, in order, each with its latest photograph of this stage if any.

    Those that the procedures of a plan name; without a plan, or where it names none, the views of a face. Without a
    plan a photograph counts on the day it is taken; in a session of a plan, where it was taken in that session.
    """
    wanted: dict[str, None] = {}
    rows = photos_of(patient_id, seen_by=seen_by).filter(stage=Stage(stage))
    if plan_id is None:
        rows = rows.filter(taken_at__gt=clock.now() - A_VISIT)
    else:
        lines = plans.plan(plan_id, seen_by=seen_by).lines.select_related("entry").order_by("position")
        wanted = dict.fromkeys(view for line in lines if line.entry for view in line.entry.photo_views)
        rows = rows.filter(plan_id=plan_id)
    if session_id is not None:
        rows = rows.filter(session_id=session_id)
    latest: dict[str, Photo] = {}
    for row in rows:
        latest.setdefault(row.view, row)
    return [(View(view), latest.get(view)) for view in wanted or FACE if view in View.values]


def ghosts(patient_id: UUID, *, seen_by: Actor) -> dict[str, Photo]:
    """The picture that the next one of each view is taken after: the first of "before", else the first there is."""
    found: dict[str, Photo] = {}
    rows = list(photos_of(patient_id, seen_by=seen_by)[:200])
    for row in sorted(rows, key=lambda one: (one.stage != Stage.BEFORE, one.taken_at)):
        found.setdefault(row.view, row)
    return found


def place(of: Photo) -> str:
    """Where the pieces of the content belong: they open nowhere else."""
    return f"photos_piece.content:{of.pk}"


def piece_place(of: Photo, number: int) -> str:
    return f"photos_piece.{number}:{of.pk}"


def export_place(of: Export) -> str:
    """Where the pieces of a copy belong."""
    return f"photos_exportpiece.content:{of.pk}"


def half_of(of: Photo | Export) -> bytes:
    """The half of the key that opens with the patient's own."""
    return bytes.fromhex(str(of.half))


def _opened(of: Photo, piece: Piece) -> bytes:
    sealed = BytesIO(bytes(piece.sealed))
    return b"".join(crypto.unseal_chunks(sealed, of.data_key, piece_place(of, piece.number), half=half_of(of)))


class _Pieces:
    """Sealed pieces read as one stream; holds one piece in memory."""

    def __init__(self, pieces: Callable[[], "QuerySet[Any]"], before: int, by: Actor) -> None:
        self.pieces, self.by = pieces, by
        self.number, self.rest = before, b""

    def read(self, size: int) -> bytes:
        if not self.rest:
            self.number += 1
            with acting_as(self.by):
                row = self.pieces().filter(number=self.number).first()
            self.rest = bytes(row.sealed) if row is not None else b""
        part, self.rest = self.rest[:size], self.rest[size:]
        return part
