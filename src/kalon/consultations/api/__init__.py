"""The clinical encounter as JSON: `router` under /api/consultations, `note_templates` under /api/note-templates."""

from kalon.consultations.api.routes import note_templates, router

__all__ = ["note_templates", "router"]
