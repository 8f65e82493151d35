"""When people work: the week that repeats, its breaks, and the times they are away."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

WORKS_ONCE = "scheduling_weeklyschedule_works_once"

MINUTES_OF_DAY = Func(
    F("starts_at"),
    F("ends_at"),
    template="int4range(EXTRACT(epoch FROM starts_at)::int, EXTRACT(epoch FROM ends_at)::int)",
)
VALID = Func(F("valid_from"), F("valid_to"), Value("[]"), function="daterange")


class Weekday(models.IntegerChoices):
    """Monday is 0, as in Python; the API speaks the documents' 0 = Sunday."""

    MONDAY = 0, "Monday"
    TUESDAY = 1, "Tuesday"
    WEDNESDAY = 2, "Wednesday"
    THURSDAY = 3, "Thursday"
    FRIDAY = 4, "Friday"
    SATURDAY = 5, "Saturday"
    SUNDAY = 6, "Sunday"


class WeeklySchedule(OrganizationRecord):
    """Hours a member of staff keeps at a branch on one day of every week; times are the branch's wall clock.

    `slot_minutes` is the grid patients book on; `capacity` is how many may be booked into the same slot.
    """

    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    starts_at = models.TimeField()
    ends_at = models.TimeField()
    slot_minutes = models.PositiveSmallIntegerField(default=30)
    capacity = models.PositiveSmallIntegerField(default=1)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    staff_id: UUID
    branch_id: UUID
    if TYPE_CHECKING:
        breaks: RelatedManager["ScheduleBreak"]

    class Meta:
        ordering = ["weekday", "starts_at", "id"]
        indexes = [models.Index(fields=["staff", "weekday"], name="scheduling_schedule_of_staff")]
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="scheduling_weeklyschedule_in_organization"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="scheduling_weeklyschedule_hours"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="scheduling_weeklyschedule_weekday"),
            models.CheckConstraint(
                condition=Q(slot_minutes__gte=5, slot_minutes__lte=240), name="scheduling_weeklyschedule_slot"
            ),
            models.CheckConstraint(
                condition=Q(capacity__gte=1, capacity__lte=20), name="scheduling_weeklyschedule_capacity"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="scheduling_weeklyschedule_valid",
            ),
            ExclusionConstraint(
                name=WORKS_ONCE,  # in one branch at a time, and under one grid
                expressions=[
                    ("staff", RangeOperators.EQUAL),
                    ("weekday", RangeOperators.EQUAL),
                    (MINUTES_OF_DAY, RangeOperators.OVERLAPS),
                    (VALID, RangeOperators.OVERLAPS),
                ],
                condition=Q(is_active=True),
            ),
            SameOrganization(name="scheduling_weeklyschedule_same_staff", field="staff_id", to="people.Staff"),
            SameOrganization(name="scheduling_weeklyschedule_same_branch", field="branch_id", to="people.Branch"),
            RowSecurity(name="scheduling_weeklyschedule_rows", portal="SELECT", reviewed="SELECT"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts_at:%H:%M} to {self.ends_at:%H:%M}"


class ScheduleBreak(OrganizationRecord):
    """A pause in the hours of a weekly schedule, in which nothing is booked."""

    schedule = models.ForeignKey(WeeklySchedule, on_delete=models.PROTECT, related_name="breaks")
    starts_at = models.TimeField()
    ends_at = models.TimeField()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="scheduling_schedulebreak_hours"),
            SameOrganization(
                name="scheduling_schedulebreak_same_schedule",
                field="schedule_id",
                to="scheduling.WeeklySchedule",
            ),
            RowSecurity(name="scheduling_schedulebreak_rows", app="SELECT, INSERT, UPDATE, DELETE", portal="SELECT"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M} to {self.ends_at:%H:%M}"


class TimeOff(OrganizationRecord):
    """A time in which nothing is booked: one person's leave or meeting, or everybody's holiday.

    Without a `staff` it holds for everyone; without a `branch` it holds in every branch. It blocks new
    bookings; those that stand inside it stay until somebody moves them.
    """

    class Kind(models.TextChoices):
        LEAVE = "LEAVE", "Leave"
        HOLIDAY = "HOLIDAY", "Holiday"
        MEETING = "MEETING", "Meeting"

    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.LEAVE)
    period = DateTimeRangeField()
    reason = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)

    staff_id: UUID | None
    branch_id: UUID | None

    class Meta:
        ordering = ["period", "id"]
        indexes = [models.Index(fields=["organization", "staff"], name="scheduling_timeoff_of_staff")]
        constraints = [
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="scheduling_timeoff_takes_time",
            ),
            SameOrganization(name="scheduling_timeoff_same_staff", field="staff_id", to="people.Staff"),
            SameOrganization(name="scheduling_timeoff_same_branch", field="branch_id", to="people.Branch"),
            # Patients see that nobody is there, not why.
            RowSecurity(
                name="scheduling_timeoff_rows",
                portal="SELECT (id, organization_id, staff_id, branch_id, period, is_active)",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.period.lower} to {self.period.upper}"
