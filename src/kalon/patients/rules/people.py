"""Rules about people: ages, minors, and when two records look like one person."""

from collections.abc import Iterable
from datetime import date

from rapidfuzz.distance import JaroWinkler

from kalon.kernel.search import fold, words

OF_AGE = 18
ALIKE = 0.90


def age_in_years(born: date, today: date) -> int:
    """Completed years; somebody born on 29 February has a birthday on 1 March in other years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def is_minor(born: date | None, today: date) -> bool:
    """Whether a guardian decides: under 18."""
    return born is not None and age_in_years(born, today) < OF_AGE


def same_birthday(one: date | None, other: date | None) -> bool:
    return one is not None and one == other


def likeness(one: Iterable[str], other: Iterable[str]) -> float:
    """How alike two names are, 0 to 1, whatever the order and spelling of their words."""
    ours, theirs = _heard(one), _heard(other)
    if not ours or not theirs:
        return 0.0
    shorter, longer = sorted((ours, theirs), key=len)
    return sum(max(JaroWinkler.similarity(word, held) for held in longer) for word in shorter) / len(shorter)


def _heard(names: Iterable[str]) -> list[str]:
    return [fold(word) for name in names for word in words(name)]
