"""What people type about a patient, read into the details that the verbs take."""

from kalon.patients.forms.desk import (
    AllergyForm,
    ContactForm,
    CorrectionForm,
    CoverageForm,
    DuplicateForm,
    HistoryForm,
    OneAllergyForm,
    RegisterForm,
    SearchForm,
)
from kalon.patients.forms.joining import JoinForm, UndoForm
from kalon.patients.forms.visitors import CodeForm, HealthStep, LastStep, PersonStep

__all__ = [
    "AllergyForm",
    "CodeForm",
    "ContactForm",
    "CorrectionForm",
    "CoverageForm",
    "DuplicateForm",
    "HealthStep",
    "HistoryForm",
    "JoinForm",
    "LastStep",
    "OneAllergyForm",
    "PersonStep",
    "RegisterForm",
    "SearchForm",
    "UndoForm",
]
