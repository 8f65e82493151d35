"""Which codes were used to arrive: each once for a visit, so that a copied picture of a code is worth nothing."""

from uuid import UUID

from django.db import models

from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import append_only

TABLE = "scheduling_arrival"


class Arrival(PatientRecord):
    """A visit was checked in by a code: the one at the door, or the one on the patient's phone."""

    class Way(models.TextChoices):
        DOOR = "DOOR", "by QR at the door"
        PHONE = "PHONE", "by QR from the patient's phone"

    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey("scheduling.Appointment", on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=8, choices=Way.choices)
    code_hash = models.CharField(max_length=64, editable=False)

    branch_id: UUID
    appointment_id: UUID

    class Meta:
        db_table = TABLE
        constraints = [
            *append_only(TABLE, name="scheduling_arrival_append_only"),
            models.UniqueConstraint(fields=["appointment", "code_hash"], name="scheduling_arrival_once"),
            SameOrganization(
                name="scheduling_arrival_of_patient",
                field="appointment_id",
                to="scheduling.Appointment",
                through=("organization_id", "patient_id"),
            ),
            SameOrganization(name="scheduling_arrival_same_branch", field="branch_id", to="people.Branch"),
            RowSecurity(name="scheduling_arrival_rows", patient="patient_id", app="SELECT, INSERT"),
        ]

    def __str__(self) -> str:
        return self.get_way_display()
