"""What a consent to a plan covers, told line by line in front of the words that were written for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

HEADINGS = {"en": "What is agreed to", "hi": "किसके लिए सहमति है"}
# The sides in the languages that the texts of Kalon come in; elsewhere they are said in English.
SIDES = {
    "en": {"LEFT": "left", "RIGHT": "right", "BOTH": "both sides", "MIDLINE": "in the middle"},
    "hi": {"LEFT": "बाईं ओर", "RIGHT": "दाईं ओर", "BOTH": "दोनों ओर", "MIDLINE": "बीच में"},
}


@dataclass(frozen=True, slots=True)
class Covered:
    """One line of the plan: what is done, on which side, how, and how often."""

    what: str
    side: str
    technique: str = ""
    quantity: int = 1

    def told(self, language: str) -> str:
        """The line as the patient reads it: "Breast augmentation, both sides, submuscular, 2 times"."""
        side = SIDES.get(language, SIDES["en"]).get(self.side, "")
        often = f"× {self.quantity}" if self.quantity > 1 else ""
        return ", ".join(part for part in (_plain(self.what), side, _plain(self.technique), often) if part)

    def plain(self) -> dict[str, Any]:
        """The line as it is frozen."""
        return {"what": self.what, "side": self.side, "technique": self.technique, "quantity": self.quantity}


def covered_section(lines: Sequence[Covered], language: str) -> str:
    """The first section of the words of a consent to a plan."""
    heading = HEADINGS.get(language, HEADINGS["en"])
    return "\n".join([f"# {heading}", *(f"- {line.told(language)}" for line in lines)])


def _plain(words: str) -> str:
    """On one line: what a doctor wrote in a plan begins no section and adds nothing to be ticked."""
    return " ".join(words.split())
