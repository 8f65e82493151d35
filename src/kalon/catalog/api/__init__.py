"""JSON of the catalogue."""

from kalon.catalog.api import (  # noqa: F401  # their paths stand on the same router
    checklists,
    importing,
    instructions,
    procedures,
)
from kalon.catalog.api.endpoints import router

__all__ = ["router"]
