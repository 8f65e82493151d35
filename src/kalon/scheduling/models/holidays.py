"""The days of the year that a branch keeps: which calendar it follows, and what it decided about each day."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization

if TYPE_CHECKING:
    from kalon.scheduling.models.schedules import TimeOff

ALL = "SELECT, INSERT, UPDATE, DELETE"
KNOWN_ONCE = "scheduling_holiday_known_once"


class HolidayCalendar(OrganizationRecord):
    """Which public holidays are proposed to a branch: those of a country, of a part of it, and of which sorts.

    `subdivision` is the code that the calendar gives a state or province, empty for the country as a whole.
    """

    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    country = models.CharField(max_length=2)
    subdivision = models.CharField(max_length=12, blank=True)
    categories = ArrayField(models.CharField(max_length=20), default=list)

    branch_id: UUID

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branch"], name="scheduling_holidaycalendar_one"),
            models.CheckConstraint(
                condition=Q(country__regex=r"^[A-Z]{2}$"), name="scheduling_holidaycalendar_country"
            ),
            SameOrganization(name="scheduling_holidaycalendar_same_branch", field="branch_id", to="people.Branch"),
            RowSecurity(name="scheduling_holidaycalendar_rows"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.subdivision}".strip()


class Holiday(OrganizationRecord):
    """A day that a branch may keep: proposed by its calendar or added by hand, and then decided.

    While the branch is closed for it, `time_off` is what keeps bookings away, with the exceptions it names.
    """

    class Decision(models.TextChoices):
        PROPOSED = "PROPOSED", "To decide"
        CLOSED = "CLOSED", "Closed"
        OPEN = "OPEN", "Open as usual"

    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    on_date = models.DateField()
    name = models.CharField(max_length=120)
    is_own = models.BooleanField(default=False)
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.PROPOSED)
    time_off: "models.OneToOneField[TimeOff | None, TimeOff | None]" = models.OneToOneField(
        "scheduling.TimeOff", on_delete=models.PROTECT, null=True, blank=True, related_name="holiday"
    )

    branch_id: UUID
    time_off_id: UUID | None

    class Meta:
        ordering = ["on_date", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["branch", "on_date", "name"], name=KNOWN_ONCE),
            models.CheckConstraint(condition=~Q(name=""), name="scheduling_holiday_named"),
            models.CheckConstraint(
                condition=Q(decision="CLOSED", time_off__isnull=False) | (~Q(decision="CLOSED") & Q(time_off=None)),
                name="scheduling_holiday_closed_by_time_off",
            ),
            SameOrganization(name="scheduling_holiday_same_branch", field="branch_id", to="people.Branch"),
            SameOrganization(name="scheduling_holiday_same_time_off", field="time_off_id", to="scheduling.TimeOff"),
            RowSecurity(name="scheduling_holiday_rows", app=ALL),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.on_date}"
