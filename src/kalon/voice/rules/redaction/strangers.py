"""Names that nobody registered: after a title, in an introduction, or written large where no everyday word would be."""

from collections.abc import Iterator
from typing import Protocol

from kalon.voice.rules.redaction.addresses import CITIES
from kalon.voice.rules.redaction.digits import ENGLISH, HINDI
from kalon.voice.rules.redaction.kinds import Kind
from kalon.voice.rules.redaction.numbers import AMOUNTS, Found
from kalon.voice.rules.redaction.people import AFTER, TITLES
from kalon.voice.rules.redaction.texts import Reach, View, Word
from kalon.voice.rules.redaction.vocabulary import common, is_medical

SAYS_NAME = (
    ("name", "is"), ("named",), ("called",), ("naam", "hai"), ("naam",), ("main",), ("i", "am"), ("im",),
    ("this", "is"),
)  # fmt: skip
RELATIONS = frozenset(
    [
        "husband",
        "wife",
        "son",
        "daughter",
        "brother",
        "sister",
        "mother",
        "father",
        "mum",
        "mom",
        "dad",
        "uncle",
        "aunt",
        "cousin",
        "friend",
        "neighbour",
        "pati",
        "patni",
        "beta",
        "beti",
        "bhai",
        "behen",
        "doctor",
        "surgeon",
        "colleague",
        "boss",
        "nephew",
        "niece",
    ]
)
GIVEN = frozenset(
    [
        "tablet",
        "tablets",
        "tab",
        "capsule",
        "capsules",
        "cap",
        "injection",
        "inj",
        "syrup",
        "cream",
        "gel",
        "ointment",
        "lotion",
        "serum",
        "drops",
        "take",
        "takes",
        "taking",
        "took",
        "apply",
        "applies",
        "applied",
        "prescribe",
        "prescribed",
        "prescribing",
        "start",
        "started",
        "stop",
        "stopped",
        "give",
        "given",
        "using",
        "use",
        "used",
        "on",
        "to",
        "dose",
        "brand",
        "medicine",
        "called",
    ]
)
ACRONYM = 5
LARGE = "written like a name"


class NameFinder(Protocol):
    """A model that finds names nobody registered; it runs on the premises."""

    def __call__(self, text: str) -> list[Reach]:
        """The reaches of a text that are names of persons."""


def found_strangers(view: View, allowed: frozenset[str], finder: NameFinder | None) -> Iterator[Found]:
    """Names of people who are not registered."""
    words, at = view.words, 0
    while at < len(words):
        why = _why(words, at, allowed)
        if not why:
            at += 1
            continue
        last = at
        told = why != LARGE
        while (
            last + 1 < len(words) and view.gap(last, last + 1) == " " and _goes_on(words, last + 1, allowed, told=told)
        ):
            last += 1
        yield (words[at].start, words[last].end), Kind.NAME, why
        at = last + 1
    if finder is not None:
        yield from _of_model(view, allowed, finder)


def _why(words: list[Word], at: int, allowed: frozenset[str]) -> str:
    word = words[at]
    if not _may_be(word, allowed):
        return ""
    before = words[at - 1].low if at and not words[at - 1].is_blank else ""
    if before in TITLES and (word.text[0].isupper() or word.low not in common()):
        return "after a title"
    if _said(words, at) and word.low not in common() and not _tells_more(words, at):
        return "where a name is said"
    if before in RELATIONS and word.low not in common() and len(word.low) > 2:
        return "after a relation"
    if at + 1 < len(words) and words[at + 1].low in AFTER and word.low not in common() and not words[at + 1].opens:
        return "before a form of address"
    if word.is_capital and word.low not in common() and not _is_taken(words, at):
        return LARGE
    return ""


def _may_be(word: Word, allowed: frozenset[str]) -> bool:
    return not (
        word.is_blank
        or word.is_number
        or len(word.low) < 2
        or word.low in allowed
        or is_medical(word.low)
        or word.low in AMOUNTS
        or word.low in ENGLISH
        or word.low in HINDI
        or (word.text.isupper() and len(word.text) <= ACRONYM)
    )


def _said(words: list[Word], at: int) -> bool:
    return any(
        at >= len(phrase) and tuple(word.low for word in words[at - len(phrase) : at]) == phrase for phrase in SAYS_NAME
    )


def _tells_more(words: list[Word], at: int) -> bool:
    """ "I am hypotensive": after "I am" only what is written large is a name."""
    return (
        words[at - 1].low in ("am", "im", "main", "is")
        and words[at - 2 : at - 1] != []
        and (words[at - 2].low in ("i", "this") or words[at - 1].low in ("im", "main"))
        and not words[at].text[0].isupper()
    )


def _is_taken(words: list[Word], at: int) -> bool:
    """Whether the word is a product: a dose follows, or it is taken or applied."""
    after = words[at + 1 : at + 3]
    if any(
        word.is_number or word.low in AMOUNTS or word.low in ("percent", "cream", "gel", "tablet") for word in after[:2]
    ):
        return True
    return bool(at) and words[at - 1].low in GIVEN and words[at - 1].low not in ("to", "on", "called")


def _goes_on(words: list[Word], at: int, allowed: frozenset[str], *, told: bool) -> bool:
    """Whether a word is the next of a name; where a name was announced, small letters are taken too."""
    word = words[at]
    if told and _may_be(word, allowed) and not word.opens and word.low not in common() and len(word.low) > 2:
        return True
    return (
        _may_be(word, allowed)
        and not word.opens
        and word.text[0].isupper()
        and (word.low not in common() or (len(word.low) > 3 and word.low not in CITIES and word.low not in RELATIONS))
        and word.low not in ("and", "or", "but")
    )


def _of_model(view: View, allowed: frozenset[str], finder: NameFinder) -> Iterator[Found]:
    """What the model calls a name, unless every word of it is an everyday word or a medicine."""
    reaches = finder(view.text)
    for word in view.words:
        if any(start < word.end and word.start < end for start, end in reaches) and (
            _may_be(word, allowed) and (word.low not in common() or word.is_capital)
        ):
            yield (word.start, word.end), Kind.NAME, "the model for names"
