"""Tables of prices: fee schedules, discounts and their uses, the rules of discounts, approvals, points."""

from kalon.pricing.models.approvals import DiscountApproval
from kalon.pricing.models.days import Days
from kalon.pricing.models.discounts import Discount, DiscountOffer, DiscountUse, GroupMember, PatientGroup, Tier
from kalon.pricing.models.points import PointsEntry
from kalon.pricing.models.policy import TIERS, PricingPolicy
from kalon.pricing.models.schedules import FeeItem, FeeSchedule

__all__ = [
    "TIERS",
    "Days",
    "Discount",
    "DiscountApproval",
    "DiscountOffer",
    "DiscountUse",
    "FeeItem",
    "FeeSchedule",
    "GroupMember",
    "PatientGroup",
    "PointsEntry",
    "PricingPolicy",
    "Tier",
]
