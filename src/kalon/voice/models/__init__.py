"""Tables of recorded consultations: the session, its sealed sound, what was recognised, and how long it is kept."""

from kalon.voice.models.outbound import Mapping, Outbound, OwnPattern
from kalon.voice.models.sessions import Chunk, Policy, VoiceSession
from kalon.voice.models.words import Span, Transcript

__all__ = ["Chunk", "Mapping", "Outbound", "OwnPattern", "Policy", "Span", "Transcript", "VoiceSession"]
