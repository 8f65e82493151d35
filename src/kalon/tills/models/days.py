"""A branch's day that is closed: what came in by each tender, what was counted, and what is left open."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.tills.lifecycles import DAY_CLOSE, DayStatus
from kalon.tills.models import guards


class DayClose(OrganizationRecord, Staged):
    """The close of one day at one branch. No payment can be dated into the day until it is reopened.

    `received` and `paid_back` are sums by method, worked out by the database; `counted` is what the terminal, the
    bank and the drawers say; `unsettled` is what was still open, as counts.
    """

    status = models.CharField(max_length=8, choices=DayStatus, default=DayStatus.CLOSED, editable=False)
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    number = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    received = models.JSONField(default=dict, editable=False)
    paid_back = models.JSONField(default=dict, editable=False)
    counted = models.JSONField(default=dict)
    unsettled = models.JSONField(default=dict)
    note = models.CharField(max_length=500, blank=True)
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    closed_by_name = models.CharField(max_length=120)

    branch_id: UUID

    class Meta:
        ordering = ["-day", "-closed_at"]
        constraints = [
            *DAY_CLOSE.rules("tills_dayclose"),
            guards.day_derives(),
            models.UniqueConstraint(
                fields=["branch", "day"], condition=Q(status=DayStatus.CLOSED), name="tills_dayclose_once"
            ),
            models.UniqueConstraint(fields=["branch", "number"], name="tills_dayclose_number_once"),
            SameOrganization(name="tills_dayclose_same_branch", field="branch_id", to="people.Branch"),
            RowSecurity(name="tills_dayclose_rows"),
        ]

    def __str__(self) -> str:
        return f"Z{self.number:05d}"
