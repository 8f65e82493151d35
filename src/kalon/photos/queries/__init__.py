"""Reads of photographs, pairs and what left the clinic."""

from kalon.photos.queries.pairs import pair, pairs, pairs_of, shown_as, with_alignment
from kalon.photos.queries.photos import (
    MIDDLE,
    SMALL,
    as_picture,
    consent_to,
    ghosts,
    half_of,
    original,
    photo,
    photos,
    photos_of,
    piece_place,
    place,
    smaller,
    still_to_take,
)
from kalon.photos.rules import Purpose, Stage, View

__all__ = [
    "MIDDLE", "SMALL", "Purpose", "Stage", "View", "as_picture", "consent_to", "ghosts", "half_of", "original",
    "pair", "pairs", "pairs_of", "photo", "photos", "photos_of", "piece_place", "place", "shown_as", "smaller",
    "still_to_take", "with_alignment",
]  # fmt: skip
