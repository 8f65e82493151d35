"""The verbs of pricing: the only writers of what things cost and what is taken off."""

from kalon.pricing.actions.approvals import approve_discount, ask_approval, refuse_discount
from kalon.pricing.actions.discounts import (
    DiscountDetails,
    add_discount,
    add_group,
    add_member,
    end_discount,
    end_member,
    set_policy,
)
from kalon.pricing.actions.importing import CheckedLine, check_prices, import_prices
from kalon.pricing.actions.limits import set_limits
from kalon.pricing.actions.points import earn_points, expire_points, take_points_back
from kalon.pricing.actions.schedules import add_price, add_procedure_price, add_schedule, end_price, end_schedule
from kalon.pricing.actions.uses import give_back, use_discounts

__all__ = [
    "CheckedLine",
    "DiscountDetails",
    "add_discount",
    "add_group",
    "add_member",
    "add_price",
    "add_procedure_price",
    "add_schedule",
    "approve_discount",
    "ask_approval",
    "check_prices",
    "earn_points",
    "end_discount",
    "end_member",
    "end_price",
    "end_schedule",
    "expire_points",
    "give_back",
    "import_prices",
    "refuse_discount",
    "set_limits",
    "set_policy",
    "take_points_back",
    "use_discounts",
]
