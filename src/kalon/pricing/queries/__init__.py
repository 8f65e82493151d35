"""Reading prices."""

from kalon.pricing.queries.prices import price_of
from kalon.pricing.queries.schedules import item, items, price_in_force, schedule, schedules

__all__ = ["item", "items", "price_in_force", "price_of", "schedule", "schedules"]
