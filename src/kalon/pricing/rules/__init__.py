"""Arithmetic of prices: pure functions, exact to the paisa."""

from kalon.pricing.rules.inclusive import before_tax, with_tax
from kalon.pricing.rules.steps import Priced, Step

__all__ = ["Priced", "Step", "before_tax", "with_tax"]
