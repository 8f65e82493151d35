"""What the doctor found, in a classification's words or their own, and the codes a doctor uses most."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.consultations.lifecycles import SEALED, Status
from kalon.kernel import clock
from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.lifecycle import seal_children
from kalon.kernel.models.records import OrganizationRecord, PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger

# What a patient may read of them: those that stand in a signed note.
SIGNED = (
    "withdrawn_at IS NULL AND EXISTS (SELECT FROM consultations_consultation AS visit "
    f"WHERE visit.id = consultation_id AND visit.status = '{Status.CLOSED}')"
)


class Rank(models.TextChoices):
    PRIMARY = "PRIMARY", "Primary"
    SECONDARY = "SECONDARY", "Secondary"


class Diagnosis(PatientRecord):
    """One diagnosis of a consultation; `code` is empty where it is said in the doctor's own words.

    Code and title stand as they were when it was made: a later edition of the classification does not change them.
    One that was taken back before signing stays, with who did it and when.
    """

    consultation = models.ForeignKey("consultations.Consultation", on_delete=models.PROTECT, related_name="diagnoses")
    system = models.CharField(max_length=10, blank=True)
    code = models.CharField(max_length=10, blank=True)
    title = EncryptedText(key="patient.data_key", max_length=400)
    rank = models.CharField(max_length=10, choices=Rank.choices, default=Rank.SECONDARY)
    made_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    withdrawn_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    consultation_id: UUID
    made_by_id: UUID
    withdrawn_by_id: UUID | None

    class Meta:
        db_table = "consultations_diagnosis"
        ordering = ["rank", "id"]
        indexes = [models.Index(fields=["patient", "-made_at"], name="diagnosis_of_patient")]
        constraints = [
            RowSecurity(
                name="consultations_diagnosis_rows", patient="patient_id", portal="SELECT", portal_where=SIGNED
            ),
            SameOrganization(name="diagnosis_patient_here", field="patient_id", to="patients.Patient"),
            SameOrganization(name="diagnosis_made_by_here", field="made_by_id", to="people.Staff"),
            SameOrganization(name="diagnosis_withdrawn_by_here", field="withdrawn_by_id", to="people.Staff"),
            SameOrganization(
                name="diagnosis_consultation_of_patient",
                field="consultation_id",
                to="consultations.Consultation",
                through=("organization_id", "patient_id"),
            ),
            seal_children(
                "consultations_diagnosis", parent="consultations_consultation", key="consultation_id", states=SEALED
            ),
            Trigger(
                name="consultations_diagnosis_stays",
                events="BEFORE UPDATE",
                body="""
    IF OLD.withdrawn_at IS NOT NULL OR to_jsonb(NEW) - ARRAY['rank', 'withdrawn_at', 'withdrawn_by_id']
        <> to_jsonb(OLD) - ARRAY['rank', 'withdrawn_at', 'withdrawn_by_id'] THEN
        RAISE EXCEPTION 'a diagnosis is taken back and made anew, not rewritten'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_diagnosis_stays';
    END IF;
    RETURN NEW;""",
            ),
            models.UniqueConstraint(
                fields=["consultation", "system", "code"],
                condition=Q(withdrawn_at__isnull=True) & ~Q(code=""),
                name="diagnosis_code_once",
            ),
            models.UniqueConstraint(
                fields=["consultation"],
                condition=Q(withdrawn_at__isnull=True, rank=Rank.PRIMARY),
                name="diagnosis_one_primary",
            ),
            models.CheckConstraint(
                condition=Q(code="", system="") | (~Q(code="") & ~Q(system="")), name="diagnosis_code_with_system"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="diagnosis_withdrawn_together",
            ),
        ]

    @property
    def is_primary(self) -> bool:
        return self.rank == Rank.PRIMARY

    @property
    def sentence(self) -> str:
        """Code and title as they are read."""
        return f"{self.code} {self.title}".strip()


class FavouriteCode(OrganizationRecord):
    """A code that one doctor keeps at hand."""

    staff = models.ForeignKey("people.Staff", on_delete=models.CASCADE, related_name="+")
    system = models.CharField(max_length=10)
    code = models.CharField(max_length=10)

    staff_id: UUID

    class Meta:
        db_table = "consultations_favouritecode"
        ordering = ["code"]
        constraints = [
            RowSecurity(name="consultations_favouritecode_rows", app="SELECT, INSERT, DELETE"),
            SameOrganization(name="favouritecode_staff_here", field="staff_id", to="people.Staff"),
            models.UniqueConstraint(fields=["staff", "system", "code"], name="favouritecode_once"),
        ]
