"""Reading who may give how much by hand."""

from decimal import Decimal
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotPermitted
from kalon.pricing.lifecycles import APPROVE
from kalon.pricing.models import DiscountLimit
from kalon.pricing.queries.discounts import policy
from kalon.pricing.queries.schedules import mine


def limits(*, seen_by: Actor) -> "QuerySet[DiscountLimit]":
    """The roles with a limit of their own, by name."""
    return mine(DiscountLimit, seen_by).select_related("role")


def limit_of(by: Actor, branch_id: UUID) -> Decimal:
    """Up to how many per cent this person may give by hand at a branch: the most that one of their roles may."""
    if by.user_id is not None:
        here = Q(role__assignments__branch=None) | Q(role__assignments__branch_id=branch_id)
        held = mine(DiscountLimit, by).filter(
            here, role__assignments__ended_at=None, role__assignments__staff__user_id=by.user_id
        )
        own: Decimal | None = held.order_by().aggregate(most=Max("percent"))["most"]
        if own is not None:
            return own
    return policy(seen_by=by).free_percent


def beyond(percent: Decimal, branch_id: UUID, by: Actor) -> NotPermitted:
    """What somebody is told who gives more by hand than they may, and nobody approved it."""
    return NotPermitted(
        f"You may give up to {limit_of(by, branch_id).normalize():f}% by hand, and this is {percent.normalize():f}%. "
        "Give less, or ask for approval.",
        permission=APPROVE,
        percent=str(percent),
    )
