"""The portal's JSON: `/api/patient/…`, always about the patient who asks."""

from kalon.portal.api.own import router
from kalon.portal.api.photos import router as photos
from kalon.portal.api.results import router as results
from kalon.portal.api.summaries import router as summaries

__all__ = ["photos", "results", "router", "summaries"]
