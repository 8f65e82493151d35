"""What is written down about a patient outside a visit: allergies, history, contacts, coverage."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger
from kalon.patients.models.phones import readable_phone


class Severity(models.TextChoices):
    UNKNOWN = "UNKNOWN", "Severity not known"
    MILD = "MILD", "Mild"
    MODERATE = "MODERATE", "Moderate"
    SEVERE = "SEVERE", "Severe"
    LIFE_THREATENING = "LIFE_THREATENING", "Life-threatening"


class AllergyKind(models.TextChoices):
    DRUG = "DRUG", "Medicine"
    FOOD = "FOOD", "Food"
    ENVIRONMENTAL = "ENVIRONMENTAL", "Environment"
    LATEX = "LATEX", "Latex"
    OTHER = "OTHER", "Other"


class ToldBy(models.TextChoices):
    """Where a line of the record comes from."""

    SELF_REPORTED = "SELF_REPORTED", "Told by the patient"
    CONSULTATION = "CONSULTATION", "Found here"
    EXTERNAL = "EXTERNAL", "From outside papers"


# What a patient writes themselves says so, and nobody has verified it yet.
OWN_WORDS = """
    IF current_user = 'kalon_portal' AND (NEW.source <> 'SELF_REPORTED' OR NEW.verified_at IS NOT NULL
        OR NEW.ended_at IS NOT NULL)
    THEN
        RAISE EXCEPTION 'a patient adds what they know; the clinic verifies it'
            USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
    END IF;
    RETURN NEW;"""


class Allergy(PatientRecord):
    """One substance a patient reacts to. An allergy that proved wrong is ended, never removed."""

    substance = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=AllergyKind.choices, default=AllergyKind.OTHER)
    source = models.CharField(max_length=16, choices=ToldBy.choices, default=ToldBy.CONSULTATION)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.CharField(max_length=200, blank=True)
    reaction = models.CharField(max_length=200, blank=True)
    severity = models.CharField(max_length=16, choices=Severity.choices, default=Severity.UNKNOWN)
    since_year = models.PositiveSmallIntegerField(null=True)
    noted_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "patients_allergy"
        indexes = [models.Index(fields=["patient"], name="patients_allergy_patient")]
        constraints = [
            models.CheckConstraint(condition=~Q(substance=""), name="patients_allergy_substance"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="") | Q(ended_at__isnull=False) & ~Q(ended_by=""),
                name="patients_allergy_ended",
            ),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True, verified_by="")
                | Q(verified_at__isnull=False) & ~Q(verified_by=""),
                name="patients_allergy_verified",
            ),
            Trigger(
                name="patients_allergy_own_words",
                events="BEFORE INSERT",
                body=OWN_WORDS.format(name="patients_allergy_own_words"),
            ),
            SameOrganization(name="patients_allergy_patient_here", field="patient_id", to="patients.Patient"),
            RowSecurity(name="patients_allergy_rows", patient="patient_id", portal="SELECT, INSERT"),
        ]

    @property
    def year(self) -> str:
        """Since when, as the banner says it."""
        return str(self.since_year or "")


class HistoryKind(models.TextChoices):
    CONDITION = "CONDITION", "Condition"
    MEDICATION = "MEDICATION", "Medicine taken"
    SURGERY = "SURGERY", "Earlier operation"
    FAMILY = "FAMILY", "In the family"
    SOCIAL = "SOCIAL", "Habits"


class HistoryItem(PatientRecord):
    """A line of the medical history, as the patient or the team told it; ended when it no longer counts.

    `code` is an ICD-10 code as text, for conditions; `dose` is how much of a medicine and how often.
    """

    kind = models.CharField(max_length=12, choices=HistoryKind.choices)
    text = EncryptedText(key="patient.data_key", max_length=1000)
    code = models.CharField(max_length=10, blank=True)
    dose = EncryptedText(key="patient.data_key", max_length=200, null=True)
    since_year = models.PositiveSmallIntegerField(null=True)
    source = models.CharField(max_length=16, choices=ToldBy.choices, default=ToldBy.CONSULTATION)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.CharField(max_length=200, blank=True)
    noted_by = models.CharField(max_length=200)
    is_current = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "patients_historyitem"
        indexes = [models.Index(fields=["patient"], name="patients_history_patient")]
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True, verified_by="")
                | Q(verified_at__isnull=False) & ~Q(verified_by=""),
                name="patients_history_verified",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="")
                | Q(ended_at__isnull=False, is_current=False) & ~Q(ended_by=""),
                name="patients_history_ended",
            ),
            Trigger(
                name="patients_history_own_words",
                events="BEFORE INSERT",
                body=OWN_WORDS.format(name="patients_history_own_words"),
            ),
            SameOrganization(name="patients_history_patient_here", field="patient_id", to="patients.Patient"),
            RowSecurity(name="patients_historyitem_rows", patient="patient_id", portal="SELECT, INSERT"),
        ]


class Contact(PatientRecord):
    """Somebody near the patient: to call in an emergency, or who decides for a minor.

    `person` is set when that somebody is a patient here too (a mother and her son).
    """

    name = EncryptedText(key="patient.data_key", max_length=200)
    phone = EncryptedText(key="patient.data_key", max_length=20)
    email = EncryptedText(key="patient.data_key", max_length=254)
    relationship = models.CharField(max_length=60)
    is_emergency = models.BooleanField(default=False)
    is_guardian = models.BooleanField(default=False)
    person = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, null=True, related_name="+")
    person_id: UUID | None

    class Meta:
        db_table = "patients_contact"
        indexes = [models.Index(fields=["patient"], name="patients_contact_patient")]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True) | ~Q(person=F("patient")), name="patients_contact_another_person"
            ),
            SameOrganization(name="patients_contact_patient_here", field="patient_id", to="patients.Patient"),
            SameOrganization(name="patients_contact_person_here", field="person_id", to="patients.Patient"),
            RowSecurity(name="patients_contact_rows", patient="patient_id", portal="SELECT"),
        ]

    @property
    def readable_phone(self) -> str:
        """The phone number as people write it."""
        return readable_phone(self.phone)


class Coverage(PatientRecord):
    """A policy that may pay for care: who pays, under which number, for whom, and when it holds."""

    payer = models.CharField(max_length=200)
    policy_number = EncryptedText(key="patient.data_key", max_length=60)
    holder = EncryptedText(key="patient.data_key", max_length=200)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "patients_coverage"
        indexes = [models.Index(fields=["patient"], name="patients_coverage_patient")]
        constraints = [
            models.UniqueConstraint(fields=["organization", "patient", "id"], name="patients_coverage_of_patient"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="patients_coverage_span",
            ),
            SameOrganization(name="patients_coverage_patient_here", field="patient_id", to="patients.Patient"),
            RowSecurity(name="patients_coverage_rows", patient="patient_id", portal="SELECT"),
        ]
