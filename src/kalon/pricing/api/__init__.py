"""JSON of prices."""

from kalon.pricing.api.endpoints import router

__all__ = ["router"]
