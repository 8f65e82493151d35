"""Tables of prescribing: the prescription with its medicines, what was known and answered, a doctor's favourites."""

from kalon.prescribing.models.favourites import Favourite
from kalon.prescribing.models.prescriptions import SEALED, KeptFinding, Prescription, PrescriptionItem

__all__ = ["SEALED", "Favourite", "KeptFinding", "Prescription", "PrescriptionItem"]
