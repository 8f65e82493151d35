"""The sessions of a plan: each a visit in which a part of it is carried out."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.plans.lifecycles import HAS_DAY, SESSION, SessionStatus
from kalon.plans.models.guards import by_patient
from kalon.plans.models.session_guards import (
    as_many_as_planned,
    born_with_plan,
    ended_with_plan,
    goes_along,
    keeps_apart,
)

TABLE = "plans_proceduresession"
THROUGH_PATIENT = ("organization_id", "patient_id")


class ProcedureSession(PatientRecord, Staged):
    """One of the sessions in which a plan is carried out; the database makes all of them when the plan is approved.

    `due_date` is the day on the branch's clock from which it is to be booked. A doctor who lets it follow sooner than
    the catalogue's least days apart says why (`early_reason`). A missed session keeps the visit that was missed until
    it is booked again. `edition` counts what was written into its treatment record.
    """

    plan = models.ForeignKey("plans.ProcedurePlan", on_delete=models.PROTECT, related_name="sessions")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=16, choices=SessionStatus.choices, default=SessionStatus.PLANNED)
    appointment = models.OneToOneField(
        "scheduling.Appointment", on_delete=models.PROTECT, null=True, related_name="session"
    )
    due_date = models.DateField()
    early_reason = models.CharField(max_length=500, blank=True, default="")
    early_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    edition = models.PositiveIntegerField(default=0)

    plan_id: UUID
    appointment_id: UUID | None
    early_by_id: UUID | None
    done_by_id: UUID | None

    class Meta:
        db_table = TABLE
        ordering = ["plan", "number"]
        indexes = [models.Index(fields=["patient", "due_date"], name="plans_session_of_patient")]
        constraints = [
            *SESSION.rules(TABLE, patient="patient_id"),
            born_with_plan(TABLE),
            ended_with_plan(TABLE),
            as_many_as_planned(TABLE),
            goes_along(TABLE),
            keeps_apart(TABLE),
            by_patient(
                TABLE,
                arrows=(
                    ("PLANNED", "SCHEDULED"),
                    ("SCHEDULED", "PLANNED"),
                    ("CONSENT_PENDING", "PLANNED"),
                    ("READY", "PLANNED"),
                ),
                columns=("appointment_id",),
            ),
            RowSecurity(name=f"{TABLE}_rows", patient="patient_id", portal="SELECT, UPDATE"),
            SameOrganization(name="plans_session_patient_here", field="patient_id", to="patients.Patient"),
            SameOrganization(
                name="plans_session_of_plan", field="plan_id", to="plans.ProcedurePlan", through=THROUGH_PATIENT
            ),
            SameOrganization(
                name="plans_session_visit_of_patient",
                field="appointment_id",
                to="scheduling.Appointment",
                through=THROUGH_PATIENT,
            ),
            SameOrganization(name="plans_session_early_by_here", field="early_by_id", to="people.Staff"),
            SameOrganization(name="plans_session_done_by_here", field="done_by_id", to="people.Staff"),
            models.UniqueConstraint(fields=["plan", "number"], name="plans_session_number_once"),
            models.UniqueConstraint(fields=["organization", "patient", "id"], name="plans_session_of_patient_once"),
            models.UniqueConstraint(
                fields=["organization", "patient", "plan", "id"], name="plans_session_of_plan_once"
            ),
            models.CheckConstraint(name="plans_session_number", condition=Q(number__range=(1, 60))),
            models.CheckConstraint(
                name="plans_session_visit_by_status",
                condition=Q(status=SessionStatus.PLANNED, appointment=None)
                | Q(status__in=[*HAS_DAY, SessionStatus.NO_SHOW], appointment__isnull=False)
                | Q(status=SessionStatus.CANCELLED),
            ),
            models.CheckConstraint(
                name="plans_session_early_together",
                condition=Q(early_by=None, early_reason="") | (Q(early_by__isnull=False) & ~Q(early_reason="")),
            ),
            models.CheckConstraint(
                name="plans_session_done_together",
                condition=Q(status=SessionStatus.COMPLETED, done_at__isnull=False, done_by__isnull=False)
                | (~Q(status=SessionStatus.COMPLETED) & Q(done_at=None, done_by=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"Session {self.number}"

    @property
    def is_early_allowed(self) -> bool:
        return self.early_by_id is not None
