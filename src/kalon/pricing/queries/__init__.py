"""Reading prices, discounts, approvals and points."""

from kalon.pricing.queries.approvals import approval, approvals, last_approval, open_approval, waiting
from kalon.pricing.queries.discounts import (
    by_hand,
    current_groups,
    discount,
    discounts,
    group,
    groups,
    is_counted,
    memberships,
    policy,
)
from kalon.pricing.queries.limits import beyond, limit_of, limits
from kalon.pricing.queries.points import points_balance, points_of
from kalon.pricing.queries.prices import NOTHING, Asked, price_of, priced_by_hand, settled
from kalon.pricing.queries.schedules import item, items, items_of_procedure, price_in_force, schedule, schedules
from kalon.pricing.queries.shown import covered_visits, listed_prices, price_of_visit, shown_price

__all__ = [
    "NOTHING",
    "Asked",
    "approval",
    "approvals",
    "beyond",
    "by_hand",
    "covered_visits",
    "current_groups",
    "discount",
    "discounts",
    "group",
    "groups",
    "is_counted",
    "item",
    "items",
    "items_of_procedure",
    "last_approval",
    "limit_of",
    "limits",
    "listed_prices",
    "memberships",
    "open_approval",
    "points_balance",
    "points_of",
    "policy",
    "price_in_force",
    "price_of",
    "price_of_visit",
    "priced_by_hand",
    "schedule",
    "schedules",
    "settled",
    "shown_price",
    "waiting",
]
