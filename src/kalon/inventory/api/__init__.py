"""The store as JSON, under /api/inventory."""

from kalon.inventory.api import recalls, units
from kalon.inventory.api.endpoints import router

__all__ = ["recalls", "router", "units"]
