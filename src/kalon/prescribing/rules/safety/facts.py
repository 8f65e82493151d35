"""What the checks are given and what they answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from kalon.prescribing.rules.dosing import Course
from kalon.prescribing.rules.formulary import Medicine

STOP, WARN, NOTE = "stop", "warn", "note"
RANK = {STOP: 0, WARN: 1, NOTE: 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know before prescribing: how grave, why, what to do, and where it stands.

    `key` names what was found and is the same each time, so that the reason given for it stays with it.
    """

    key: str
    severity: str
    title: str
    mechanism: str
    action: str
    source: str

    @property
    def is_stop(self) -> bool:
        return self.severity == STOP


@dataclass(frozen=True, slots=True)
class Line:
    """A medicine as it is to be prescribed; `medicine` is None for a name that is not in the formulary."""

    name: str
    medicine: Medicine | None = None
    strength: str = ""
    course: Course | None = None
    route: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom it is for, as far as it is known; empty words mean that nobody asked or wrote it down.

    `pregnancy`: "", "NO", "YES" or "BREASTFEEDING". `kidneys`: "", "NORMAL" or "REDUCED". `allergy_state` is the
    patient's (NOT_RECORDED, NONE_KNOWN, KNOWN, UNAVAILABLE). `taking`: what is taken already, in anybody's words.
    """

    age: int | None = None
    may_be_pregnant: bool = True
    pregnancy: str = ""
    kidneys: str = ""
    weight_kg: Decimal | None = None
    allergy_state: str = "NOT_RECORDED"
    allergies: Sequence[str] = field(default_factory=tuple)
    taking: Sequence[str] = field(default_factory=tuple)


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    """Stops before warnings before notes; each key once."""
    once: dict[str, Finding] = {}
    for finding in findings:
        held = once.get(finding.key)
        if held is None or RANK[finding.severity] < RANK[held.severity]:
            once[finding.key] = finding
    return sorted(once.values(), key=lambda finding: RANK[finding.severity])
