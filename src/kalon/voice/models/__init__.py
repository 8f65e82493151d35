"""Tables of recorded consultations: the session, its sealed sound, what was recognised, drafted and verified."""

from kalon.voice.models.drafts import Draft, Verified
from kalon.voice.models.outbound import Mapping, Outbound, OwnPattern
from kalon.voice.models.sessions import Chunk, Policy, VoiceSession
from kalon.voice.models.usage import OutsideEngine, Usage, UsageKind
from kalon.voice.models.words import Span, Transcript

__all__ = [
    "Chunk", "Draft", "Mapping", "Outbound", "OutsideEngine", "OwnPattern", "Policy", "Span", "Transcript", "Usage",
    "UsageKind", "Verified", "VoiceSession",
]  # fmt: skip
