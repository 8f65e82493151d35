"""Private calendars that a program of somebody's own fetches."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization


class CalendarFeed(OrganizationRecord):
    """The address of one person's visits as a calendar: a doctor's own, or a patient's. Whoever has it may read it.

    Only a hash of the address is kept. `detail` says how patients are called on a doctor's; a patient's names nobody.
    """

    class Detail(models.TextChoices):
        INITIALS = "INITIALS", "Initials"
        NAMES = "NAMES", "Full names"

    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+", editable=False)
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    detail = models.CharField(max_length=10, choices=Detail.choices, default=Detail.INITIALS)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    revoked_at = models.DateTimeField(null=True)

    user_id: UUID
    patient_id: UUID | None

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "patient"],
                condition=Q(revoked_at=None),
                nulls_distinct=False,
                name="scheduling_calendarfeed_one_each",
            ),
            SameOrganization(name="scheduling_calendarfeed_same_patient", field="patient_id", to="patients.Patient"),
            RowSecurity(name="scheduling_calendarfeed_rows", patient="patient_id", portal="SELECT, INSERT, UPDATE"),
        ]

    def __str__(self) -> str:
        return f"{self.get_detail_display()} since {self.created_at:%d.%m.%Y}"
