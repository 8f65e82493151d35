"""JSON of the catalogue."""

from kalon.catalog.api import checklists, importing, procedures  # noqa: F401  # their paths stand on the same router
from kalon.catalog.api.endpoints import router

__all__ = ["router"]
