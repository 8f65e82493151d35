"""JSON of the catalogue."""

from kalon.catalog.api import procedures  # noqa: F401  # its paths stand on the same router
from kalon.catalog.api.endpoints import router

__all__ = ["router"]
