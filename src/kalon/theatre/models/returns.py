"""What is completed in arrears after a return to theatre: the consent that could not be asked before."""

from uuid import UUID

from django.db import models

from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import append_only
from kalon.theatre.models import case_guards as guards
from kalon.theatre.models.cases import THROUGH_PATIENT, Case
from kalon.theatre.models.guards import said_by_who_acts


class ReturnConsent(PatientRecord):
    """What the patient, or who stands for them, said about a return to theatre once they could be asked.

    Taken by a clinician under their own name, kept as it was said; a signed form may lie among the documents beside it.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="consent_in_arrears")
    given_by = EncryptedText(key="patient.data_key")
    relation = EncryptedText(key="patient.data_key", blank=True, default="")
    words = EncryptedText(key="patient.data_key")
    given_at = models.DateTimeField()
    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")

    case_id: UUID
    staff_id: UUID

    class Meta:
        db_table = "theatre_returnconsent"
        constraints = [
            *append_only("theatre_returnconsent", name="theatre_returnconsent_stays"),
            said_by_who_acts("theatre_returnconsent", "staff_id", clinician=True),
            guards.consent_of_a_return(),
            SameOrganization(
                name="theatre_returnconsent_of_case", field="case_id", to="theatre.Case", through=THROUGH_PATIENT
            ),
            SameOrganization(name="theatre_returnconsent_staff_here", field="staff_id", to="people.Staff"),
            RowSecurity(name="theatre_returnconsent_rows", patient="patient_id", app="SELECT, INSERT"),
        ]
