"""Arithmetic of prices: pure functions, exact to the paisa."""

from kalon.pricing.rules.discounts import Combining, Offer, discounted, free_of, plain
from kalon.pricing.rules.inclusive import before_tax, with_tax
from kalon.pricing.rules.steps import Priced, Step

__all__ = [
    "Combining",
    "Offer",
    "Priced",
    "Step",
    "before_tax",
    "discounted",
    "free_of",
    "plain",
    "with_tax",
]
