"""Prescriptions as JSON, under /api/prescriptions."""

from kalon.prescribing.api.endpoints import router

__all__ = ["router"]
