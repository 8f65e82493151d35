"""Reading loyalty points."""

from uuid import UUID

from django.db.models import QuerySet, Sum

from kalon.kernel.actors import Actor
from kalon.pricing.models import PointsEntry
from kalon.pricing.queries.schedules import mine


def points_of(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[PointsEntry]":
    """Every entry of a patient's points, the latest first."""
    return mine(PointsEntry, seen_by).filter(patient_id__person=patient_id)


def points_balance(patient_id: UUID, *, seen_by: Actor) -> int:
    """How many points a patient has."""
    return points_of(patient_id, seen_by=seen_by).aggregate(sum=Sum("points"))["sum"] or 0
