"""What a doctor prescribes often, to be put in with one key."""

from uuid import UUID

from django.db import models

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization


class Favourite(OrganizationRecord):
    """A line that a doctor keeps for themselves; nothing of a patient is in it."""

    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=120)
    line = models.JSONField()

    staff_id: UUID

    class Meta:
        ordering = ["label", "id"]
        constraints = [
            models.UniqueConstraint(fields=["staff", "label"], name="prescribing_favourite_once"),
            SameOrganization(name="prescribing_favourite_staff_here", field="staff_id", to="people.Staff"),
            RowSecurity(name="prescribing_favourite_rows", app="SELECT, INSERT, UPDATE, DELETE"),
        ]
