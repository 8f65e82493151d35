"""Pure rules of photographs: the views, what is said about a picture, how two are laid over each other."""

from kalon.photos.rules.details import PhotoDetails
from kalon.photos.rules.laying import Laid, by_hand
from kalon.photos.rules.views import Purpose, Stage, View, needed_for

__all__ = ["Laid", "PhotoDetails", "Purpose", "Stage", "View", "by_hand", "needed_for"]
