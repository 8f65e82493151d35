"""Pages of recorded consultations: the console, the recording to read and hear, what was sent, and the settings."""

from kalon.voice.pages.console import again, ask, begin, card, console
from kalon.voice.pages.drafts import drafts, waiting_for
from kalon.voice.pages.outside import ask_outside, outside
from kalon.voice.pages.recording import discard, end_hold, hold, recording, sound, tab
from kalon.voice.pages.sent import sent, sent_list
from kalon.voice.pages.settings import keeping, patterns, reword_pattern, switch_pattern, try_patterns
from kalon.voice.pages.usage import usage
from kalon.voice.pages.verifying import command, verify

__all__ = [
    "again",
    "ask",
    "ask_outside",
    "begin",
    "card",
    "command",
    "console",
    "discard",
    "drafts",
    "end_hold",
    "hold",
    "keeping",
    "outside",
    "patterns",
    "recording",
    "reword_pattern",
    "sent",
    "sent_list",
    "sound",
    "switch_pattern",
    "tab",
    "try_patterns",
    "usage",
    "verify",
    "waiting_for",
]
