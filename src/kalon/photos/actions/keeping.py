"""Writing what is kept, sealed piece by piece: one piece in memory at a time."""

import secrets
from collections.abc import Callable
from io import BytesIO
from typing import Any, BinaryIO, cast

from kalon.kernel import crypto
from kalon.photos import queries
from kalon.photos.models import Export, ExportPiece, Photo, Piece


def keep_photo(photo: Photo, content: BinaryIO, small: tuple[bytes, ...]) -> None:
    """The content of a photograph that was just written, and its smaller pictures."""
    half = queries.half_of(photo)
    for number, picture in enumerate(small):
        sealed = BytesIO()
        crypto.seal_file(BytesIO(picture), sealed, photo.data_key, queries.piece_place(photo, number), half=half)
        _piece(photo)(number, sealed.getvalue())
    rows = cast(BinaryIO, _Rows(_piece(photo), queries.MIDDLE))
    crypto.seal_file(content, rows, photo.data_key, queries.place(photo), half=half)


def keep_export(export: Export, content: bytes) -> None:
    """The file of a copy that was just written."""
    rows = cast(BinaryIO, _Rows(_export_piece(export), 0))
    crypto.seal_file(
        BytesIO(content), rows, export.data_key, queries.export_place(export), half=queries.half_of(export)
    )


def new_half() -> str:
    """A half of a key, to be sealed under the patient's own."""
    return secrets.token_bytes(32).hex()


def _piece(photo: Photo) -> Callable[[int, bytes], Any]:
    def make(number: int, sealed: bytes) -> None:
        Piece(
            organization_id=photo.organization_id, patient_id=photo.patient_id, photo_id=photo.pk, number=number,
            sealed=sealed,
        ).save(force_insert=True)  # fmt: skip

    return make


def _export_piece(export: Export) -> Callable[[int, bytes], Any]:
    def make(number: int, sealed: bytes) -> None:
        ExportPiece(
            organization_id=export.organization_id, patient_id=export.patient_id, export=export, number=number,
            sealed=sealed,
        ).save(force_insert=True)  # fmt: skip

    return make


class _Rows:
    """Each write becomes a piece."""

    def __init__(self, make: Callable[[int, bytes], Any], before: int) -> None:
        self.make, self.number = make, before

    def write(self, sealed: bytes) -> int:
        self.number += 1
        self.make(self.number, sealed)
        return len(sealed)
