"""Whether a patient may be operated on a date: the lines that ask, and the rows that answer them."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import OrganizationRecord, PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import append_only
from kalon.theatre.lifecycles import CLEARANCE, ClearanceStatus, Moment
from kalon.theatre.models import guards
from kalon.theatre.rules import preparing

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

TABLE = "theatre_clearance"
THROUGH_PATIENT = ("organization_id", "patient_id")
EVIDENCE = r"^[a-z_]+\.[a-z_]+$"
# Tests that are asked for where the clinic has not decided: few, because few change what is done. After NICE NG45,
# Routine preoperative tests for elective surgery (2016). Review before clinical use.
LAB_CODES = ["HB", "PLT", "PT", "CREA", "GLU"]
FOLLOW_UP_DAYS = [7, 30, 90]


def usual_tests() -> list[str]:
    return list(LAB_CODES)


def usual_follow_ups() -> list[int]:
    return list(FOLLOW_UP_DAYS)


class Policy(OrganizationRecord):
    """What a clinic asks before it operates: which tests, how old they may be, how long a clearance holds.

    `lab_codes` are the codes of `orders`; `lab_days` how old a sample may be on the day; `valid_days` for how long a
    clearance holds; `follow_up_days` when the patient is seen again after a completed case. The patient comes
    `arrive_minutes` before the operation, and eats and drinks nothing for `food_hours` and `water_hours` before it.
    """

    lab_codes: "ArrayField[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=12), default=usual_tests, blank=True, size=20
    )
    lab_days = models.PositiveSmallIntegerField(default=90)
    valid_days = models.PositiveSmallIntegerField(default=14)
    follow_up_days: "ArrayField[list[int], list[int]]" = ArrayField(
        models.PositiveSmallIntegerField(), default=usual_follow_ups, blank=True, size=8
    )
    arrive_minutes = models.PositiveSmallIntegerField(default=preparing.ARRIVE_MINUTES)
    food_hours = models.PositiveSmallIntegerField(default=preparing.FOOD_HOURS)
    water_hours = models.PositiveSmallIntegerField(default=preparing.WATER_HOURS)

    class Meta:
        db_table = "theatre_policy"
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="theatre_policy_one"),
            models.CheckConstraint(
                condition=Q(lab_days__range=(1, 365), valid_days__range=(1, 90)), name="theatre_policy_days"
            ),
            models.CheckConstraint(
                condition=Q(arrive_minutes__range=(0, 720), food_hours__range=(2, 24), water_hours__range=(1, 12))
                & Q(water_hours__lte=models.F("food_hours")),
                name="theatre_policy_fasting",
            ),
            RowSecurity(name="theatre_policy_rows"),
        ]


class Clearance(PatientRecord, Staged):
    """May this patient be operated for this plan on this date? Open until every line is answered by a row."""

    plan = models.ForeignKey("plans.ProcedurePlan", on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    surgery_date = models.DateField()
    status = models.CharField(max_length=12, choices=ClearanceStatus.choices, default=ClearanceStatus.OPEN)
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    valid_until = models.DateField(null=True)

    lines: "RelatedManager[Requirement]"
    plan_id: UUID
    branch_id: UUID
    cleared_by_id: UUID | None

    class Meta:
        db_table = TABLE
        ordering = ["surgery_date", "id"]
        indexes = [
            models.Index(fields=["organization", "surgery_date"], name="theatre_clearance_by_date"),
            models.Index(fields=["plan", "-id"], name="theatre_clearance_of_plan"),
            models.Index(fields=["patient"], name="theatre_clearance_of_patient"),
        ]
        constraints = [
            *CLEARANCE.rules(TABLE, patient="patient_id"),
            guards.of_a_surgery(),
            guards.cleared_by_evidence(),
            guards.booked_by_its_case(),
            models.UniqueConstraint(
                fields=["plan", "surgery_date"],
                condition=~Q(status=ClearanceStatus.EXPIRED),
                name="theatre_clearance_one_live",
            ),
            models.UniqueConstraint(fields=[*THROUGH_PATIENT, "id"], name="theatre_clearance_of_patient_once"),
            models.CheckConstraint(
                condition=Q(
                    status__in=[ClearanceStatus.CLEARED, ClearanceStatus.EXPIRED],
                    cleared_at__isnull=False,
                    cleared_by__isnull=False,
                    valid_until__isnull=False,
                )
                | Q(
                    status__in=[ClearanceStatus.OPEN, ClearanceStatus.NOT_CLEARED],
                    cleared_at=None,
                    cleared_by=None,
                    valid_until=None,
                ),
                name="theatre_clearance_cleared_by_somebody",
            ),
            SameOrganization(
                name="theatre_clearance_plan_of_patient",
                field="plan_id",
                to="plans.ProcedurePlan",
                through=THROUGH_PATIENT,
            ),
            SameOrganization(name="theatre_clearance_patient_here", field="patient_id", to="patients.Patient"),
            SameOrganization(name="theatre_clearance_branch_here", field="branch_id", to="people.Branch"),
            SameOrganization(name="theatre_clearance_by_staff_here", field="cleared_by_id", to="people.Staff"),
            RowSecurity(name=f"{TABLE}_rows", patient="patient_id"),
        ]

    def holds_on(self, day: date, today: date) -> bool:
        """Whether the patient is cleared for a day, seen from today."""
        held = self.status == ClearanceStatus.CLEARED and self.surgery_date == day
        return held and self.valid_until is not None and self.valid_until >= today


class Requirement(PatientRecord):
    """One line of a clearance and the row that answers it; empty evidence is what is missing.

    `kind` is one of the registered kinds (`theatre.queries.requirements`), `subject` what of it (codes of tests).
    `evidence_kind` names table and row ("orders.order"), which the database looks up before it takes it. A line that
    was met and is not any more says since when and why.
    """

    clearance = models.ForeignKey(Clearance, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=20)
    moment = models.CharField(max_length=6, choices=Moment.choices)
    position = models.PositiveSmallIntegerField()
    subject = models.CharField(max_length=300, blank=True)
    title = models.CharField(max_length=80)
    evidence_kind = models.CharField(max_length=60, blank=True)
    evidence_id = models.UUIDField(null=True)
    met_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True)
    met_by = models.CharField(max_length=200, blank=True)
    reopened_at = models.DateTimeField(null=True)
    reopened_because = models.CharField(max_length=200, blank=True)

    clearance_id: UUID

    class Meta:
        db_table = "theatre_requirement"
        ordering = ["clearance", "position"]
        constraints = [
            guards.answered_by_a_row(),
            models.UniqueConstraint(fields=["clearance", "kind"], name="theatre_requirement_once"),
            models.UniqueConstraint(fields=[*THROUGH_PATIENT, "id"], name="theatre_requirement_of_patient_once"),
            models.CheckConstraint(
                condition=Q(evidence_kind__regex=EVIDENCE, evidence_id__isnull=False, met_at__isnull=False)
                | Q(evidence_kind="", evidence_id=None, met_at=None, met_by=""),
                name="theatre_requirement_evidence_whole",
            ),
            models.CheckConstraint(condition=Q(moment__in=Moment.values), name="theatre_requirement_moment"),
            SameOrganization(
                name="theatre_requirement_of_clearance",
                field="clearance_id",
                to="theatre.Clearance",
                through=THROUGH_PATIENT,
            ),
            RowSecurity(name="theatre_requirement_rows", patient="patient_id"),
        ]

    @property
    def is_met(self) -> bool:
        return self.evidence_id is not None


class Statement(PatientRecord):
    """What somebody saw or decided, in their words, under their name: the evidence where there is no other row.

    Written once. It is withdrawn by a further one that names it (`withdraws`), and then answers nothing.
    """

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="statements")
    words = EncryptedText(key="patient.data_key")
    said_at = models.DateTimeField()
    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    withdraws = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="withdrawn_by")

    requirement_id: UUID
    staff_id: UUID
    withdraws_id: UUID | None

    class Meta:
        db_table = "theatre_statement"
        ordering = ["said_at", "id"]
        constraints = [
            *append_only("theatre_statement", name="theatre_statement_stays"),
            guards.said_by_who_acts("theatre_statement", "staff_id"),
            models.UniqueConstraint(
                fields=[*THROUGH_PATIENT, "requirement", "id"], name="theatre_statement_of_line_once"
            ),
            SameOrganization(
                name="theatre_statement_of_requirement",
                field="requirement_id",
                to="theatre.Requirement",
                through=THROUGH_PATIENT,
            ),
            SameOrganization(
                name="theatre_statement_withdraws_of_line",
                field="withdraws_id",
                to="theatre.Statement",
                through=(*THROUGH_PATIENT, "requirement_id"),
            ),
            SameOrganization(name="theatre_statement_staff_here", field="staff_id", to="people.Staff"),
            RowSecurity(name="theatre_statement_rows", patient="patient_id", app="SELECT, INSERT"),
        ]


class Waiver(PatientRecord):
    """A named clinician lets a line go, with a reason and their name signed under it. Written once."""

    requirement = models.OneToOneField(Requirement, on_delete=models.PROTECT, related_name="waiver")
    reason = EncryptedText(key="patient.data_key")
    signed_name = models.CharField(max_length=120)
    signed_at = models.DateTimeField()
    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")

    requirement_id: UUID
    staff_id: UUID

    class Meta:
        db_table = "theatre_waiver"
        constraints = [
            *append_only("theatre_waiver", name="theatre_waiver_stays"),
            guards.said_by_who_acts("theatre_waiver", "staff_id", clinician=True),
            models.CheckConstraint(condition=~Q(signed_name=""), name="theatre_waiver_signed"),
            SameOrganization(
                name="theatre_waiver_of_requirement",
                field="requirement_id",
                to="theatre.Requirement",
                through=THROUGH_PATIENT,
            ),
            SameOrganization(name="theatre_waiver_staff_here", field="staff_id", to="people.Staff"),
            RowSecurity(name="theatre_waiver_rows", patient="patient_id", app="SELECT, INSERT"),
        ]
