"""What a row of the formulary holds."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from kalon.prescribing.rules.amounts import Limit

_WORD = re.compile(r"[\w%]+(?:['’-][\w]+)*")
T = TypeVar("T")
LOCAL_ROUTES = frozenset({"topical", "nasal", "inhaled"})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact stands: title, publisher, year and section."""

    title: str
    publisher: str
    year: int
    section: str

    def __str__(self) -> str:
        return f"{self.title} ({self.publisher}, {self.year}), {self.section}"


@dataclass(frozen=True, slots=True)
class Form:
    """A form with the strengths it comes in."""

    name: str
    strengths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Medicine:
    """A generic medicine: how it is given, its usual adult dose, its limits, and the classes the rules speak of."""

    code: str
    name: str
    group: str
    also: tuple[str, ...] = ()
    atc: str = ""
    forms: tuple[Form, ...] = ()
    routes: tuple[str, ...] = ()
    usual: str = ""
    usual_source: Source | None = None
    once: Limit | None = None
    daily: Limit | None = None
    max_source: Source | None = None
    allergy: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    @property
    def terms(self) -> frozenset[str]:
        """What a rule may call it: its own code and its classes."""
        return frozenset((self.code, *self.classes))

    @property
    def is_local(self) -> bool:
        """Whether it is only put on the skin, into the nose or breathed in."""
        return bool(self.routes) and LOCAL_ROUTES.issuperset(self.routes)

    @property
    def maximum(self) -> str:
        """The limits in words."""
        parts = [f"at once {self.once}" if self.once else "", f"in a day {self.daily}" if self.daily else ""]
        said = ", ".join(part for part in parts if part)
        return f"Most {said}" if said else "No maximum on file"


@dataclass(frozen=True, slots=True)
class CrossRule:
    """Who reacts to one class of allergens may react to medicines of another."""

    allergic_to: str
    given: str  # "*": whatever is given
    severity: str
    mechanism: str
    action: str
    source: Source


@dataclass(frozen=True, slots=True)
class Interaction:
    """Two classes (or medicines) that harm together."""

    a: str
    b: str
    severity: str
    mechanism: str
    action: str
    source: Source


@dataclass(frozen=True, slots=True)
class Flag:
    """What pregnancy, breastfeeding, age (years) or weak kidneys say about a class or medicine."""

    of: str
    kind: str
    limit: int | None
    severity: str
    mechanism: str
    action: str
    source: Source


@dataclass(frozen=True)
class Formulary:
    """Everything that was loaded, with the words by which medicines and allergens are found in free text."""

    medicines: Mapping[str, Medicine]
    allergens: Mapping[str, tuple[str, ...]]
    cross: Sequence[CrossRule]
    interactions: Sequence[Interaction]
    flags: Sequence[Flag]
    sources: Mapping[str, Source] = field(default_factory=dict)

    @cached_property
    def _by_words(self) -> dict[tuple[str, ...], str]:
        return {
            words(name): medicine.code
            for medicine in self.medicines.values()
            for name in (medicine.name, *medicine.also)
        }

    @cached_property
    def _allergen_words(self) -> dict[tuple[str, ...], frozenset[str]]:
        found: dict[tuple[str, ...], frozenset[str]] = {}
        for key, names in self.allergens.items():
            for name in names:
                found[words(name)] = found.get(words(name), frozenset()) | {key}
        return found

    @cached_property
    def interactions_of(self) -> dict[tuple[str, str], list[Interaction]]:
        """The interactions by their pair of terms, in both orders."""
        found: dict[tuple[str, str], list[Interaction]] = {}
        for row in self.interactions:
            for pair in {(row.a, row.b), (row.b, row.a)}:
                found.setdefault(pair, []).append(row)
        return found

    @cached_property
    def flags_of(self) -> dict[str, list[Flag]]:
        found: dict[str, list[Flag]] = {}
        for row in self.flags:
            found.setdefault(row.of, []).append(row)
        return found

    def named(self, text: str) -> list[Medicine]:
        """The medicines that a text names, the longest name first wherever several begin at a word."""
        return [self.medicines[code] for code in _named(words(text), self._by_words)]

    def allergen_classes(self, text: str) -> frozenset[str]:
        """The allergen classes that a text names, in words or by a medicine of the class."""
        by_word = frozenset().union(*_named(words(text), self._allergen_words))
        return by_word | {key for medicine in self.named(text) for key in medicine.allergy}

    def search(self, text: str, *, most: int = 8) -> list[Medicine]:
        """What a doctor means by the first letters: names that begin so, then words inside, then other names."""
        typed = " ".join(words(text))
        if not typed:
            return []
        ranked = sorted(
            (rank, one.name, one.code) for one in self.medicines.values() if (rank := _rank(one, typed)) < 9
        )
        return [self.medicines[code] for _at, _name, code in ranked[:most]]


def words(text: str) -> tuple[str, ...]:
    """A text as comparable words."""
    return tuple(_WORD.findall(text.lower().replace("’", "'")))


def _rank(medicine: Medicine, typed: str) -> int:
    name = " ".join(words(medicine.name))
    if name.startswith(typed):
        return 0
    if any(" ".join(words(other)).startswith(typed) for other in medicine.also):
        return 1
    return 2 if f" {typed}" in f" {name}" else 9


def _named(text: tuple[str, ...], index: Mapping[tuple[str, ...], T]) -> Iterator[T]:
    longest = max(map(len, index), default=0)
    at = 0
    while at < len(text):
        for size in range(min(longest, len(text) - at), 0, -1):
            if (found := index.get(text[at : at + size])) is not None:
                yield found
                at += size - 1
                break
        at += 1
