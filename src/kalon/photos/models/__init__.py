"""Tables of photographs: the picture and its sealed pieces, pairs and how they are laid, and what left the clinic."""

from kalon.photos.models.pairs import Alignment, Method, Pair
from kalon.photos.models.photos import Photo, Piece

__all__ = ["Alignment", "Method", "Pair", "Photo", "Piece"]
