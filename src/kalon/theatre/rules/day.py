"""What comes next in an operation, and what hinders it, said in sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kalon.theatre.lifecycles import StageKind, TeamRole

WORDS = {
    "in": "Patient is in theatre",
    "anaesthesia": "Anaesthesia begins",
    "incision": "Knife to skin",
    "closure": "Closure is done",
    "out": "Patient leaves theatre",
}
# The order of an operation: times in lower case, stages of the checklist by their kind.
ORDER = ("in", "SIGN_IN", "anaesthesia", "TIME_OUT", "incision", "closure", "SIGN_OUT", "out")


@dataclass(frozen=True, slots=True)
class Step:
    """The one thing to do now: what it is called, and what has to be done before it."""

    key: str
    label: str
    hindered: tuple[str, ...] = ()

    @property
    def is_stage(self) -> bool:
        return self.key in StageKind.values


@dataclass(frozen=True, slots=True)
class Part:
    """A stage of the checklist as it stands, or None for one that is complete."""

    items: Sequence[Any]
    signed: Sequence[str]
    roles: Sequence[str]
    is_complete: bool

    @property
    def left(self) -> list[str]:
        return [str(item.words) for item in self.items if not item.answer]

    @property
    def unsigned(self) -> list[str]:
        return [TeamRole(role).label for role in self.roles if role not in self.signed]


def asked(complete: Mapping[str, bool], *, is_closed: bool) -> list[str]:
    """The stages that are answered now: none that is complete, and none before its turn."""
    turns = {
        StageKind.SIGN_IN: True,
        StageKind.TIME_OUT: complete.get(StageKind.SIGN_IN),
        StageKind.SIGN_OUT: is_closed,
    }
    return [kind.value for kind, is_due in turns.items() if is_due and not complete.get(kind)]


def next_step(
    times: Mapping[str, Any], parts: Mapping[str, Part], *, counts: Sequence[str], is_used: bool, is_local: bool,
    open_implants: str | None = None,
) -> Step:  # fmt: skip
    """The first thing of the order that is not done; anaesthesia is no step of its own where none is given."""
    for key in ORDER:
        if key in parts:
            if not parts[key].is_complete:
                return Step(key, f"Complete the {StageKind(key).label.lower()}", _hindered(key, parts[key], counts))
        elif not times.get(key) and not (key == "anaesthesia" and (is_local or times.get("incision"))):
            return Step(key, WORDS[key])
    used = None if is_used else "Scan what was used, or sign that nothing was."
    return Step("complete", "Complete the case", tuple(words for words in (used, open_implants) if words))


def _hindered(key: str, part: Part, counts: Sequence[str]) -> tuple[str, ...]:
    said = [*part.left, *(f"{role} has not signed" for role in part.unsigned)]
    return tuple([*said, *counts] if key == StageKind.SIGN_OUT else said)
