"""How satisfied a patient was once aftercare ended: one row per plan, said by the patient, sealed as it is sent."""

from datetime import datetime
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger

TABLE = "plans_satisfaction"
THROUGH_PATIENT = ("organization_id", "patient_id")
SETTLING = ("settled_at", "settled_by_id", "settled_note")
LOW = 2  # so satisfied or less, somebody calls


class Score(models.IntegerChoices):
    """How satisfied, with a word each."""

    POOR = 1, "Poor"
    NOT_GREAT = 2, "Not great"
    FINE = 3, "Fine"
    GOOD = 4, "Good"
    LOVELY = 5, "Lovely"


class Praise(models.TextChoices):
    """What went well."""

    RESULT = "RESULT", "The result"
    LISTENED = "LISTENED", "Listened"
    ADVICE = "ADVICE", "Clear advice"
    GENTLE = "GENTLE", "Gentle"
    ON_TIME = "ON_TIME", "On time"
    CLEAN = "CLEAN", "Clean rooms"


def _said_after_care() -> Trigger:
    """Said by who is signed in, of a completed plan whose aftercare was seen; nothing is settled as it is said."""
    body = f"""
    IF NOT EXISTS (SELECT FROM plans_procedureplan AS plan JOIN plans_followupplan AS seen ON seen.plan_id = plan.id
        WHERE plan.id = NEW.plan_id AND plan.status = 'COMPLETED'
            AND seen.kind IN ('REVIEW', 'POST_OP') AND seen.status = 'COMPLETED') THEN
        RAISE EXCEPTION 'This plan or its aftercare is not completed yet.'
            USING ERRCODE = 'check_violation', CONSTRAINT = '{TABLE}_after_care';
    END IF;
    IF NEW.settled_at IS NULL AND (current_user <> 'kalon_portal'
        OR NEW.said_by_id::text = (SELECT kalon_user())::text) THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'who is signed in says it, in their own name'
        USING ERRCODE = 'check_violation', CONSTRAINT = '{TABLE}_own_name';"""
    return Trigger(name=f"{TABLE}_after_care", events="BEFORE INSERT", body=body)


def _sealed() -> Trigger:
    """What was said stays as it was sent; that the clinic called is noted once."""
    free = ", ".join(f"'{column}'" for column in SETTLING)
    body = f"""
    IF OLD.settled_at IS NULL AND to_jsonb(NEW) - ARRAY[{free}] = to_jsonb(OLD) - ARRAY[{free}] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what a patient said stays as it was sent'
        USING ERRCODE = 'check_violation', CONSTRAINT = '{TABLE}_sealed';"""
    return Trigger(name=f"{TABLE}_sealed", events="BEFORE UPDATE", body=body)


class Satisfaction(PatientRecord):
    """What a patient said of a plan after its aftercare: 1 to 5, what went well, what could be better.

    `said_by` is the account that sent it, a guardian's where one acts. `settled_*`: a low score was answered, by whom
    and how; that stays among the staff.
    """

    plan = models.ForeignKey("plans.ProcedurePlan", on_delete=models.PROTECT, related_name="satisfactions")
    said_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField(choices=Score.choices)
    praise = ArrayField(models.CharField(max_length=12, choices=Praise.choices), default=list, blank=True)
    good = EncryptedText(key="patient.data_key", blank=True, default="")
    better = EncryptedText(key="patient.data_key", blank=True, default="")
    would_return = models.BooleanField()
    may_call = models.BooleanField(default=False)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    settled_note = EncryptedText(key="patient.data_key", blank=True, default="")

    plan_id: UUID
    said_by_id: UUID
    settled_by_id: UUID | None

    class Meta:
        db_table = TABLE
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["organization", "-id"],
                condition=Q(score__lte=LOW, settled_at=None),
                name="plans_satisfaction_unsettled",
            ),
            models.Index(fields=["patient"], name="plans_satisfaction_of_patient"),
        ]
        constraints = [
            RowSecurity(name=f"{TABLE}_rows", patient="patient_id", app="SELECT, UPDATE", portal="SELECT, INSERT"),
            _said_after_care(),
            _sealed(),
            SameOrganization(name=f"{TABLE}_patient_here", field="patient_id", to="patients.Patient"),
            SameOrganization(
                name=f"{TABLE}_of_plan", field="plan_id", to="plans.ProcedurePlan", through=THROUGH_PATIENT
            ),
            SameOrganization(name=f"{TABLE}_settled_by_here", field="settled_by_id", to="people.Staff"),
            models.UniqueConstraint(fields=["plan"], name=f"{TABLE}_once"),
            models.CheckConstraint(name=f"{TABLE}_score", condition=Q(score__range=(1, 5))),
            models.CheckConstraint(name=f"{TABLE}_praise", condition=Q(praise__contained_by=Praise.values)),
            models.CheckConstraint(
                name=f"{TABLE}_settled_together",
                condition=Q(settled_at=None, settled_by=None)
                | Q(settled_at__isnull=False, settled_by__isnull=False, score__lte=LOW),
            ),
        ]

    @property
    def is_low(self) -> bool:
        return self.score <= LOW

    @property
    def is_open(self) -> bool:
        """Somebody is still to call or answer."""
        return self.is_low and self.settled_at is None

    @property
    def said_at(self) -> datetime:
        return self.created_at

    @property
    def went_well(self) -> list[str]:
        return [Praise(one).label for one in self.praise]
