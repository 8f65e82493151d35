"""JSON of consents (/api/consents), of their words (/api/consent-forms), and one's own (/api/patient/consents)."""

from kalon.consents.api.consents import mine, router
from kalon.consents.api.wording import forms

__all__ = ["forms", "mine", "router"]
