"""What a record still has going on here, so that it cannot be joined into another yet."""

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse

from kalon.kernel.actors import Actor
from kalon.patients.queries.joining import Obstacle
from kalon.scheduling.lifecycles import AHEAD, HERE, ON_LIST
from kalon.scheduling.models import Appointment, WaitingEntry


def going_on(patient_id: UUID, by: Actor) -> Iterable[Obstacle]:
    """Visits that are not over, and places on the waiting list."""
    visits = Appointment.objects.filter(patient_id=patient_id, status__in=(*AHEAD, *HERE)).order_by("starts_at")
    for visit in visits[:5]:
        href = reverse("scheduling:visit", args=[visit.pk])
        yield Obstacle(f"Visit {visit.number} is not over yet. Finish it, or cancel it and book it again.", href)
    if WaitingEntry.objects.filter(patient_id=patient_id, status__in=ON_LIST).exists():
        href = reverse("scheduling:waiting_list")
        yield Obstacle("They stand on the waiting list. Take them off, and put the other record on it.", href)
