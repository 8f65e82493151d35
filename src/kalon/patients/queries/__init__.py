"""Reads of patients, always as somebody (`seen_by`): the lists, the search, the record, who looked at it.

Contexts above plug their cards into the patient page through `queries.page`; what was joined is in
`queries.joining`.
"""

from kalon.patients.queries import joining
from kalon.patients.queries.duplicates import alike, possible_duplicates
from kalon.patients.queries.finding import Hit, search
from kalon.patients.queries.patients import (
    Banner,
    account_of,
    allergy_kinds,
    banner,
    banners,
    history_kinds,
    languages,
    patient,
    patient_for_user,
    patients,
    people_i_act_for,
)
from kalon.patients.queries.record import (
    Looked,
    access_log,
    allergies,
    contacts,
    coverages,
    ended,
    history,
    named_by,
    policies,
)

__all__ = [
    "Banner",
    "Hit",
    "Looked",
    "access_log",
    "account_of",
    "alike",
    "allergies",
    "allergy_kinds",
    "banner",
    "banners",
    "contacts",
    "coverages",
    "ended",
    "history",
    "history_kinds",
    "joining",
    "languages",
    "named_by",
    "patient",
    "patient_for_user",
    "patients",
    "people_i_act_for",
    "policies",
    "possible_duplicates",
    "search",
]
