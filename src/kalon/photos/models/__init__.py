"""Tables of photographs: the picture and its sealed pieces, pairs and how they are laid, drawings, what left."""

from kalon.photos.models.annotations import Annotation
from kalon.photos.models.exports import Export, ExportPiece, Handover
from kalon.photos.models.pairs import Alignment, Method, Pair
from kalon.photos.models.photos import Photo, Piece

__all__ = ["Alignment", "Annotation", "Export", "ExportPiece", "Handover", "Method", "Pair", "Photo", "Piece"]
