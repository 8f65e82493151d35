"""The surgical safety checklist of a case: its stages, what each asks, who signed, and what was counted."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.lifecycle import Staged, seal_children
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import append_only
from kalon.theatre.lifecycles import STAGE, CaseStatus, StageKind, StageStatus, TeamRole
from kalon.theatre.models import case_guards as guards
from kalon.theatre.models.cases import Case

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

ANSWERED = "UPDATE (answer, note, answered_by, answered_at)"  # what is written of a question once it is asked
THROUGH_PATIENT = ("organization_id", "patient_id")


class Answer(models.TextChoices):
    YES = "YES", "Yes"
    NO = "NO", "No"
    NOT_APPLICABLE = "NA", "Does not apply"


class What(models.TextChoices):
    SWABS = "SWABS", "Swabs"
    NEEDLES = "NEEDLES", "Needles"
    INSTRUMENTS = "INSTRUMENTS", "Instruments"


class Stage(PatientRecord, Staged):
    """One stage of the checklist of one case; sealed with its items and signatures once it is complete."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="stages")
    kind = models.CharField(max_length=8, choices=StageKind.choices)
    status = models.CharField(max_length=8, choices=StageStatus.choices, default=StageStatus.OPEN)
    roles: "ArrayField[list[str], list[str]]" = ArrayField(models.CharField(max_length=12))
    completed_at = models.DateTimeField(null=True)

    items: "RelatedManager[CheckItem]"
    signatures: "RelatedManager[StageSignature]"
    case_id: UUID

    class Meta:
        db_table = "theatre_stage"
        ordering = ["case", "id"]
        constraints = [
            *STAGE.rules("theatre_stage", patient="patient_id"),
            guards.stage_in_turn(),
            models.UniqueConstraint(fields=["case", "kind"], name="theatre_stage_once"),
            models.UniqueConstraint(fields=[*THROUGH_PATIENT, "id"], name="theatre_stage_of_patient_once"),
            models.CheckConstraint(condition=Q(kind__in=StageKind.values), name="theatre_stage_kind"),
            models.CheckConstraint(
                condition=Q(status=StageStatus.COMPLETE, completed_at__isnull=False)
                | Q(status=StageStatus.OPEN, completed_at=None),
                name="theatre_stage_completed_at",
            ),
            SameOrganization(name="theatre_stage_of_case", field="case_id", to="theatre.Case", through=THROUGH_PATIENT),
            RowSecurity(name="theatre_stage_rows", patient="patient_id"),
        ]

    @property
    def is_complete(self) -> bool:
        return self.status == StageStatus.COMPLETE


class CheckItem(PatientRecord):
    """One question of a stage and its answer; a no is explained."""

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="items")
    code = models.CharField(max_length=24)
    position = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=200)
    answer = models.CharField(max_length=3, choices=Answer.choices, blank=True, default="")
    note = EncryptedText(key="patient.data_key", blank=True, default="")
    answered_by = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True)

    stage_id: UUID

    class Meta:
        db_table = "theatre_checkitem"
        ordering = ["stage", "position"]
        constraints = [
            seal_children("theatre_checkitem", parent="theatre_stage", key="stage_id", states=[StageStatus.COMPLETE]),
            guards.said_in_turn(
                "theatre_checkitem",
                "BEFORE INSERT OR UPDATE",
                besides="IF NEW.answer = '' OR TG_OP = 'UPDATE' AND NEW.answer = OLD.answer THEN RETURN NEW; END IF;",
            ),
            models.UniqueConstraint(fields=["stage", "code"], name="theatre_checkitem_once"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by="", answered_at=None)
                | Q(answer__in=Answer.values, answered_at__isnull=False) & ~Q(answered_by=""),
                name="theatre_checkitem_answered_by_somebody",
            ),
            SameOrganization(
                name="theatre_checkitem_of_stage", field="stage_id", to="theatre.Stage", through=THROUGH_PATIENT
            ),
            RowSecurity(name="theatre_checkitem_rows", patient="patient_id", app=f"SELECT, INSERT, {ANSWERED}"),
        ]


class StageSignature(PatientRecord):
    """Somebody's word that their part of a stage was done: named, in a role, taken by whoever held the tablet."""

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="signatures")
    role = models.CharField(max_length=12, choices=TeamRole.choices)
    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    taken_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")

    stage_id: UUID
    staff_id: UUID

    class Meta:
        db_table = "theatre_stagesignature"
        ordering = ["stage", "signed_at"]
        constraints = [
            *append_only("theatre_stagesignature", name="theatre_stagesignature_stays"),
            seal_children(
                "theatre_stagesignature", parent="theatre_stage", key="stage_id", states=[StageStatus.COMPLETE]
            ),
            guards.signed_in_ones_role(),
            guards.said_in_turn("theatre_stagesignature", "BEFORE INSERT"),
            models.UniqueConstraint(fields=["stage", "role"], name="theatre_stagesignature_once"),
            models.UniqueConstraint(fields=["stage", "staff"], name="theatre_stagesignature_one_person"),
            SameOrganization(
                name="theatre_stagesignature_of_stage", field="stage_id", to="theatre.Stage", through=THROUGH_PATIENT
            ),
            SameOrganization(name="theatre_stagesignature_staff_here", field="staff_id", to="people.Staff"),
            RowSecurity(name="theatre_stagesignature_rows", patient="patient_id", app="SELECT, INSERT"),
        ]


class Count(PatientRecord):
    """How many of one thing were counted before and after; where they differ, it is said what became of them."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="counts")
    what = models.CharField(max_length=12, choices=What.choices)
    before = models.PositiveSmallIntegerField()
    after = models.PositiveSmallIntegerField(null=True)
    explanation = EncryptedText(key="patient.data_key", blank=True, null=True)

    case_id: UUID

    class Meta:
        db_table = "theatre_count"
        ordering = ["case", "what"]
        constraints = [
            seal_children(
                "theatre_count",
                parent="theatre_case",
                key="case_id",
                states=[state for state in CaseStatus.values if state != CaseStatus.IN_PROGRESS],
            ),
            models.UniqueConstraint(fields=["case", "what"], name="theatre_count_once"),
            models.CheckConstraint(condition=Q(what__in=What.values), name="theatre_count_what"),
            SameOrganization(name="theatre_count_of_case", field="case_id", to="theatre.Case", through=THROUGH_PATIENT),
            RowSecurity(name="theatre_count_rows", patient="patient_id"),
        ]

    @property
    def is_settled(self) -> bool:
        """Counted again, and the same, or explained."""
        return self.after is not None and (self.after == self.before or self.explanation is not None)


__all__ = ["Answer", "CheckItem", "Count", "Stage", "StageSignature", "What"]
