"""JSON of prices."""

from kalon.pricing.api import importing  # noqa: F401  # its paths stand on the same router
from kalon.pricing.api.endpoints import router

__all__ = ["router"]
