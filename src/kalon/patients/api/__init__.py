"""Patients as JSON: `router` for the clinic under /api/patients, `public` for visitors under /api/public/patients."""

from kalon.patients.api.clinic import router
from kalon.patients.api.visitors import public

__all__ = ["public", "router"]
