"""Reading prices, discounts, approvals and points."""

from kalon.pricing.queries.approvals import approval, approvals, last_approval, open_approval, waiting
from kalon.pricing.queries.discounts import (
    by_hand,
    current_groups,
    discount,
    discounts,
    group,
    groups,
    memberships,
    policy,
)
from kalon.pricing.queries.points import points_balance, points_of
from kalon.pricing.queries.prices import NOTHING, Asked, price_of, priced_by_hand, settled
from kalon.pricing.queries.schedules import item, items, price_in_force, schedule, schedules

__all__ = [
    "NOTHING",
    "Asked",
    "approval",
    "approvals",
    "by_hand",
    "current_groups",
    "discount",
    "discounts",
    "group",
    "groups",
    "item",
    "items",
    "last_approval",
    "memberships",
    "open_approval",
    "points_balance",
    "points_of",
    "policy",
    "price_in_force",
    "price_of",
    "priced_by_hand",
    "schedule",
    "schedules",
    "settled",
    "waiting",
]
