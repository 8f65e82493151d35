"""JSON of the catalogue."""

from kalon.catalog.api.endpoints import router

__all__ = ["router"]
