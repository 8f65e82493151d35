"""Reads of pairs: two photographs from one view, and how they lie over each other."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.photos.lifecycles import VIEW
from kalon.photos.models import Alignment, Pair
from kalon.photos.rules import Laid


def pairs(*, seen_by: Actor) -> "QuerySet[Pair]":
    """Every pair the actor may see: the organisation's for staff, for a patient those shared with them."""
    seen_by.must(VIEW, do="see photographs")
    rows = Pair.objects.filter(
        organization_id=seen_by.organization_id, earlier__deleted_at=None, later__deleted_at=None,
        earlier__corrected_at=None, later__corrected_at=None,
    )  # fmt: skip
    if seen_by.is_patient:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id, shared_at__isnull=False)
    return rows.select_related("patient", "earlier", "later", "earlier__patient", "later__patient")


def pairs_of(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[Pair]":
    """A patient's pairs by view, the latest comparison first."""
    rows = pairs(seen_by=seen_by).filter(patient_id__person=patient_id)
    return rows.order_by("later__view", "-later__taken_at", "-id")


def pair(pk: UUID, *, seen_by: Actor, locked: bool = False) -> Pair:
    """One pair, or a refusal that says nothing of whether it exists."""
    rows = pairs(seen_by=seen_by).filter(pk=pk)
    found = (rows.select_for_update(of=("self",)) if locked else rows).first()
    if found is None:
        raise NotFound("There is no such comparison. One of its photographs may have been removed or corrected.")
    return found


def shown_as(found: Pair) -> Laid:
    """How the later picture lies; until the two were lined up, at the height of the earlier."""
    return found.laid or Laid(found.earlier.height / found.later.height, 0, 0, 0, 0, 0)


def with_alignment(found: Sequence[Pair]) -> list[Pair]:
    """These pairs, each knowing how it lies (`laid`) and whether that was tried at all (`tried`), in one query."""
    latest: dict[UUID, Alignment] = {}
    for row in Alignment.objects.filter(pair__in=[one.pk for one in found]).order_by("created_at", "id"):
        latest[row.pair_id] = row
    for one in found:
        tried = latest.get(one.pk)
        one.tried, one.laid = tried is not None, tried.laid if tried else None
    return list(found)
