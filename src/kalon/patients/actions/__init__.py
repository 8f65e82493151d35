"""The verbs of this context: the only writers of its tables.

At the desk: `register`, `correct`, `record_allergies`, `change_allergy`, `verify_allergy`, `add_contact`,
`add_coverage`, `add_history`, `change_history`, `verify_history`, `end_history`, `settle_duplicate`, `join_records`,
`undo_merge`. By a visitor:
`start_registration`, `resend_code`, `confirm_registration`. By a patient: `correct_own_contact`, `add_own_allergy`,
`add_own_history`.
"""

from kalon.patients.actions.corrections import correct, correct_own_contact, settle_duplicate
from kalon.patients.actions.desk import register
from kalon.patients.actions.history import (
    add_history,
    add_own_allergy,
    add_own_history,
    change_allergy,
    change_history,
    end_history,
    verify_allergy,
    verify_history,
)
from kalon.patients.actions.merging import join_records, undo_merge
from kalon.patients.actions.record import add_contact, add_coverage, add_guardian, record_allergies
from kalon.patients.actions.visitors import (
    confirm_registration,
    expire_registrations,
    resend_code,
    start_registration,
)
from kalon.patients.rules import (
    AllergyAnswer,
    AllergyDetails,
    ContactDetails,
    CoverageDetails,
    GuardianDetails,
    HistoryDetails,
    PatientDetails,
)

__all__ = [
    "AllergyAnswer",
    "AllergyDetails",
    "ContactDetails",
    "CoverageDetails",
    "GuardianDetails",
    "HistoryDetails",
    "PatientDetails",
    "add_contact",
    "add_coverage",
    "add_guardian",
    "add_history",
    "add_own_allergy",
    "add_own_history",
    "change_allergy",
    "change_history",
    "confirm_registration",
    "correct",
    "correct_own_contact",
    "end_history",
    "expire_registrations",
    "join_records",
    "record_allergies",
    "register",
    "resend_code",
    "settle_duplicate",
    "start_registration",
    "undo_merge",
    "verify_allergy",
    "verify_history",
]
