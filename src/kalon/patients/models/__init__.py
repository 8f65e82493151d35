"""The tables of this context: the person, their record, and who may act for them."""

from kalon.patients.models.access import PatientAccess, Registration, Relation
from kalon.patients.models.merge import Merge
from kalon.patients.models.patient import AllergyState, Gender, Language, Patient
from kalon.patients.models.record import (
    Allergy,
    AllergyKind,
    Contact,
    Coverage,
    HistoryItem,
    HistoryKind,
    Severity,
    ToldBy,
)

__all__ = [
    "Allergy",
    "AllergyKind",
    "AllergyState",
    "Contact",
    "Coverage",
    "Gender",
    "HistoryItem",
    "HistoryKind",
    "Language",
    "Merge",
    "Patient",
    "PatientAccess",
    "Registration",
    "Relation",
    "Severity",
    "ToldBy",
]
