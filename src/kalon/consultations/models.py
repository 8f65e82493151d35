"""Tables of the clinical encounter."""

from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from kalon.consultations.lifecycles import CONSULTATION, Kind, Mode, Outcome, Status
from kalon.kernel import clock
from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.lifecycle import Staged, seal_children
from kalon.kernel.live import Announces
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger

SEALED = (Status.CLOSED, Status.CANCELLED)
# For open screens: the same words as the visit's own, so that a check-in is said once.
DAY_OF_VISIT = (
    "(SELECT (lower(visit.period) AT TIME ZONE place.timezone)::date FROM scheduling_appointment AS visit "
    "JOIN people_branch AS place ON place.id = visit.branch_id WHERE visit.id = {row}.appointment_id)"
)


class Consultation(PatientRecord, Staged):
    """One encounter between a patient and a doctor; its words are encrypted under the patient's key."""

    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    appointment = models.OneToOneField(
        "scheduling.Appointment", on_delete=models.PROTECT, null=True, related_name="consultation"
    )
    doctor = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    mode = models.CharField(max_length=20, choices=Mode.choices, default=Mode.IN_PERSON)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.SCHEDULED)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    complaint = EncryptedText(key="patient.data_key", blank=True, default="")
    history = EncryptedText(key="patient.data_key", blank=True, default="")
    findings = EncryptedText(key="patient.data_key", blank=True, default="")
    diagnosis = EncryptedText(key="patient.data_key", blank=True, default="")
    advice = EncryptedText(key="patient.data_key", blank=True, default="")  # what the patient reads
    referred_to = EncryptedText(key="patient.data_key", blank=True, default="")
    follow_up_on = models.DateField(null=True, blank=True)
    edition = models.PositiveIntegerField(default=0)  # counts saves of the note, so that two windows cannot overwrite
    saved_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)

    appointment_id: UUID | None
    doctor_id: UUID | None
    branch_id: UUID
    signed_by_id: UUID | None

    class Meta:
        db_table = "consultations_consultation"
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["patient", "-created_at"], name="consultation_of_patient"),
            models.Index(fields=["doctor", "status"], name="consultation_of_doctor"),
        ]
        constraints = [
            *CONSULTATION.rules("consultations_consultation", patient="patient_id"),
            RowSecurity(name="consultations_consultation_rows", patient="patient_id", portal="SELECT, INSERT, UPDATE"),
            SameOrganization(name="consultation_patient_here", field="patient_id", to="patients.Patient"),
            SameOrganization(
                name="consultation_appointment_of_patient",
                field="appointment_id",
                to="scheduling.Appointment",
                through=("organization_id", "patient_id"),
            ),
            models.UniqueConstraint(fields=["organization", "patient", "id"], name="consultation_of_patient_once"),
            models.CheckConstraint(
                name="consultation_signed_together",
                condition=Q(signed_by__isnull=True, signed_at__isnull=True)
                | Q(signed_by__isnull=False, signed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="consultation_async_without_appointment",
                condition=Q(mode=Mode.ASYNC) | Q(appointment__isnull=False),
            ),
            models.CheckConstraint(
                name="consultation_closed_has_outcome",
                condition=~Q(status__in=[Status.PLAN_CREATED, Status.CLOSED]) | ~Q(outcome=""),
            ),
            Announces(
                name="consultations_consultation_live",
                topic="visits",
                place="{row}.branch_id",
                day=DAY_OF_VISIT,
                columns=("status", "doctor_id"),
            ),
            Trigger(
                name="consultations_not_by_patient",
                events="BEFORE UPDATE",
                body="""
    IF current_user = 'kalon_portal' AND NOT (NEW.status IN ('SCHEDULED', 'CHECKED_IN', 'CANCELLED')
        AND to_jsonb(NEW) - ARRAY['status', 'status_at', 'doctor_id', 'appointment_id']
            = to_jsonb(OLD) - ARRAY['status', 'status_at', 'doctor_id', 'appointment_id']) THEN
        RAISE EXCEPTION 'a patient does not write in the clinical record'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_not_by_patient';
    END IF;
    RETURN NEW;""",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.status not in SEALED


class Vitals(PatientRecord):
    """One set of measurements taken in triage; corrected by taking another.

    Units: blood pressure mmHg, pulse and respiration per minute, temperature degrees Celsius, oxygen
    saturation per cent, weight kilograms, height centimetres, pain 0 to 10.
    """

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="vitals")
    systolic = models.PositiveSmallIntegerField(null=True, validators=[MinValueValidator(40), MaxValueValidator(300)])
    diastolic = models.PositiveSmallIntegerField(null=True, validators=[MinValueValidator(20), MaxValueValidator(200)])
    pulse = models.PositiveSmallIntegerField(null=True, validators=[MinValueValidator(20), MaxValueValidator(300)])
    respiration = models.PositiveSmallIntegerField(null=True, validators=[MinValueValidator(4), MaxValueValidator(80)])
    temperature = models.DecimalField(
        max_digits=3, decimal_places=1, null=True, validators=[MinValueValidator(30), MaxValueValidator(45)]
    )
    oxygen = models.PositiveSmallIntegerField(null=True, validators=[MinValueValidator(40), MaxValueValidator(100)])
    weight = models.DecimalField(
        max_digits=5, decimal_places=1, null=True, validators=[MinValueValidator(1), MaxValueValidator(400)]
    )
    height = models.DecimalField(
        max_digits=4, decimal_places=1, null=True, validators=[MinValueValidator(30), MaxValueValidator(260)]
    )
    pain = models.PositiveSmallIntegerField(null=True, validators=[MaxValueValidator(10)])
    note = EncryptedText(key="patient.data_key", blank=True, default="")
    taken_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(default=clock.now)

    consultation_id: UUID

    class Meta:
        db_table = "consultations_vitals"
        ordering = ["-taken_at"]
        constraints = [
            RowSecurity(name="consultations_vitals_rows", patient="patient_id", app="SELECT, INSERT", portal="SELECT"),
            SameOrganization(
                name="vitals_consultation_of_patient",
                field="consultation_id",
                to="consultations.Consultation",
                through=("organization_id", "patient_id"),
            ),
            seal_children(
                "consultations_vitals",
                parent="consultations_consultation",
                key="consultation_id",
                states=SEALED,
            ),
            models.CheckConstraint(
                name="vitals_pressure_pair",
                condition=Q(systolic__isnull=True, diastolic__isnull=True) | Q(systolic__gt=models.F("diastolic")),
            ),
        ]
