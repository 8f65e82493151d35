"""What a record still has going on here, so that it cannot be joined into another yet."""

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse

from kalon.kernel.actors import Actor
from kalon.patients.queries.joining import Obstacle
from kalon.plans.lifecycles import UNFINISHED, FollowUpStatus
from kalon.plans.models import FollowUpPlan, ProcedurePlan

OPEN = (FollowUpStatus.PENDING, FollowUpStatus.SCHEDULED)


def going_on(patient_id: UUID, by: Actor) -> Iterable[Obstacle]:
    """Plans that are not finished, and follow-ups that wait for their visit."""
    for plan in ProcedurePlan.objects.filter(patient_id=patient_id, status__in=UNFINISHED).order_by("id")[:5]:
        href = reverse("plans:plan", args=[plan.pk])
        yield Obstacle(f"Plan {plan.number} is not finished. Keep this record instead, or end the plan.", href)
    if FollowUpPlan.objects.filter(patient_id=patient_id, plan=None, status__in=OPEN).exists():
        yield Obstacle("A follow-up is still to come. Keep this record instead, or withdraw it.", reverse("plans:due"))
