"""Who is called in from the waiting room, to where and when: a log, never changed."""

from uuid import UUID

from django.db import models

from kalon.kernel import clock
from kalon.kernel.live import Announces
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import append_only

TABLE = "scheduling_call"


class Call(PatientRecord):
    """A patient was asked to come in; calling again is another row."""

    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey("scheduling.Appointment", on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey("people.Room", on_delete=models.PROTECT, null=True, related_name="+")
    called_at = models.DateTimeField(default=clock.now, editable=False)
    called_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+", editable=False)

    branch_id: UUID
    appointment_id: UUID
    room_id: UUID | None

    class Meta:
        db_table = TABLE
        ordering = ["-called_at", "-id"]
        indexes = [models.Index(fields=["appointment", "-called_at"], name="scheduling_call_of_visit")]
        constraints = [
            *append_only(TABLE, name="scheduling_call_append_only"),
            Announces(name="scheduling_call_live", topic="visits", place="{row}.branch_id"),
            SameOrganization(
                name="scheduling_call_of_patient",
                field="appointment_id",
                to="scheduling.Appointment",
                through=("organization_id", "patient_id"),
            ),
            SameOrganization(name="scheduling_call_same_branch", field="branch_id", to="people.Branch"),
            SameOrganization(name="scheduling_call_same_room", field="room_id", to="people.Room"),
            RowSecurity(name="scheduling_call_rows", patient="patient_id", app="SELECT, INSERT"),
        ]

    def __str__(self) -> str:
        return f"call {self.called_at:%H:%M}"
