"""The till as JSON: checkouts, drawers, closed days, and treatments on the day they are decided."""

from kalon.tills.api.desk import checkouts, drawers, till_days
from kalon.tills.api.same_day import same_days

__all__ = ["checkouts", "drawers", "same_days", "till_days"]
