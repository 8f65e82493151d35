"""The store as JSON, under /api/inventory."""

from kalon.inventory.api import labels, recalls, takes, units
from kalon.inventory.api.endpoints import router

__all__ = ["labels", "recalls", "router", "takes", "units"]
