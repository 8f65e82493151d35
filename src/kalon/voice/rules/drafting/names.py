"""Names that stand in what was said: medicines, what people react to, and conditions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from kalon.voice.rules.drafting.statements import PIECES, Statement

T = TypeVar("T")
Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Medicine:
    """A medicine of the formulary: its code, its name, what else it is called, and the strengths it comes in."""

    code: str
    name: str
    also: tuple[str, ...] = ()
    strengths: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """A name in a statement: what it stands for, and its pieces from one up to another."""

    of: object
    first: int
    end: int


@dataclass(frozen=True)
class Vocabulary:
    """The names that a clinic's conversations may hold; nothing of any patient."""

    medicines: tuple[Medicine, ...] = ()
    allergens: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    _indexes: dict[str, object] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _medicines(self) -> Mapping[Phrase, Medicine]:
        return {_phrase(name): one for one in self.medicines for name in (*one.also, one.name)}

    @cached_property
    def _allergens(self) -> Mapping[Phrase, str]:
        return {**{phrase: one.name for phrase, one in self._medicines.items()},
                **{_phrase(name): name for name in self.allergens}}  # fmt: skip

    @cached_property
    def _conditions(self) -> Mapping[Phrase, str]:
        return {_phrase(name): name for name in self.conditions}

    def medicines_in(self, said: Statement) -> list[Found]:
        return _found(said, self._medicines)

    def allergens_in(self, said: Statement) -> list[Found]:
        return _found(said, self._allergens)

    def conditions_in(self, said: Statement) -> list[Found]:
        return _found(said, self._conditions)

    def medicine_named(self, text: str) -> Medicine | None:
        """The medicine that a text names, and nothing besides."""
        return self._medicines.get(_phrase(text))


def _phrase(name: str) -> Phrase:
    return tuple(PIECES.findall(name.lower().replace("’", "'")))


def _found(said: Statement, index: Mapping[Phrase, T]) -> list[Found]:
    """The longest names first wherever several begin at a word; a plural is found as its singular."""
    pieces: Sequence[str] = [piece for piece, _word in said.pieces]
    longest = max(map(len, index), default=0)
    found: list[Found] = []
    at = 0
    while at < len(pieces):
        for size in range(min(longest, len(pieces) - at), 0, -1):
            of = next((index[one] for one in _forms(pieces[at : at + size]) if one in index), None)
            if of is not None:
                found.append(Found(of, at, at + size))
                at += size - 1
                break
        at += 1
    return found


def _forms(pieces: Iterable[str]) -> tuple[Phrase, Phrase]:
    phrase = tuple(pieces)
    return phrase, (*phrase[:-1], phrase[-1].removesuffix("s"))
