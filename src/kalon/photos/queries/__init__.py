"""Reads of photographs, pairs, drawings and what left the clinic."""

from kalon.photos.queries.leaving import (
    annotation,
    annotations,
    export,
    exports,
    exports_of,
    exports_of_photo,
    exports_under,
    lines_of,
    lines_on,
    own_export,
    part_and_side,
    past_photos,
)
from kalon.photos.queries.pairs import pair, pairs, pairs_of, shown_as, with_alignment
from kalon.photos.queries.photos import (
    GONE,
    MIDDLE,
    SMALL,
    as_picture,
    consent_to,
    export_place,
    exported,
    ghosts,
    half_of,
    incomplete,
    original,
    photo,
    photos,
    photos_of,
    piece_place,
    place,
    sessions_of,
    smaller,
    still_to_take,
)
from kalon.photos.rules import BodyPart, Form, Laterality, Purpose, Stage, View

__all__ = [
    "GONE", "MIDDLE", "SMALL", "BodyPart", "Form", "Laterality", "Purpose", "Stage", "View", "annotation",
    "annotations", "as_picture", "consent_to", "export", "export_place", "exported", "exports", "exports_of",
    "exports_of_photo", "exports_under", "ghosts", "half_of", "incomplete", "lines_of", "lines_on", "original",
    "own_export", "pair", "pairs", "pairs_of", "part_and_side", "past_photos", "photo", "photos",
    "photos_of", "piece_place", "place", "sessions_of", "shown_as", "smaller", "still_to_take", "with_alignment",
]  # fmt: skip
