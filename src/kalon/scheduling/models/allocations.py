"""Who and what is taken, when: the one table in which two things cannot be at the same time."""

from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.scheduling.models.guards import HOLD, MY_HOLDS, RELEASE, TAKE

NO_OVERLAP = "scheduling_allocation_no_overlap"
ONE_BRANCH = "scheduling_allocation_one_branch"

# A patient may see that a time is taken, not by which visit or who holds it.
SEEN_BY_PATIENTS = (
    "id, organization_id, branch_id, staff_id, room_id, equipment_id, resource_id, place, period, starts_at, ends_at, "
    "expires_at, is_overbooked, is_live"
)


class Allocation(OrganizationRecord):
    """Somebody, a room or a device taken for a time: by an appointment, or held for minutes while someone books.

    Written by the database alone (`guards`). Capacity above one is that many places, each of them exclusive;
    a deliberate overbooking stands beside the places, and only in a person's column.
    """

    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    room = models.ForeignKey("people.Room", on_delete=models.PROTECT, null=True, related_name="+")
    equipment = models.ForeignKey("people.Equipment", on_delete=models.PROTECT, null=True, related_name="+")
    resource_id = models.GeneratedField(
        expression=Coalesce("staff", "room", "equipment"), output_field=models.UUIDField(), db_persist=True
    )
    place = models.PositiveSmallIntegerField(default=0)
    period = DateTimeRangeField()
    starts_at = models.GeneratedField(
        expression=Func(F("period"), function="lower"), output_field=models.DateTimeField(), db_persist=True
    )
    ends_at = models.GeneratedField(
        expression=Func(F("period"), function="upper"), output_field=models.DateTimeField(), db_persist=True
    )
    appointment = models.ForeignKey(
        "scheduling.Appointment", on_delete=models.PROTECT, null=True, related_name="allocations"
    )
    hold_id = models.UUIDField(null=True)  # what one person holds together, and lets go together
    held_by = models.UUIDField(null=True)
    expires_at = models.DateTimeField(null=True)
    is_overbooked = models.BooleanField(default=False)
    is_live = models.BooleanField(default=True)

    staff_id: UUID | None
    room_id: UUID | None
    equipment_id: UUID | None
    branch_id: UUID
    appointment_id: UUID | None

    class Meta:
        indexes = [
            # Range operators are not leakproof, so under row security only plain comparisons reach an index.
            models.Index(
                fields=["resource_id", "starts_at"],
                condition=Q(is_live=True),
                name="scheduling_allocation_when",
            ),
            models.Index(fields=["appointment"], name="scheduling_allocation_of"),
            models.Index(fields=["held_by"], condition=Q(is_live=True), name="scheduling_allocation_held"),
        ]
        constraints = [
            ExclusionConstraint(
                name=NO_OVERLAP,
                expressions=[
                    ("resource_id", RangeOperators.EQUAL),
                    ("place", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(is_live=True, is_overbooked=False),
            ),
            ExclusionConstraint(
                name=ONE_BRANCH,  # also when overbooked: nobody is in two branches at once
                expressions=[
                    ("resource_id", RangeOperators.EQUAL),
                    ("branch", RangeOperators.NOT_EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(is_live=True),
            ),
            models.CheckConstraint(
                condition=Q(staff__isnull=False, room=None, equipment=None)
                | Q(staff=None, room__isnull=False, equipment=None)
                | Q(staff=None, room=None, equipment__isnull=False),
                name="scheduling_allocation_one_resource",
            ),
            models.CheckConstraint(
                condition=Q(is_overbooked=False) | Q(staff__isnull=False),
                name="scheduling_allocation_only_people_overbooked",
            ),
            models.CheckConstraint(
                condition=Q(appointment__isnull=False, hold_id=None, held_by=None, expires_at=None)
                | Q(appointment=None, hold_id__isnull=False, held_by__isnull=False, expires_at__isnull=False),
                name="scheduling_allocation_visit_or_hold",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="scheduling_allocation_takes_time",
            ),
            SameOrganization(name="scheduling_allocation_same_branch", field="branch_id", to="people.Branch"),
            SameOrganization(name="scheduling_allocation_same_staff", field="staff_id", to="people.Staff"),
            SameOrganization(name="scheduling_allocation_same_room", field="room_id", to="people.Room"),
            SameOrganization(name="scheduling_allocation_same_equipment", field="equipment_id", to="people.Equipment"),
            SameOrganization(
                name="scheduling_allocation_same_appointment",
                field="appointment_id",
                to="scheduling.Appointment",
            ),
            RowSecurity(
                name="scheduling_allocation_rows",
                app="SELECT",
                portal=f"SELECT ({SEEN_BY_PATIENTS})",
                reviewed="SELECT, INSERT, UPDATE",
            ),
            TAKE,
            HOLD,
            MY_HOLDS,
            RELEASE,
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} from {self.period.lower} to {self.period.upper}"
