"""Pure rules about a person: what a name, number or date must look like, who is a minor, what is a double."""

from kalon.patients.rules.details import (
    AllergyAnswer,
    AllergyDetails,
    ContactDetails,
    CoverageDetails,
    GuardianDetails,
    HistoryDetails,
    PatientDetails,
)
from kalon.patients.rules.introductions import introduced
from kalon.patients.rules.people import age_in_years, is_minor, likeness, same_birthday
from kalon.patients.rules.values import Faults, abha_address, abha_number, day, email, line, name, paragraph, phone

__all__ = [
    "AllergyAnswer",
    "AllergyDetails",
    "ContactDetails",
    "CoverageDetails",
    "Faults",
    "GuardianDetails",
    "HistoryDetails",
    "PatientDetails",
    "abha_address",
    "abha_number",
    "age_in_years",
    "day",
    "email",
    "introduced",
    "is_minor",
    "likeness",
    "line",
    "name",
    "paragraph",
    "phone",
    "same_birthday",
]
