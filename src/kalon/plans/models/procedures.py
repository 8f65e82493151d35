"""The procedure plan and its lines."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.lifecycle import Staged, seal_children
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.plans.lifecycles import PLAN, ConsentNeed, MoneyType, PlanStatus, PlanType, Side
from kalon.plans.models.guards import by_patient, fits_catalogue, remembers_hold, rests_on_outcome, revises_earlier

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

TABLE = "plans_procedureplan"
SEALED = PLAN.seals
THROUGH_PATIENT = ("organization_id", "patient_id")


class ProcedurePlan(PatientRecord, Staged):
    """What was decided to do about a patient: by whom, in what steps, and how far it has come.

    `goal` is what it is for, in words the patient reads; `note` stays among the staff. `session_count` and
    `interval_days` belong to a series (one session otherwise). `review_after_days`: when to look again once it is
    completed. `held_from` is the state in which the plan was last put on hold; the database writes it down. `revises`:
    the earlier, completed plan of the same person that this one does again.
    """

    number = models.CharField(max_length=20, editable=False)
    consultation = models.ForeignKey("consultations.Consultation", on_delete=models.PROTECT, related_name="plans")
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=20, choices=PlanStatus.choices, default=PlanStatus.DRAFT)
    plan_type = models.CharField(max_length=16, choices=PlanType.choices)
    money_type = models.CharField(max_length=16, choices=MoneyType.choices, default=MoneyType.COSMETIC)
    consent = models.CharField(max_length=16, choices=ConsentNeed.choices, default=ConsentNeed.REQUIRED)
    title = EncryptedText(key="patient.data_key")
    goal = EncryptedText(key="patient.data_key", blank=True, default="")
    note = EncryptedText(key="patient.data_key", blank=True, default="")
    session_count = models.PositiveSmallIntegerField(default=1)
    interval_days = models.PositiveSmallIntegerField(null=True, blank=True)
    review_after_days = models.PositiveSmallIntegerField(null=True, blank=True)
    held_from = models.CharField(max_length=20, choices=PlanStatus.choices, blank=True, default="")
    revises = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="revisions")
    approved_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    edition = models.PositiveIntegerField(default=0)  # counts changes, so that two windows cannot overwrite each other

    lines: "RelatedManager[PlanLine]"
    consultation_id: UUID
    branch_id: UUID
    doctor_id: UUID | None
    revises_id: UUID | None
    approved_by_id: UUID | None
    acknowledged_by_id: UUID | None

    class Meta:
        db_table = TABLE
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["patient", "-id"], name="plans_plan_of_patient"),
            models.Index(fields=["consultation"], name="plans_plan_of_consultation"),
            models.Index(fields=["organization", "status", "doctor"], name="plans_plan_by_status"),
        ]
        constraints = [
            *PLAN.rules(TABLE, patient="patient_id"),
            rests_on_outcome(TABLE),
            remembers_hold(TABLE),
            fits_catalogue(TABLE),
            revises_earlier(TABLE),
            by_patient(
                TABLE,
                arrows=(
                    ("CONSENT_PENDING", "CONSENT_SIGNED"),
                    ("CONSENT_SIGNED", "APPROVED"),
                    ("APPROVED", "SCHEDULED"),
                    ("CONSENT_SIGNED", "SCHEDULED"),
                    ("SCHEDULED", "APPROVED"),
                    ("SCHEDULED", "CONSENT_SIGNED"),
                ),
                columns=("acknowledged_at", "acknowledged_by_id"),
            ),
            RowSecurity(name=f"{TABLE}_rows", patient="patient_id", portal="SELECT, UPDATE"),
            SameOrganization(name="plans_plan_patient_here", field="patient_id", to="patients.Patient"),
            SameOrganization(
                name="plans_plan_consultation_of_patient",
                field="consultation_id",
                to="consultations.Consultation",
                through=THROUGH_PATIENT,
            ),
            SameOrganization(name="plans_plan_branch_here", field="branch_id", to="people.Branch"),
            SameOrganization(name="plans_plan_doctor_here", field="doctor_id", to="people.Staff"),
            SameOrganization(name="plans_plan_revises_here", field="revises_id", to="plans.ProcedurePlan"),
            SameOrganization(name="plans_plan_approver_here", field="approved_by_id", to="people.Staff"),
            models.UniqueConstraint(fields=["organization", "number"], name="plans_plan_number_once"),
            models.UniqueConstraint(fields=["organization", "patient", "id"], name="plans_plan_of_patient_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="plans_plan_in_organization"),
            models.CheckConstraint(
                name="plans_plan_approved_together",
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="plans_plan_acknowledged_together",
                condition=Q(acknowledged_by=None, acknowledged_at=None)
                | Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="plans_plan_consent_by_type",
                condition=~Q(plan_type__in=[PlanType.SURGICAL, PlanType.CONSERVATIVE])
                | Q(plan_type=PlanType.SURGICAL, consent=ConsentNeed.REQUIRED)
                | Q(plan_type=PlanType.CONSERVATIVE, consent=ConsentNeed.NOT_REQUIRED),
            ),
            models.CheckConstraint(
                name="plans_plan_sessions_by_type",
                condition=Q(plan_type=PlanType.SERIES, session_count__range=(2, 60))
                & Q(interval_days__isnull=False, interval_days__range=(1, 366))
                | (~Q(plan_type=PlanType.SERIES) & Q(session_count=1, interval_days=None)),
            ),
            models.CheckConstraint(
                name="plans_plan_review_days",
                condition=Q(review_after_days=None) | Q(review_after_days__range=(1, 730)),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_series(self) -> bool:
        return self.plan_type == PlanType.SERIES

    @property
    def is_acknowledged(self) -> bool:
        return self.acknowledged_at is not None

    @property
    def since(self) -> datetime:
        """When it came into the state it is in."""
        return self.status_at


class PlanLine(PatientRecord):
    """One thing to be done: what, where, how often, and who it is charged to.

    `entry` is what is done, of the procedure catalogue, `service` what is sold for it; `procedure` names what neither
    does. `technique` is asked of a surgery, `implant_choice` where the entry puts one in. `minutes`: how long it is
    planned to take, empty for what the catalogue says. Sealed once the plan is approved.
    """

    plan = models.ForeignKey(ProcedurePlan, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    service = models.ForeignKey("catalog.Service", on_delete=models.PROTECT, null=True, related_name="+")
    entry = models.ForeignKey("catalog.Procedure", on_delete=models.PROTECT, null=True, related_name="+")
    procedure = EncryptedText(key="patient.data_key", blank=True, default="")
    side = models.CharField(max_length=8, choices=Side.choices, blank=True, default="")
    technique = EncryptedText(key="patient.data_key", blank=True, default="")
    implant_choice = EncryptedText(key="patient.data_key", null=True)
    minutes = models.PositiveSmallIntegerField(null=True)
    quantity = models.PositiveSmallIntegerField(default=1)
    money_type = models.CharField(max_length=16, choices=MoneyType.choices[:2], default=MoneyType.COSMETIC)
    note = EncryptedText(key="patient.data_key", blank=True, default="")

    plan_id: UUID
    service_id: UUID | None
    entry_id: UUID | None

    class Meta:
        db_table = "plans_planline"
        ordering = ["position"]
        constraints = [
            # Only the lines of a plan that nobody has approved are ever taken away: the seal says so.
            RowSecurity(
                name="plans_planline_rows",
                patient="patient_id",
                app="SELECT, INSERT, UPDATE, DELETE",
                portal="SELECT",
            ),
            SameOrganization(name="plans_line_patient_here", field="patient_id", to="patients.Patient"),
            SameOrganization(
                name="plans_line_of_plan", field="plan_id", to="plans.ProcedurePlan", through=THROUGH_PATIENT
            ),
            SameOrganization(name="plans_line_service_here", field="service_id", to="catalog.Service"),
            SameOrganization(name="plans_line_entry_here", field="entry_id", to="catalog.Procedure"),
            seal_children("plans_planline", parent=TABLE, key="plan_id", states=SEALED),
            models.UniqueConstraint(fields=["plan", "position"], name="plans_line_position_once"),
            models.CheckConstraint(name="plans_line_quantity", condition=Q(quantity__range=(1, 999))),
            models.CheckConstraint(
                name="plans_line_money", condition=Q(money_type__in=[MoneyType.COSMETIC, MoneyType.RECONSTRUCTIVE])
            ),
            models.CheckConstraint(name="plans_line_minutes", condition=Q(minutes=None) | Q(minutes__range=(5, 1440))),
            models.CheckConstraint(name="plans_line_position", condition=Q(position__range=(1, 60))),
        ]

    @property
    def what(self) -> str:
        """What is done, in the words of the catalogue or of the doctor."""
        named = self.entry or self.service
        return str(self.procedure) or (named.name if named else "")
