"""What a doctor decides of a draft: each section accepted, edited or rejected, each item taken or left."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from django.db.models import TextChoices

SECTIONS = ("subjective", "objective", "assessment", "plan")
ITEMS = ("diagnoses", "medicines", "allergies")
LONGEST = 20_000
SHORTEST_REASON, LONGEST_REASON = 4, 300
DOSE = re.compile(r"^(\d+(?:\.\d+)?) (.+)$")


class Decision(TextChoices):
    ACCEPTED = "ACCEPTED", "Accepted"
    EDITED = "EDITED", "Edited"
    REJECTED = "REJECTED", "Rejected"


@dataclass(frozen=True, slots=True)
class Part:
    """What was decided of one section, and the words it says then."""

    decision: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An item that the doctor takes: its number in the draft, why although it is flagged, what was changed."""

    number: int
    reason: str = ""
    strength: str = ""
    dose: Decimal | None = None
    dose_unit: str = ""
    frequency: str = ""
    every_hours: int | None = None
    most_a_day: int | None = None
    days: int | None = None
    route: str = ""
    instructions: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """All that a doctor decided of one draft; what is not named among the items is left."""

    draft_number: int
    sections: Mapping[str, Part]
    diagnoses: Sequence[Taken] = ()
    medicines: Sequence[Taken] = ()
    allergies: Sequence[Taken] = ()
    follow_up: Taken | None = None


def text_of(body: Mapping[str, Any], section: str) -> str:
    """What a draft says in one section, a line for each."""
    return "\n".join(str(line["text"]) for line in body["sections"].get(section, []) if not line["flags"])


def flagged_of(body: Mapping[str, Any]) -> list[tuple[str, int]]:
    """What of a draft was not said, or not so: each by its section or kind, and its number there."""
    rows = {**body["sections"], **{kind: body[kind] for kind in ITEMS}}
    rows["follow_up"] = [body["follow_up"]] if body["follow_up"] else []
    return [(name, at) for name, held in rows.items() for at, one in enumerate(held) if one["flags"]]


def is_prescribable(medicine: Mapping[str, Any]) -> bool:
    """Something to be taken from now on: neither denied, nor stopped, nor taken already."""
    return not (medicine.get("negated") or medicine.get("stopped") or medicine.get("current"))


def begun_dose(said: str) -> tuple[str, str]:
    """The number and the unit of a dose that was said; neither where it was said as a range, or not at all."""
    found = DOSE.match(said.strip())
    return (found[1], found[2]) if found and " to " not in said else ("", "")


def kept_words(drafted: str, final: str) -> int:
    """How many of the drafted words stand in the final text, in their order."""
    before, after = drafted.split(), final.split()
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks())
