"""Stock takes: what is to be counted, and, once it was counted, what differs from the books."""

from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet

from kalon.inventory.lifecycles import HERE, MANAGE, TakeStatus
from kalon.inventory.models import SerialUnit, StockTake, StockTakeLine, StockTakePiece
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one

DO = "count stock"


def takes(*, seen_by: Actor) -> "QuerySet[Any]":
    """Every stock take, the latest first; with how many lines it has and how many of them are counted."""
    seen_by.must(MANAGE, do=DO)
    found = StockTake.objects.filter(organization_id=seen_by.organization_id).select_related("location__branch")
    rows: QuerySet[Any] = found.annotate(
        all_lines=Count("lines"), counted_lines=Count("lines", filter=Q(lines__counted__isnull=False))
    ).order_by("-created_at", "-pk")
    return rows


def take(pk: UUID, *, seen_by: Actor, lock: bool = False) -> StockTake:
    """One stock take."""
    seen_by.must(MANAGE, do=DO)
    rows = StockTake.objects.filter(organization_id=seen_by.organization_id, pk=pk).select_related("location__branch")
    found = one(rows.select_for_update(of=("self",)) if lock else rows)
    if found is None:
        raise NotFound("There is no such stock take. It may be another clinic's.")
    return found


def take_lines(pk: UUID, *, seen_by: Actor) -> "QuerySet[StockTakeLine]":
    """The lines of a stock take, by item and expiry."""
    seen_by.must(MANAGE, do=DO)
    found = StockTakeLine.objects.filter(organization_id=seen_by.organization_id, take_id=pk)
    return found.select_related("item", "batch").order_by("item__name", "batch__expires_on", "pk")


def take_differences(pk: UUID, *, seen_by: Actor) -> "QuerySet[StockTakeLine]":
    """The lines whose count is not what the books had at that moment."""
    return take_lines(pk, seen_by=seen_by).exclude(counted=F("book"))


def take_pieces(pk: UUID, *, seen_by: Actor) -> "QuerySet[StockTakePiece]":
    """The pieces of a stock take: not found, not expected, found."""
    seen_by.must(MANAGE, do=DO)
    found = StockTakePiece.objects.filter(organization_id=seen_by.organization_id, take_id=pk)
    return found.select_related("unit__item", "unit__batch", "unit__location").order_by("-found", "created_at", "pk")


def not_scanned(found: StockTake) -> "QuerySet[SerialUnit]":
    """The pieces that stood at the place since before the count began, and were not scanned."""
    here = SerialUnit.objects.filter(location_id=found.location_id, status__in=HERE)
    scanned = StockTakePiece.objects.filter(take=found, unit__isnull=False).values("unit_id")
    since = here.annotate(came_at=Max("movements__created_at", filter=Q(movements__to_location_id=found.location_id)))
    return since.filter(came_at__lte=found.created_at).exclude(pk__in=scanned).order_by("pk")


def is_blind(found: StockTake) -> bool:
    """Whether the books are kept from sight: while it is being counted."""
    return found.status == TakeStatus.COUNTING
