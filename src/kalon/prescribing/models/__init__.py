"""Tables of prescribing: prescriptions, what was known and answered, what was handed out, a doctor's favourites."""

from kalon.prescribing.models.dispensing import DispensedLine, Dispensing
from kalon.prescribing.models.favourites import Favourite
from kalon.prescribing.models.prescriptions import SEALED, KeptFinding, Prescription, PrescriptionItem

__all__ = ["SEALED", "DispensedLine", "Dispensing", "Favourite", "KeptFinding", "Prescription", "PrescriptionItem"]
