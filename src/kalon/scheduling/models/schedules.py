"""When people work: the week that repeats, its breaks, and the times they are away."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

WORKS_ONCE = "scheduling_weeklyschedule_works_once"

# The seconds of the week the hours take on the clock. An end that does not come after the beginning is on the next
# day, and what begins on Sunday night goes on at the beginning of the week.
BEGINS = "(weekday * 86400 + EXTRACT(epoch FROM starts_at)::int)"
ENDS = "(weekday * 86400 + EXTRACT(epoch FROM ends_at)::int + CASE WHEN ends_at <= starts_at THEN 86400 ELSE 0 END)"
SECONDS_OF_WEEK = Func(
    F("weekday"),
    F("starts_at"),
    F("ends_at"),
    template=(
        f"(CASE WHEN {ENDS} > 604800 THEN int4multirange(int4range({BEGINS}, 604800), int4range(0, {ENDS} - 604800)) "
        f"ELSE int4multirange(int4range({BEGINS}, {ENDS})) END)"
    ),
)
# Which clock the hours are read on is the branch's business, whoever writes them.
ON_THE_CLOCK_OF_ITS_BRANCH = Trigger(
    name="scheduling_weeklyschedule_clock",
    events="BEFORE INSERT OR UPDATE",
    body="""
    NEW.timezone := (SELECT timezone FROM people_branch WHERE id = NEW.branch_id);
    RETURN NEW;""",
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

    They belong to the weekday they begin on; an end that does not come after the beginning is on the next day.
    `timezone` is the clock they are read on, written by the database. `slot_minutes` is the grid patients book
    on; `capacity` is how many may be booked into the same slot.
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
    timezone = models.CharField(max_length=60, editable=False, default="")
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
            ON_THE_CLOCK_OF_ITS_BRANCH,
            models.CheckConstraint(condition=~Q(starts_at=F("ends_at")), name="scheduling_weeklyschedule_hours"),
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
                # In one branch at a time, and under one grid. Branches on different clocks cannot be compared by
                # the week: the verb does it by the instants, and no visit is ever in two branches at once.
                name=WORKS_ONCE,
                expressions=[
                    ("staff", RangeOperators.EQUAL),
                    ("timezone", RangeOperators.EQUAL),
                    (SECONDS_OF_WEEK, RangeOperators.OVERLAPS),
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
            models.CheckConstraint(condition=~Q(starts_at=F("ends_at")), name="scheduling_schedulebreak_hours"),
            SameOrganization(
                name="scheduling_schedulebreak_same_schedule",
                field="schedule_id",
                to="scheduling.WeeklySchedule",
            ),
            RowSecurity(name="scheduling_schedulebreak_rows", app="SELECT, INSERT, UPDATE, DELETE", portal="SELECT"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M} to {self.ends_at:%H:%M}"


UPKEEP = ("MAINTENANCE", "CLEANING")
OF_THINGS = (*UPKEEP, "MEETING")
NOTHING_BUT_PEOPLE = Q(room=None, equipment=None)
BOTH_THINGS = Q(room__isnull=False, equipment__isnull=False)
SEEN_BY_PATIENTS = "id, organization_id, staff_id, room_id, equipment_id, branch_id, period, except_staff, is_active"


class TimeOff(OrganizationRecord):
    """A time in which nothing is booked: somebody's leave or meeting, a room's or device's upkeep, everybody's holiday.

    Without a person, a room or a device it holds for everyone but `except_staff`; without a `branch` it holds in every
    branch. `series` joins what repeats. It blocks new bookings; what becomes of those that stand inside it is
    decided when it is made.
    """

    class Kind(models.TextChoices):
        LEAVE = "LEAVE", "Leave"
        HOLIDAY = "HOLIDAY", "Holiday"
        MEETING = "MEETING", "Meeting"
        MAINTENANCE = "MAINTENANCE", "Maintenance"
        CLEANING = "CLEANING", "Deep cleaning"

    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    room = models.ForeignKey("people.Room", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    equipment = models.ForeignKey("people.Equipment", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.LEAVE)
    period = DateTimeRangeField()
    reason = models.CharField(max_length=200, blank=True)
    except_staff = ArrayField(models.UUIDField(), default=list, blank=True)
    series = models.UUIDField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    staff_id: UUID | None
    room_id: UUID | None
    equipment_id: UUID | None
    branch_id: UUID | None

    class Meta:
        ordering = ["period", "id"]
        indexes = [
            models.Index(fields=["organization", "staff"], name="scheduling_timeoff_of_staff"),
            models.Index(fields=["series"], condition=Q(series__isnull=False), name="scheduling_timeoff_of_series"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="scheduling_timeoff_in_organization"),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="scheduling_timeoff_takes_time",
            ),
            models.CheckConstraint(
                condition=NOTHING_BUT_PEOPLE | Q(staff=None, branch__isnull=False, kind__in=OF_THINGS) & ~BOTH_THINGS,
                name="scheduling_timeoff_of_a_thing",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=UPKEEP) | ~NOTHING_BUT_PEOPLE, name="scheduling_timeoff_upkeep_of_a_thing"
            ),
            models.CheckConstraint(
                condition=Q(except_staff__len=0) | Q(staff=None) & NOTHING_BUT_PEOPLE,
                name="scheduling_timeoff_exceptions_of_all",
            ),
            SameOrganization(name="scheduling_timeoff_same_staff", field="staff_id", to="people.Staff"),
            SameOrganization(name="scheduling_timeoff_same_room", field="room_id", to="people.Room"),
            SameOrganization(name="scheduling_timeoff_same_equipment", field="equipment_id", to="people.Equipment"),
            SameOrganization(name="scheduling_timeoff_same_branch", field="branch_id", to="people.Branch"),
            # Patients see that nobody is there, not why.
            RowSecurity(
                name="scheduling_timeoff_rows",
                portal=f"SELECT ({SEEN_BY_PATIENTS})",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.period.lower} to {self.period.upper}"

    @property
    def resource_id(self) -> UUID | None:
        """Who or what is away; None is everybody."""
        return self.staff_id or self.room_id or self.equipment_id
