"""Tables of prices: fee schedules."""

from kalon.pricing.models.days import Days
from kalon.pricing.models.schedules import FeeItem, FeeSchedule

__all__ = ["Days", "FeeItem", "FeeSchedule"]
