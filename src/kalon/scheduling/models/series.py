"""Visits booked in one go: six sessions, two weeks apart."""

from django.db import models
from django.db.models import Q

from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization


class AppointmentSeries(PatientRecord):
    """Several visits of one patient that belong together; each of them is a visit of its own.

    `interval_days` is how far apart they were meant to be, `count` how many there were to be.
    """

    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    count = models.PositiveSmallIntegerField()
    interval_days = models.PositiveSmallIntegerField()
    created_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name_plural = "appointment series"
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "patient", "id"], name="scheduling_appointmentseries_of_patient"
            ),
            models.CheckConstraint(condition=Q(count__gte=2, count__lte=60), name="scheduling_appointmentseries_count"),
            models.CheckConstraint(
                condition=Q(interval_days__gte=1, interval_days__lte=366),
                name="scheduling_appointmentseries_interval",
            ),
            SameOrganization(
                name="scheduling_appointmentseries_same_patient", field="patient_id", to="patients.Patient"
            ),
            SameOrganization(name="scheduling_appointmentseries_same_branch", field="branch_id", to="people.Branch"),
            RowSecurity(
                name="scheduling_appointmentseries_rows", patient="patient_id", app="SELECT, INSERT", portal="SELECT"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} visits, {self.interval_days} days apart"
