"""The store as JSON, under /api/inventory."""

from kalon.inventory.api import units
from kalon.inventory.api.endpoints import router

__all__ = ["router", "units"]
