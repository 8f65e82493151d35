"""What was measured in triage, and who has seen what was abnormal."""

from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from kalon.consultations.lifecycles import SEALED
from kalon.consultations.models.names import in_own_name
from kalon.consultations.rules import Alert, alert_of
from kalon.kernel import clock
from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.lifecycle import seal_children
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger, append_only


class Vitals(PatientRecord):
    """One set of measurements taken in triage; corrected by taking another.

    Units: blood pressure mmHg, pulse and respiration per minute, temperature degrees Celsius, oxygen
    saturation per cent, blood glucose mg/dL, weight kilograms, height centimetres, pain 0 to 10. `abnormal` holds
    which of them lay outside the limits of the patient's age when they were taken, and which limit that was.
    """

    consultation = models.ForeignKey("consultations.Consultation", on_delete=models.PROTECT, related_name="vitals")
    systolic = models.PositiveSmallIntegerField(null=True, validators=[MinValueValidator(40), MaxValueValidator(300)])
    diastolic = models.PositiveSmallIntegerField(null=True, validators=[MinValueValidator(20), MaxValueValidator(200)])
    pulse = models.PositiveSmallIntegerField(null=True, validators=[MinValueValidator(20), MaxValueValidator(300)])
    respiration = models.PositiveSmallIntegerField(null=True, validators=[MinValueValidator(4), MaxValueValidator(80)])
    temperature = models.DecimalField(
        max_digits=3, decimal_places=1, null=True, validators=[MinValueValidator(30), MaxValueValidator(45)]
    )
    oxygen = models.PositiveSmallIntegerField(null=True, validators=[MinValueValidator(40), MaxValueValidator(100)])
    glucose = models.DecimalField(
        max_digits=5, decimal_places=1, null=True, validators=[MinValueValidator(10), MaxValueValidator(1000)]
    )
    weight = models.DecimalField(
        max_digits=5, decimal_places=1, null=True, validators=[MinValueValidator(1), MaxValueValidator(400)]
    )
    height = models.DecimalField(
        max_digits=4, decimal_places=1, null=True, validators=[MinValueValidator(30), MaxValueValidator(260)]
    )
    pain = models.PositiveSmallIntegerField(null=True, validators=[MaxValueValidator(10)])
    abnormal = models.JSONField(default=list, editable=False)
    note = EncryptedText(key="patient.data_key", blank=True, default="")
    taken_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(default=clock.now)

    consultation_id: UUID

    class Meta:
        db_table = "consultations_vitals"
        ordering = ["-taken_at"]
        indexes = [models.Index(fields=["patient", "-id"], name="vitals_of_patient")]
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
            models.UniqueConstraint(fields=["organization", "patient", "id"], name="vitals_of_patient_once"),
            models.CheckConstraint(
                name="vitals_pressure_pair",
                condition=Q(systolic__isnull=True, diastolic__isnull=True) | Q(systolic__gt=models.F("diastolic")),
            ),
        ]

    @property
    def pressure(self) -> str:
        """Upper and lower blood pressure as they are said, empty when it was not taken."""
        return f"{self.systolic}/{self.diastolic}" if self.systolic else ""

    @property
    def outside(self) -> dict[str, str]:
        """Which measures lay outside their limits, and whether they were high or low."""
        return {alert.field: alert.direction for alert in self.alerts}

    @property
    def alerts(self) -> list[Alert]:
        """What lay outside its limits when it was measured."""
        return [alert_of(kept) for kept in self.abnormal]


class AlertSeen(PatientRecord):
    """A member of staff said of one set of measurements: I have seen what is abnormal in it. Never taken back."""

    vitals = models.OneToOneField(Vitals, on_delete=models.PROTECT, related_name="seen")
    consultation = models.ForeignKey("consultations.Consultation", on_delete=models.PROTECT, related_name="+")
    shown = EncryptedText(key="patient.data_key")  # the sentences as they stood on the screen
    seen_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "consultations_alertseen"
        constraints = [
            RowSecurity(name="consultations_alertseen_rows", app="SELECT, INSERT"),
            SameOrganization(name="alertseen_patient_here", field="patient_id", to="patients.Patient"),
            SameOrganization(
                name="alertseen_vitals_of_patient",
                field="vitals_id",
                to="consultations.Vitals",
                through=("organization_id", "patient_id"),
            ),
            SameOrganization(
                name="alertseen_consultation_of_patient",
                field="consultation_id",
                to="consultations.Consultation",
                through=("organization_id", "patient_id"),
            ),
            seal_children(
                "consultations_alertseen", parent="consultations_consultation", key="consultation_id", states=SEALED
            ),
            Trigger(
                name="consultations_alert_in_own_name",
                events="BEFORE INSERT",
                body=in_own_name("seen_by_id", rule="consultations_alert_in_own_name"),
            ),
            *append_only("consultations_alertseen", name="consultations_alertseen_stays"),
        ]
