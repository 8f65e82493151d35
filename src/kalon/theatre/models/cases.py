"""The theatre that is kept for a plan, and the operation itself."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, models
from django.db.models import F, Q

from kalon.kernel.encrypted import EncryptedJSON, EncryptedText
from kalon.kernel.lifecycle import Staged, seal_children
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.plans.lifecycles import Side
from kalon.theatre.lifecycles import CASE, RESERVATION, Anaesthesia, CaseStatus, ReservationStatus, StageKind, Urgency
from kalon.theatre.models import agreement, blocks
from kalon.theatre.models import case_guards as guards

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from kalon.theatre.models.checklists import Count, Stage

THROUGH_PATIENT = ("organization_id", "patient_id")
OVER = (CaseStatus.COMPLETED, CaseStatus.CANCELLED, CaseStatus.ABORTED)


class Reservation(PatientRecord, Staged):
    """A theatre with its team and devices kept for a plan: the time itself is an appointment of scheduling's.

    The appointment takes room, people and devices, so that nothing overlaps; this row says for which plan, and
    whether it waits for consent and clearance (TENTATIVE) or stands with its case (FIRM).
    `override_reason`: why it stands in another surgeon's hours, by whose word.
    """

    plan = models.ForeignKey("plans.ProcedurePlan", on_delete=models.PROTECT, related_name="+")
    appointment = models.OneToOneField("scheduling.Appointment", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=ReservationStatus.choices, default=ReservationStatus.TENTATIVE)
    override_reason = models.CharField(max_length=300, blank=True, default="")
    override_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")

    plan_id: UUID
    appointment_id: UUID

    class Meta:
        db_table = "theatre_reservation"
        ordering = ["-id"]
        constraints = [
            *RESERVATION.rules("theatre_reservation", patient="patient_id"),
            guards.keeps_a_theatre(),
            blocks.not_in_hours_of_another(),
            blocks.not_moved_into_hours_of_another(),
            models.CheckConstraint(
                condition=Q(override_reason="", override_by=None)
                | (~Q(override_reason="") & Q(override_by__isnull=False)),
                name="theatre_reservation_overridden",
            ),
            SameOrganization(name="theatre_reservation_override_here", field="override_by_id", to="people.Staff"),
            models.UniqueConstraint(
                fields=["plan"], condition=~Q(status=ReservationStatus.RELEASED), name="theatre_reservation_one_live"
            ),
            models.UniqueConstraint(fields=[*THROUGH_PATIENT, "id"], name="theatre_reservation_of_patient_once"),
            SameOrganization(
                name="theatre_reservation_plan_of_patient",
                field="plan_id",
                to="plans.ProcedurePlan",
                through=THROUGH_PATIENT,
            ),
            SameOrganization(
                name="theatre_reservation_visit_of_patient",
                field="appointment_id",
                to="scheduling.Appointment",
                through=THROUGH_PATIENT,
            ),
            RowSecurity(name="theatre_reservation_rows", patient="patient_id"),
        ]


class Case(PatientRecord, Staged):
    """One operation: who, where, on which day, when what happened, and what was used.

    `clearance` and `reservation` carry a planned case; a return to theatre (`urgency` EMERGENCY) names the case it
    returns from, two clinicians and a reason instead, and is flagged until `arrears_at`. The five times are written in
    theatre, in their order. `complications` is empty until somebody says "none" or what they were.
    """

    number = models.CharField(max_length=24, editable=False)
    plan = models.ForeignKey("plans.ProcedurePlan", on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey("people.Room", on_delete=models.PROTECT, related_name="+")
    surgeon = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    clearance = models.ForeignKey("theatre.Clearance", on_delete=models.PROTECT, null=True, related_name="cases")
    reservation = models.ForeignKey(Reservation, on_delete=models.PROTECT, null=True, related_name="cases")
    status = models.CharField(max_length=12, choices=CaseStatus.choices, default=CaseStatus.SCHEDULED)
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.ELECTIVE)
    anaesthesia = models.CharField(max_length=10, choices=Anaesthesia.choices, default=Anaesthesia.GENERAL)
    surgery_date = models.DateField()
    in_at = models.DateTimeField(null=True)
    anaesthesia_at = models.DateTimeField(null=True)
    incision_at = models.DateTimeField(null=True)
    closure_at = models.DateTimeField(null=True)
    out_at = models.DateTimeField(null=True)
    complications = EncryptedText(key="patient.data_key", blank=True, default="")
    nothing_used_at = models.DateTimeField(null=True)
    nothing_used_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    returns_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="returns")
    first_clinician = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    second_clinician = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    emergency_reason = EncryptedText(key="patient.data_key", null=True)  # of a return to theatre alone
    arrears_at = models.DateTimeField(null=True)
    arrears_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")

    lines: "RelatedManager[CaseLine]"
    stages: "RelatedManager[Stage]"
    counts: "RelatedManager[Count]"
    notes: "RelatedManager[OperationNote]"
    plan_id: UUID
    branch_id: UUID
    room_id: UUID
    surgeon_id: UUID
    clearance_id: UUID | None
    reservation_id: UUID | None
    returns_from_id: UUID | None

    class Meta:
        db_table = "theatre_case"
        ordering = ["surgery_date", "id"]
        indexes = [
            models.Index(fields=["organization", "surgery_date"], name="theatre_case_by_date"),
            models.Index(fields=["plan"], name="theatre_case_of_plan"),
            models.Index(fields=["patient", "-surgery_date"], name="theatre_case_of_patient"),
        ]
        constraints = [
            *CASE.rules("theatre_case", patient="patient_id"),
            guards.born_of_a_cleared_plan(),
            guards.starts_as_planned(),
            guards.times_in_turn(),
            guards.completed_whole(),
            guards.takes_stock(),
            guards.implants_in_theatre(),
            guards.settled_in_arrears(),
            agreement.case_stands_with_its_plan(),
            agreement.plan_stands_with_its_case(),
            agreement.started_in_vain(),
            models.UniqueConstraint(fields=["organization", "number"], name="theatre_case_number_once"),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(status__in=[CaseStatus.SCHEDULED, CaseStatus.IN_PROGRESS, CaseStatus.POSTPONED]),
                name="theatre_case_one_live",
            ),
            models.UniqueConstraint(fields=[*THROUGH_PATIENT, "id"], name="theatre_case_of_patient_once"),
            models.CheckConstraint(
                name="theatre_case_by_urgency",
                condition=Q(
                    urgency=Urgency.ELECTIVE,
                    returns_from=None,
                    first_clinician=None,
                    second_clinician=None,
                    arrears_at=None,
                    clearance__isnull=False,
                )
                | Q(
                    urgency=Urgency.EMERGENCY,
                    returns_from__isnull=False,
                    first_clinician__isnull=False,
                    second_clinician__isnull=False,
                )
                & ~Q(first_clinician=F("second_clinician")),
            ),
            models.CheckConstraint(
                name="theatre_case_times_in_order",
                condition=(Q(anaesthesia_at=None) | Q(in_at__isnull=False, anaesthesia_at__gte=F("in_at")))
                & (Q(incision_at=None) | Q(in_at__isnull=False, incision_at__gte=F("in_at")))
                & (Q(incision_at=None) | Q(anaesthesia_at=None) | Q(incision_at__gte=F("anaesthesia_at")))
                & (Q(closure_at=None) | Q(incision_at__isnull=False, closure_at__gte=F("incision_at")))
                & (Q(out_at=None) | Q(closure_at__isnull=False, out_at__gte=F("closure_at"))),
            ),
            models.CheckConstraint(
                name="theatre_case_nothing_used_by_somebody",
                condition=Q(nothing_used_at=None, nothing_used_by=None)
                | Q(nothing_used_at__isnull=False, nothing_used_by__isnull=False),
            ),
            models.CheckConstraint(
                name="theatre_case_arrears_by_somebody",
                condition=Q(arrears_at=None, arrears_by=None) | Q(arrears_at__isnull=False, arrears_by__isnull=False),
            ),
            SameOrganization(
                name="theatre_case_plan_of_patient", field="plan_id", to="plans.ProcedurePlan", through=THROUGH_PATIENT
            ),
            SameOrganization(
                name="theatre_case_clearance_of_patient",
                field="clearance_id",
                to="theatre.Clearance",
                through=THROUGH_PATIENT,
            ),
            SameOrganization(
                name="theatre_case_reservation_of_patient",
                field="reservation_id",
                to="theatre.Reservation",
                through=THROUGH_PATIENT,
            ),
            SameOrganization(
                name="theatre_case_returns_of_patient",
                field="returns_from_id",
                to="theatre.Case",
                through=THROUGH_PATIENT,
            ),
            SameOrganization(name="theatre_case_branch_here", field="branch_id", to="people.Branch"),
            SameOrganization(name="theatre_case_room_here", field="room_id", to="people.Room"),
            SameOrganization(name="theatre_case_surgeon_here", field="surgeon_id", to="people.Staff"),
            SameOrganization(name="theatre_case_first_here", field="first_clinician_id", to="people.Staff"),
            SameOrganization(name="theatre_case_second_here", field="second_clinician_id", to="people.Staff"),
            SameOrganization(name="theatre_case_nothing_here", field="nothing_used_by_id", to="people.Staff"),
            SameOrganization(name="theatre_case_arrears_here", field="arrears_by_id", to="people.Staff"),
            RowSecurity(name="theatre_case_rows", patient="patient_id"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def times(self) -> list[tuple[str, datetime | None]]:
        """What happened when, in the order of an operation."""
        return [
            ("Patient in", self.in_at), ("Anaesthesia", self.anaesthesia_at), ("Incision", self.incision_at),
            ("Closure", self.closure_at), ("Patient out", self.out_at),
        ]  # fmt: skip

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    @property
    def is_flagged(self) -> bool:
        """A return to theatre whose consent and clearance are not completed in arrears yet."""
        return self.urgency == Urgency.EMERGENCY and self.arrears_at is None

    def stage_complete(self, kind: StageKind) -> bool:
        return self.stages.filter(kind=kind, status="COMPLETE").exists()

    def lines_agree(self) -> bool:
        """Whether side and procedure are, line by line, those of the plan."""
        return self._asked("SELECT theatre_lines_agree(%s)")

    def nothing_done(self) -> bool:
        """Whether nothing was answered, signed, counted, noted or used since it started."""
        return self._asked("SELECT theatre_nothing_done(%s)")

    def has_consumption(self) -> bool:
        """Whether stock was used for it and not all of it given back."""
        return self._asked("SELECT theatre_has_consumption(%s)")

    def implants_open(self) -> list[str]:
        """The sides on which an implant belongs, and neither is in the registry nor was signed away."""
        return list(self._told("SELECT theatre_implants_open(%s)"))

    def _asked(self, question: str) -> bool:
        return bool(self._told(question))

    def _told(self, question: str) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(question, [self.pk])
            return cursor.fetchone()[0]


class CaseLine(PatientRecord):
    """One thing that is done in a case: the line of the plan, with its side and procedure, equal to the plan's."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey("plans.PlanLine", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    entry = models.ForeignKey("catalog.Procedure", on_delete=models.PROTECT, null=True, related_name="+")
    service = models.ForeignKey("catalog.Service", on_delete=models.PROTECT, null=True, related_name="+")
    side = models.CharField(max_length=8, choices=Side.choices, blank=True, default="")

    case_id: UUID
    line_id: UUID

    class Meta:
        db_table = "theatre_caseline"
        ordering = ["case", "position"]
        constraints = [
            guards.line_of_the_plan(),
            seal_children(
                "theatre_caseline",
                parent="theatre_case",
                key="case_id",
                states=[state for state in CaseStatus.values if state != CaseStatus.SCHEDULED],
            ),
            models.UniqueConstraint(fields=["case", "line"], name="theatre_caseline_once"),
            SameOrganization(
                name="theatre_caseline_of_case", field="case_id", to="theatre.Case", through=THROUGH_PATIENT
            ),
            SameOrganization(name="theatre_caseline_entry_here", field="entry_id", to="catalog.Procedure"),
            SameOrganization(name="theatre_caseline_service_here", field="service_id", to="catalog.Service"),
            RowSecurity(name="theatre_caseline_rows", patient="patient_id", app="SELECT, INSERT"),
        ]


class OperationNote(PatientRecord):
    """What was found and done, written by whoever operated; sealed when signed, corrected by a further note.

    `content` holds the parts of the template (`rules.notes`) by name.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    content: Any = EncryptedJSON(key="patient.data_key")
    written_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="corrected_by")

    case_id: UUID
    written_by_id: UUID

    class Meta:
        db_table = "theatre_operationnote"
        ordering = ["id"]
        constraints = [
            guards.note_sealed_when_signed(),
            models.UniqueConstraint(
                fields=["case"], condition=Q(signed_at=None), name="theatre_operationnote_one_draft"
            ),
            models.UniqueConstraint(fields=[*THROUGH_PATIENT, "case", "id"], name="theatre_operationnote_of_case_once"),
            SameOrganization(
                name="theatre_operationnote_of_case", field="case_id", to="theatre.Case", through=THROUGH_PATIENT
            ),
            SameOrganization(
                name="theatre_operationnote_corrects_of_case",
                field="corrects_id",
                to="theatre.OperationNote",
                through=(*THROUGH_PATIENT, "case_id"),
            ),
            SameOrganization(name="theatre_operationnote_by_here", field="written_by_id", to="people.Staff"),
            RowSecurity(name="theatre_operationnote_rows", patient="patient_id"),
        ]
