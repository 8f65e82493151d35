"""Loyalty points: a journal that only grows, whose sum is never below zero."""

from django.db import models
from django.db.models import Q

from kalon.kernel.models.records import PatientRecord
from kalon.kernel.money import AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger, append_only

# The lock is one for all records of a person, so two desks that spend the same points take turns.
NEVER_BELOW = """
    theirs := kalon_records_of(NEW.patient_id);
    PERFORM pg_advisory_xact_lock(hashtextextended('points ' || theirs[1]::text, 0));
    IF (SELECT sum(points) FROM pricing_pointsentry WHERE patient_id = ANY (theirs)) < 0 THEN
        RAISE EXCEPTION 'there are not so many points'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pricing_pointsentry_below_zero';
    END IF;
    RETURN NULL;"""


class PointsEntry(PatientRecord):
    """Points earned, spent, expired or given back; `once` names what for ("bill:…", "line:…"), so it counts once.

    `per`: the amount that one point was given for, as the clinic had it then; what goes back is counted by it.
    """

    class Kind(models.TextChoices):
        EARNED = "EARNED", "Earned"
        SPENT = "SPENT", "Spent"
        GIVEN_BACK = "GIVEN_BACK", "Given back"
        TAKEN_BACK = "TAKEN_BACK", "Taken back"
        EXPIRED = "EXPIRED", "Expired"

    kind = models.CharField(max_length=10, choices=Kind)
    points = models.IntegerField()
    once = models.CharField(max_length=120)
    words = models.CharField(max_length=200)
    per = AmountField(null=True)
    expires_on = models.DateField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            *append_only("pricing_pointsentry", name="pricing_pointsentry_kept"),
            Trigger(
                name="pricing_pointsentry_below_zero", events="AFTER INSERT", body=NEVER_BELOW,
                declare="theirs uuid[];",
            ),
            models.UniqueConstraint(fields=["organization", "once"], name="pricing_pointsentry_once"),
            models.CheckConstraint(
                condition=Q(kind__in=("EARNED", "GIVEN_BACK"), points__gt=0, expires_on__isnull=False)
                | Q(kind__in=("SPENT", "TAKEN_BACK", "EXPIRED"), points__lt=0, expires_on__isnull=True),
                name="pricing_pointsentry_signed",
            ),
            SameOrganization(name="pricing_pointsentry_same_patient", field="patient_id", to="patients.Patient"),
            RowSecurity(name="pricing_pointsentry_rows", patient="patient_id", app="SELECT, INSERT", portal="SELECT"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["patient", "-created_at"], name="pricing_pointsentry_of_patient")]

    def __str__(self) -> str:
        return f"{self.points:+d}: {self.words}"
