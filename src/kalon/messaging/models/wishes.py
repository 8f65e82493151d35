"""What each patient wishes to hear, how and when; and when a branch keeps quiet."""

from datetime import time
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kalon.kernel import clock
from kalon.kernel.models.records import OrganizationRecord, PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.messaging.models.channels import Channel


class Preference(PatientRecord):
    """How one patient wishes to be reached.

    `channels` in the order in which they are tried. `declined` are the purposes they do not want to hear of.
    `stopped` are channels on which they wrote STOP: nothing but one-time codes and legal notices goes there.
    """

    channels: "ArrayField[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=10, choices=Channel.choices), default=list, blank=True
    )
    language = models.CharField(max_length=8, blank=True)
    declined: "ArrayField[list[str], list[str]]" = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    stopped: "ArrayField[list[str], list[str]]" = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    changed_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[models.Manager["Preference"]]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient"], name="messaging_preference_of_patient"),
            models.CheckConstraint(
                condition=Q(declined__contained_by=["REMINDER", "MARKETING"]), name="messaging_preference_declinable"
            ),
            SameOrganization(name="messaging_preference_same_patient", field="patient_id", to="patients.Patient"),
            RowSecurity(name="messaging_preference_rows", patient="patient_id", portal="SELECT, INSERT, UPDATE"),
        ]

    def __str__(self) -> str:
        return ", ".join(self.channels)


class QuietHours(OrganizationRecord):
    """When a branch writes to nobody, on its own clock; it may run over midnight. From equal to until: never quiet."""

    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    starts_at = models.TimeField(default=time(21))
    ends_at = models.TimeField(default=time(8))

    branch_id: UUID

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branch"], name="messaging_quiethours_of_branch"),
            SameOrganization(name="messaging_quiethours_same_branch", field="branch_id", to="people.Branch"),
            RowSecurity(name="messaging_quiethours_rows", portal="SELECT"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M} – {self.ends_at:%H:%M}"
