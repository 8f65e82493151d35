"""JSON of quotes: the quotes themselves, what is written from a plan, the clinic's policy, and bundles."""

from kalon.quotes.api.bundles import router as bundles
from kalon.quotes.api.routes import of_plans, router

__all__ = ["bundles", "of_plans", "router"]
