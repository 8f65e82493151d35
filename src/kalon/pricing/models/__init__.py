"""Tables of prices: fee schedules, discounts, their uses and rules, approvals, points, what was shown."""

from kalon.pricing.models.approvals import DiscountApproval
from kalon.pricing.models.days import Days
from kalon.pricing.models.discounts import Discount, DiscountOffer, DiscountUse, GroupMember, PatientGroup, Tier
from kalon.pricing.models.limits import DiscountLimit
from kalon.pricing.models.points import PointsEntry
from kalon.pricing.models.policy import TIERS, PricingPolicy
from kalon.pricing.models.schedules import FeeItem, FeeSchedule
from kalon.pricing.models.shown import ShownPrice

__all__ = [
    "TIERS",
    "Days",
    "Discount",
    "DiscountApproval",
    "DiscountLimit",
    "DiscountOffer",
    "DiscountUse",
    "FeeItem",
    "FeeSchedule",
    "GroupMember",
    "PatientGroup",
    "PointsEntry",
    "PricingPolicy",
    "ShownPrice",
    "Tier",
]
