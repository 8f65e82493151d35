"""The store as JSON, under /api/inventory."""

from kalon.inventory.api import keeping, labels, recalls, sessions, takes, units
from kalon.inventory.api.endpoints import router
from kalon.inventory.api.sessions import router as of_sessions

__all__ = ["keeping", "labels", "of_sessions", "recalls", "router", "sessions", "takes", "units"]
