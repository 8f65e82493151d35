"""Calendars outside the clinic that a person's visits are copied to, one way."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization

LINKED_ONCE = "scheduling_outsidecalendar_once"


class OutsideCalendar(OrganizationRecord):
    """The calendar of a member of staff to which their visits are copied, without a patient's name.

    `trouble` is the provider's last refusal in words, empty while all is well.
    """

    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    trouble = models.CharField(max_length=200, blank=True)

    staff_id: UUID

    class Meta:
        ordering = ["staff__name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["staff"], condition=Q(is_active=True), name=LINKED_ONCE),
            models.UniqueConstraint(fields=["organization", "id"], name="scheduling_outsidecalendar_in_organization"),
            models.CheckConstraint(condition=~Q(address=""), name="scheduling_outsidecalendar_address"),
            SameOrganization(name="scheduling_outsidecalendar_same_staff", field="staff_id", to="people.Staff"),
            RowSecurity(name="scheduling_outsidecalendar_rows"),
        ]

    def __str__(self) -> str:
        return self.address


class OutsideCopy(OrganizationRecord):
    """In which outside calendar a visit stands, so that it is taken out again where it no longer belongs."""

    appointment = models.OneToOneField("scheduling.Appointment", on_delete=models.PROTECT, related_name="+")
    calendar = models.ForeignKey(OutsideCalendar, on_delete=models.PROTECT, related_name="+")

    appointment_id: UUID
    calendar_id: UUID

    class Meta:
        constraints = [
            SameOrganization(
                name="scheduling_outsidecopy_same_appointment", field="appointment_id", to="scheduling.Appointment"
            ),
            SameOrganization(
                name="scheduling_outsidecopy_same_calendar", field="calendar_id", to="scheduling.OutsideCalendar"
            ),
            RowSecurity(name="scheduling_outsidecopy_rows", app="SELECT, INSERT, UPDATE, DELETE"),
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id} in {self.calendar_id}"
