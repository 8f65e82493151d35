"""JSON of charts and of the log of device settings."""

from kalon.charts.api.endpoints import router

__all__ = ["router"]
