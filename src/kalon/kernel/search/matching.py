"""Ranking a few candidates by their decrypted names."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rapidfuzz.distance import JaroWinkler

from kalon.kernel.search.queries import Query
from kalon.kernel.search.tokens import WHOLE_NUMBER, digits_of, mrn_values
from kalon.kernel.search.words import fold, latin, words

LEAST = 0.70  # below this a name is not what was meant
HOPELESS = 0.5  # two words written this differently are not compared by sound either
EXACT = 2.0


@dataclass(frozen=True)
class Candidate:
    """A person who may be meant: `key` is whatever the caller wants back."""

    key: Any
    names: tuple[str, ...]
    phones: tuple[str, ...] = ()
    mrn: str = ""


@dataclass(frozen=True)
class Ranked:
    """A candidate and how well it fits: 1 is the same name, 2 the same number."""

    key: Any
    score: float
    why: str


def rank(query: Query, candidates: Iterable[Candidate], *, limit: int = 20) -> list[Ranked]:
    """The best fits first: the same phone or record number, then the closest names in any order of words."""
    wanted = [(word, _heard(word)) for word in query.names]
    ranked = [found for candidate in candidates if (found := _fit(query, wanted, candidate)) is not None]
    ranked.sort(key=lambda found: -found.score)
    return ranked[:limit]


def _fit(query: Query, wanted: list[tuple[str, str]], candidate: Candidate) -> Ranked | None:
    if query.mrn and mrn_values(query.mrn) & mrn_values(candidate.mrn):
        return Ranked(candidate.key, EXACT, "record number")
    if query.phone and any(_same_phone(query.phone, phone) for phone in candidate.phones):
        return Ranked(candidate.key, EXACT, "phone")
    if not wanted:
        return Ranked(candidate.key, 1.0, "date of birth") if query.dates else Ranked(candidate.key, 0.9, "number")
    score = name_score(wanted, candidate.names)
    return Ranked(candidate.key, score, "name") if score >= LEAST else None


def name_score(wanted: list[tuple[str, str]], names: Iterable[str]) -> float:
    """How near the typed words come to a name: each to its best word, whatever the order."""
    held = [word for name in names for word in words(name)]
    if not held:
        return 0.0
    total = 0.0
    for word, heard in wanted:
        best, which = max((_word_score(word, heard, other), index) for index, other in enumerate(held))
        total += best
        if len(held) > 1:
            held = held[:which] + held[which + 1 :]
    return total / len(wanted)


def _word_score(word: str, heard: str, other: str) -> float:
    if word == other:
        return 1.0
    if other.startswith(word):
        return 0.97
    written = JaroWinkler.similarity(word, other)
    if written < HOPELESS and word.isascii() and other.isascii():
        return written
    other_heard = _heard(other)
    return max(written, 0.95 * JaroWinkler.similarity(heard, other_heard)) if heard and other_heard else written


def _heard(word: str) -> str:
    spelled = latin(word)
    return fold(spelled) if spelled else ""


def _same_phone(asked: str, phone: str) -> bool:
    asked, held = digits_of(asked), digits_of(phone)
    return len(asked) >= 4 and bool(held) and held.endswith(asked[-WHOLE_NUMBER:])
