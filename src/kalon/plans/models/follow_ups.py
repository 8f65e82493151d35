"""The follow-up plan: the patient is to be seen again, and has not been booked, or has been."""

from datetime import date
from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.plans.lifecycles import FOLLOW_UP, FollowUpKind, FollowUpStatus
from kalon.plans.models.guards import by_patient, done_when_signed

TABLE = "plans_followupplan"
THROUGH_PATIENT = ("organization_id", "patient_id")


class FollowUpPlan(PatientRecord, Staged):
    """One time that a patient is to be seen again.

    `due_date` is the day on the clock of the branch; `interval_days` how long after the visit that was, where it was
    said so. `session_number` belongs to a session of a series. `chased` is the last step at which the patient was
    reminded that it is overdue.
    """

    consultation = models.ForeignKey("consultations.Consultation", on_delete=models.PROTECT, related_name="follow_ups")
    plan = models.ForeignKey("plans.ProcedurePlan", on_delete=models.PROTECT, null=True, related_name="follow_ups")
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=16, choices=FollowUpKind.choices, default=FollowUpKind.REVIEW)
    status = models.CharField(max_length=16, choices=FollowUpStatus.choices, default=FollowUpStatus.PENDING)
    due_date = models.DateField()
    interval_days = models.PositiveSmallIntegerField(null=True)
    session_number = models.PositiveSmallIntegerField(null=True)
    reason = EncryptedText(key="patient.data_key", blank=True, default="")
    appointment = models.OneToOneField(
        "scheduling.Appointment", on_delete=models.PROTECT, null=True, related_name="follow_up"
    )
    chased = models.PositiveSmallIntegerField(default=0)

    consultation_id: UUID
    plan_id: UUID | None
    branch_id: UUID
    doctor_id: UUID | None
    appointment_id: UUID | None

    class Meta:
        db_table = TABLE
        ordering = ["due_date", "id"]
        indexes = [
            models.Index(fields=["patient", "due_date"], name="plans_follow_up_of_patient"),
            models.Index(fields=["consultation"], name="plans_follow_up_of_consult"),
            models.Index(
                fields=["organization", "due_date"], condition=Q(status="PENDING"), name="plans_follow_up_pending"
            ),
        ]
        constraints = [
            *FOLLOW_UP.rules(TABLE, patient="patient_id"),
            done_when_signed(TABLE),
            by_patient(TABLE, arrows=(("PENDING", "SCHEDULED"), ("SCHEDULED", "PENDING")), columns=("appointment_id",)),
            RowSecurity(name=f"{TABLE}_rows", patient="patient_id", portal="SELECT, UPDATE"),
            SameOrganization(name="plans_follow_up_patient_here", field="patient_id", to="patients.Patient"),
            SameOrganization(
                name="plans_follow_up_consultation_of_patient",
                field="consultation_id",
                to="consultations.Consultation",
                through=THROUGH_PATIENT,
            ),
            SameOrganization(
                name="plans_follow_up_plan_of_patient",
                field="plan_id",
                to="plans.ProcedurePlan",
                through=THROUGH_PATIENT,
            ),
            SameOrganization(
                name="plans_follow_up_visit_of_patient",
                field="appointment_id",
                to="scheduling.Appointment",
                through=THROUGH_PATIENT,
            ),
            SameOrganization(name="plans_follow_up_branch_here", field="branch_id", to="people.Branch"),
            SameOrganization(name="plans_follow_up_doctor_here", field="doctor_id", to="people.Staff"),
            models.CheckConstraint(
                name="plans_follow_up_visit_by_status",
                condition=Q(status__in=[FollowUpStatus.PENDING, FollowUpStatus.CANCELLED], appointment=None)
                | Q(status__in=[FollowUpStatus.SCHEDULED, FollowUpStatus.COMPLETED], appointment__isnull=False),
            ),
            models.CheckConstraint(
                name="plans_follow_up_session",
                condition=Q(kind=FollowUpKind.SERIES_SESSION, plan__isnull=False, session_number__range=(1, 60))
                | (~Q(kind=FollowUpKind.SERIES_SESSION) & Q(session_number=None)),
            ),
            models.UniqueConstraint(
                fields=["plan", "session_number"],
                condition=Q(session_number__isnull=False) & ~Q(status=FollowUpStatus.CANCELLED),
                name="plans_follow_up_session_once",
            ),
            models.CheckConstraint(
                name="plans_follow_up_interval",
                condition=Q(interval_days=None) | Q(interval_days__range=(0, 1830)),
            ),
        ]

    def days_left(self, today: date) -> int:
        """How many days until it is due; negative when it is overdue."""
        return (self.due_date - today).days

    def is_overdue(self, today: date) -> bool:
        return self.status == FollowUpStatus.PENDING and self.due_date < today
