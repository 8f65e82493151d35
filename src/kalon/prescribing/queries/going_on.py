"""What a record still has going on here, so that it cannot be joined into another yet."""

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse

from kalon.kernel.actors import Actor
from kalon.patients.queries.joining import Obstacle
from kalon.prescribing.lifecycles import Status
from kalon.prescribing.models import Prescription


def going_on(patient_id: UUID, by: Actor) -> Iterable[Obstacle]:
    """Prescriptions that are not finalised."""
    for row in Prescription.objects.filter(patient_id=patient_id, status=Status.DRAFT).order_by("id")[:5]:
        href = reverse("prescribing:prescription", args=[row.pk])
        yield Obstacle("A prescription is not finalised. The doctor finalises or cancels it first.", href)
