"""Screens of the house that nobody is signed in on: the waiting room's, and the code at the door."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization


class Screen(OrganizationRecord):
    """A screen of a branch, opened by a link that can be ended; only a keyed hash of the link's word is kept."""

    class Kind(models.TextChoices):
        WAITING = "WAITING", "Waiting room"
        DOOR = "DOOR", "Code at the door"

    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=60, blank=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    opened_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+", editable=False)

    branch_id: UUID
    opened_by_id: UUID | None
    closed_by_id: UUID | None

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False) | Q(closed_by__isnull=True), name="scheduling_screen_closed_by"
            ),
            SameOrganization(name="scheduling_screen_same_branch", field="branch_id", to="people.Branch"),
            RowSecurity(name="scheduling_screen_rows"),
        ]

    def __str__(self) -> str:
        return self.name or self.get_kind_display()
