"""The checks before a prescription: pure rules over what is known, offline, and never silent.

REVIEW BEFORE CLINICAL USE. The list is limited: finding nothing does not mean that something is safe, and every answer
says so. What could not be compared is a finding of its own.
"""

from collections.abc import Sequence

from kalon.prescribing.rules.formulary import Formulary, load
from kalon.prescribing.rules.safety.allergies import allergy_findings, crossing
from kalon.prescribing.rules.safety.facts import NOTE, STOP, WARN, Finding, Line, Person, worst_first
from kalon.prescribing.rules.safety.limits import dose_findings
from kalon.prescribing.rules.safety.persons import person_findings
from kalon.prescribing.rules.safety.together import interaction, together_findings

__all__ = ["LIMITED", "NOTE", "STOP", "WARN", "Finding", "Line", "Person", "check", "crossing", "interaction"]

LIMITED = Finding(
    "limited",
    NOTE,
    "Limited list: not finding is not safe",
    "Only medicines, allergens and rules of this clinic's formulary were compared.",
    "Your own knowledge and the label of the product decide.",
    "This clinic's formulary",
)


def check(lines: Sequence[Line], person: Person, formulary: Formulary | None = None) -> list[Finding]:
    """Everything to know before prescribing these medicines to this person, the gravest first; never an empty list."""
    known = formulary or load()
    found = [
        *allergy_findings(lines, person, known),
        *together_findings(lines, person, known),
        *dose_findings(lines, person),
        *person_findings(lines, person, known),
    ]
    return [*worst_first(found), LIMITED]
