"""What is typed about the catalogue. The verbs check the rows, and the database has the last word."""

from kalon.catalog.forms.checklists import ChecklistForm
from kalon.catalog.forms.offers import AppointmentTypeForm, CancellationPolicyForm, PackageForm, ServiceForm
from kalon.catalog.forms.procedures import InstructionsForm, ProcedureForm
from kalon.catalog.forms.taxes import EndForm, SuccessorForm, TaxRateForm, TaxSchemeForm, first_of_next_month

__all__ = [
    "AppointmentTypeForm",
    "CancellationPolicyForm",
    "ChecklistForm",
    "EndForm",
    "InstructionsForm",
    "PackageForm",
    "ProcedureForm",
    "ServiceForm",
    "SuccessorForm",
    "TaxRateForm",
    "TaxSchemeForm",
    "first_of_next_month",
]
