"""The verbs of pricing: the only writers of what things cost and what is taken off."""

from kalon.pricing.actions.schedules import add_price, add_schedule, end_price, end_schedule

__all__ = ["add_price", "add_schedule", "end_price", "end_schedule"]
