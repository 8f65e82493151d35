"""The store as JSON, under /api/inventory."""

from kalon.inventory.api import recalls, takes, units
from kalon.inventory.api.endpoints import router

__all__ = ["recalls", "router", "takes", "units"]
