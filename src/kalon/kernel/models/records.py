"""What every row has: an id that sorts by birth, whose it is, and when it was written."""

from uuid import UUID

from django.db import models

from kalon.kernel import clock
from kalon.kernel.ids import uuid7


class Record(models.Model):
    """A row with an identifier made in the application and the instant it was first written."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True


class OrganizationRecord(Record):
    """A row that belongs to one organisation and is seen inside it only."""

    organization = models.ForeignKey("people.Organization", on_delete=models.PROTECT, related_name="+", editable=False)
    organization_id: UUID

    class Meta:
        abstract = True


class PatientRecord(OrganizationRecord):
    """A row about one patient: its organisation's staff and that patient may reach it, nobody else."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+", editable=False)
    patient_id: UUID

    class Meta:
        abstract = True
