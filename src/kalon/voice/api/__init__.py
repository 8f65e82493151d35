"""Hands-free documentation as JSON, under /api/voice-sessions."""

from kalon.voice.api.engines import router as of_engines
from kalon.voice.api.keeping import router as kept
from kalon.voice.api.recordings import router
from kalon.voice.api.sent import router as sent

__all__ = ["kept", "of_engines", "router", "sent"]
