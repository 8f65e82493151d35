"""Leave that somebody asks for, until a manager has answered."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q

from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.scheduling.lifecycles import LEAVE, LeaveStatus

if TYPE_CHECKING:
    from kalon.scheduling.models.schedules import TimeOff

TABLE = "scheduling_leaverequest"


class LeaveRequest(OrganizationRecord, Staged):
    """A time in which a member of staff wishes to be away; once approved, `time_off` keeps it free.

    `words` is the wish as the person reads it ("Mon 4 to Fri 8 Jan"); `note` is for the manager's eyes.
    """

    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    period = DateTimeRangeField()
    words = models.CharField(max_length=120)
    note = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=10, choices=LeaveStatus.choices, default=LeaveStatus.REQUESTED)
    time_off: "models.OneToOneField[TimeOff | None, TimeOff | None]" = models.OneToOneField(
        "scheduling.TimeOff", on_delete=models.PROTECT, null=True, blank=True, related_name="leave_request"
    )
    decided_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    answer = models.CharField(max_length=300, blank=True)

    staff_id: UUID
    time_off_id: UUID | None

    class Meta:
        ordering = ["period", "id"]
        indexes = [models.Index(fields=["staff", "status"], name="scheduling_leave_of_staff")]
        constraints = [
            *LEAVE.rules(TABLE),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="scheduling_leaverequest_takes_time",
            ),
            models.CheckConstraint(
                condition=Q(time_off=None) | Q(status=LeaveStatus.APPROVED),
                name="scheduling_leaverequest_time_off_approved",
            ),
            models.CheckConstraint(
                condition=~Q(status=LeaveStatus.DECLINED) | ~Q(answer=""),
                name="scheduling_leaverequest_declined_with_answer",
            ),
            SameOrganization(name="scheduling_leaverequest_same_staff", field="staff_id", to="people.Staff"),
            SameOrganization(
                name="scheduling_leaverequest_same_time_off", field="time_off_id", to="scheduling.TimeOff"
            ),
            RowSecurity(name="scheduling_leaverequest_rows"),
        ]

    def __str__(self) -> str:
        return self.words
