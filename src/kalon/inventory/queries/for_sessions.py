"""What was used in the sessions of a plan."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import DecimalField, F, QuerySet, Sum
from django.db.models.functions import Coalesce

from kalon.inventory.events import Source
from kalon.inventory.models import Item, Movement
from kalon.inventory.queries.items import items, today_at, with_stock
from kalon.inventory.queries.ledger import movements_of
from kalon.kernel.actors import Actor

NONE = Decimal(0)
KIND = "session"


@dataclass(frozen=True, slots=True)
class Used:
    """A quantity of one batch that left for a session, without what came back."""

    movement: Movement
    quantity: Decimal


def taken_for(session_id: UUID, *, seen_by: Actor) -> "QuerySet[Any]":
    """What left for a session and is not back whole, the earliest first, each with how much is `left` of it."""
    back = Coalesce(Sum("came_back__quantity"), NONE, output_field=DecimalField())
    rows = movements_of(Source(KIND, session_id), seen_by=seen_by).filter(kind=Movement.Kind.ISSUED)
    return rows.annotate(left=F("quantity") - back).filter(left__gt=0).select_related("item", "batch", "from_location")


def used_in_session(session_id: UUID, *, seen_by: Actor) -> list[Used]:
    """What a session used, the earliest first; what was put back whole is left out."""
    return [Used(row, row.left) for row in taken_for(session_id, seen_by=seen_by)]


def used_last_time(session: Any, *, seen_by: Actor) -> dict[UUID, Decimal]:
    """How much of each item the last session of the same plan that was done used; pieces with a serial left out."""
    earlier = session.plan.sessions.filter(number__lt=session.number, status="COMPLETED").order_by("-number").first()
    if earlier is None:
        return {}
    found: dict[UUID, Decimal] = defaultdict(Decimal)
    for one in used_in_session(earlier.pk, seen_by=seen_by):
        if not one.movement.item.needs_serial:
            found[one.movement.item_id] += one.quantity
    return dict(found)


def to_use_at(branch_id: UUID, *, seen_by: Actor) -> "QuerySet[Item]":
    """What a branch has for patients now, by name; what has a serial is scanned."""
    rows = items(seen_by=seen_by).filter(needs_serial=False).order_by("name", "pk")
    found: QuerySet[Any] = with_stock(rows, branch_id=branch_id, today=today_at(branch_id, seen_by=seen_by))
    return found.filter(available__gt=NONE)
