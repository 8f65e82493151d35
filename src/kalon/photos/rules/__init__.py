"""Pure rules of photographs: views, what is said about a picture, how two are laid, what is drawn, what leaves."""

from kalon.photos.rules.body import BodyPart, Laterality
from kalon.photos.rules.details import Correction, PhotoDetails
from kalon.photos.rules.laying import Laid, by_hand
from kalon.photos.rules.leaving import Ended, ExportWish, Form
from kalon.photos.rules.views import Purpose, Stage, View, needed_for

__all__ = [
    "BodyPart", "Correction", "Ended", "ExportWish", "Form", "Laid", "Laterality", "PhotoDetails", "Purpose", "Stage",
    "View", "by_hand", "needed_for",
]  # fmt: skip
