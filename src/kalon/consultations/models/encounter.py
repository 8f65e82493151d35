"""The encounter itself, with the note as it stands."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.consultations.lifecycles import CONSULTATION, SEALED, Kind, Mode, Outcome, Section, Status
from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.lifecycle import Staged
from kalon.kernel.live import Announces
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger

# For open screens: the same words as the visit's own, so that a check-in is said once.
DAY_OF_VISIT = (
    "(SELECT (lower(visit.period) AT TIME ZONE place.timezone)::date FROM scheduling_appointment AS visit "
    "JOIN people_branch AS place ON place.id = visit.branch_id WHERE visit.id = {row}.appointment_id)"
)

# No word of a note changes without its version: who wrote it, when, and what stood there before stay readable. A
# patient's session never gets this far (`consultations_not_by_patient`), so it needs no right to read versions.
WORDS_ARE_KEPT = f"""
    FOREACH part IN ARRAY ARRAY[{", ".join(f"'{section}'" for section in Section.values)}] LOOP
        IF to_jsonb(NEW) -> part IS DISTINCT FROM to_jsonb(OLD) -> part THEN
            IF NOT EXISTS (
                SELECT FROM consultations_noteversion AS version
                WHERE version.consultation_id = NEW.id AND version.section = part AND version.stands
                    AND version.edition = (NEW.editions ->> part)::int
                    AND version.edition > COALESCE((OLD.editions ->> part)::int, 0)
            ) THEN
                RAISE EXCEPTION 'the words of % changed without a version', part
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_words_are_kept';
            END IF;
        END IF;
    END LOOP;
    RETURN NULL;"""


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
    present_illness = EncryptedText(
        key="patient.data_key", place="consultations_consultation.history", blank=True, default=""
    )
    systems = EncryptedText(key="patient.data_key", blank=True, null=True)
    subjective = EncryptedText(key="patient.data_key", blank=True, null=True)
    objective = EncryptedText(key="patient.data_key", blank=True, null=True)
    examination = EncryptedText(
        key="patient.data_key", place="consultations_consultation.findings", blank=True, default=""
    )
    assessment = EncryptedText(
        key="patient.data_key", place="consultations_consultation.diagnosis", blank=True, default=""
    )
    plan = EncryptedText(key="patient.data_key", blank=True, null=True)
    advice = EncryptedText(key="patient.data_key", blank=True, default="")  # what the patient reads
    referred_to = EncryptedText(key="patient.data_key", blank=True, default="")
    follow_up_on = models.DateField(null=True, blank=True)
    edition = models.PositiveIntegerField(default=0)  # counts saves of the note
    editions = models.JSONField(default=dict, editable=False)  # section of the note: the version that stands
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
                name="consultations_words_are_kept", events="AFTER UPDATE", body=WORDS_ARE_KEPT, declare="part text;"
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

    def text_of(self, section: str) -> str:
        """What stands in a section of the note; empty when nobody wrote there."""
        return str(getattr(self, Section(section).value) or "")

    def edition_of(self, section: str) -> int:
        """The number of the version that stands in a section of the note; 0 before anybody wrote there."""
        return int(self.editions.get(section, 0))

    @property
    def is_open(self) -> bool:
        return self.status not in SEALED
