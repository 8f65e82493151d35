"""What a record still has going on here, so that it cannot be joined into another yet."""

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse

from kalon.consultations.lifecycles import SEALED
from kalon.consultations.models import Consultation
from kalon.kernel.actors import Actor
from kalon.patients.queries.joining import Obstacle


def going_on(patient_id: UUID, by: Actor) -> Iterable[Obstacle]:
    """Consultations that are not signed."""
    for row in Consultation.objects.filter(patient_id=patient_id).exclude(status__in=SEALED).order_by("id")[:5]:
        href = reverse("consultations:consultation", args=[row.pk])
        yield Obstacle("A consultation is not signed yet. The doctor closes it first.", href)
