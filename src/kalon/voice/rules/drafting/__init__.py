"""A note is drafted from what was said: extractive, each line linked to its words and their second.

    drafted(lines, Vocabulary(medicines, allergens, conditions()))      # {"sections": {…}, "medicines": […], …}

REVIEW BEFORE CLINICAL USE: cues and conditions are our own short lists of English and romanised Hindi; what they miss
is missing from the draft, and nothing is ever added to what was said.
"""

from functools import cache
from pathlib import Path

from kalon.voice.rules.drafting.answers import Unreadable, named, read, schema
from kalon.voice.rules.drafting.checking import checked
from kalon.voice.rules.drafting.drafter import NOTHING, drafted
from kalon.voice.rules.drafting.names import Medicine, Vocabulary
from kalon.voice.rules.drafting.sections import SECTIONS

__all__ = [
    "NOTHING", "SECTIONS", "Medicine", "Unreadable", "Vocabulary", "checked", "conditions", "drafted", "named", "read",
    "schema",
]  # fmt: skip


@cache
def conditions() -> tuple[str, ...]:
    """The conditions that are recognised by name."""
    return tuple((Path(__file__).parent / "conditions.txt").read_text().split("\n")[:-1])
