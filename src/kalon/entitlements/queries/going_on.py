"""What a record still has going on here, so that it cannot be joined into another yet."""

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse

from kalon.entitlements.lifecycles import HoldingStatus
from kalon.entitlements.models import PackageHolding
from kalon.kernel.actors import Actor
from kalon.patients.queries.joining import Obstacle


def going_on(patient_id: UUID, by: Actor) -> Iterable[Obstacle]:
    """Packages that wait for their payment; those that are paid are used from the joined record on."""
    rows = PackageHolding.objects.filter(patient_id=patient_id, status=HoldingStatus.PENDING)
    for row in rows.order_by("id")[:5]:
        href = reverse("entitlements:holding", args=[row.pk])
        yield Obstacle("A package is not paid yet. Take the payment, or take the package back first.", href)
