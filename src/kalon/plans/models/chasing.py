"""When a patient is reminded that a follow-up is overdue: data that the clinic sets."""

from django.db import models
from django.db.models import Q

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity


class ChaseStep(OrganizationRecord):
    """So many days after a follow-up was due, the patient is reminded for the first time, the second time, …"""

    number = models.PositiveSmallIntegerField()
    days = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "plans_chasestep"
        ordering = ["number"]
        constraints = [
            RowSecurity(name="plans_chasestep_rows", app="SELECT, INSERT, UPDATE, DELETE"),
            models.UniqueConstraint(fields=["organization", "number"], name="plans_chase_step_once"),
            models.CheckConstraint(name="plans_chase_step_number", condition=Q(number__range=(1, 5))),
            models.CheckConstraint(name="plans_chase_step_days", condition=Q(days__range=(1, 365))),
        ]
