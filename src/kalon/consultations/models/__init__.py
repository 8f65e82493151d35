"""Tables of the clinical encounter."""

from kalon.consultations.lifecycles import SEALED
from kalon.consultations.models.diagnosis import Diagnosis, FavouriteCode, Rank
from kalon.consultations.models.encounter import Consultation
from kalon.consultations.models.note import Addendum, NoteTemplate, NoteVersion
from kalon.consultations.models.vitals import AlertSeen, Vitals

__all__ = [
    "SEALED",
    "Addendum",
    "AlertSeen",
    "Consultation",
    "Diagnosis",
    "FavouriteCode",
    "NoteTemplate",
    "NoteVersion",
    "Rank",
    "Vitals",
]
