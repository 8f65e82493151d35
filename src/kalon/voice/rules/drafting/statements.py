"""What was said as statements: one thing said, with its words and when they were said, and how it is compared."""

# ruff: noqa: E501  (patterns and lists read better on their lines)

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from kalon.voice.rules.drafting.numbers import PAUSE, plain_numbers
from kalon.voice.rules.lines import Line, Word

ENDS = re.compile(r"[.?!।…]+[\"'”’)]*$")
NO_END = re.compile(r"^(?:dr|mr|mrs|ms|prof|st|vs|e\.g|i\.e|approx)\.$", re.IGNORECASE)
PAUSE_MS = 900  # of silence, at which a statement ends that no full stop ends
LONGEST = 60  # words of a statement where nobody put a full stop
PIECES = re.compile(r"\d+(?:[.,]\d+)?(?:-\d+(?:-\d+)+)?|%|[^\W\d_]+(?:['’][^\W\d_]+)*|[\u0900-\u097f]+")
TO_A_MACHINE = re.compile(
    r"\b(?:ignore|forget|disregard|override) (?:\w+ ){0,3}(?:rules?|instructions?|prompts?|guidelines)\b|"
    r"\b(?:system prompt|language model|you are (?:now )?(?:an? )?(?:ai|assistant|chatbot|machine)|as an ai)\b"
)
FILLERS = re.compile(
    r"^(?:(?:so|okay|ok|right|well|now|um+|uh+|hmm+|ah+|oh|alright|all right|see|actually|basically|you know|i mean|then|"
    r"and|but|also|yes|yeah|no problem|fine|good|great|accha|haan|toh)\b[\s,.]*)+(?=\S)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Statement:
    """One thing that was said."""

    words: tuple[Word, ...]

    @cached_property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def from_ms(self) -> int:
        return self.words[0].from_ms

    @property
    def to_ms(self) -> int:
        return max(word.to_ms for word in self.words)

    @property
    def is_question(self) -> bool:
        return self.text.rstrip("\"' ”’)").endswith("?")

    @cached_property
    def is_to_a_machine(self) -> bool:
        """Whether it speaks to whoever writes this down rather than to anybody in the room."""
        return bool(TO_A_MACHINE.search(self.plain))

    @cached_property
    def pieces(self) -> tuple[tuple[str, int], ...]:
        """Its comparable pieces (words, numbers, signs), each with the word it came from."""
        return tuple(plain_numbers(_pieces(self.words)))

    @cached_property
    def plain(self) -> str:
        """Its pieces in one line: small letters, numbers as digits."""
        return " ".join(piece for piece, _word in self.pieces)

    def source(self, first: int = 0, last: int | None = None) -> dict[str, Any]:
        """The words from one to another as a source: when they were said, and the words as they are written."""
        taken = self.words[first : (len(self.words) if last is None else last + 1)]
        return {
            "from_ms": taken[0].from_ms, "to_ms": max(word.to_ms for word in taken),
            "words": " ".join(word.text for word in taken),
        }  # fmt: skip

    def shown(self) -> str:
        """Its words without the fillers it begins with, from a capital letter on."""
        text = FILLERS.sub("", self.text, count=1).strip(" ,")
        return text[:1].upper() + text[1:]


def statements(lines: Sequence[Line]) -> list[Statement]:
    """Everything that was said, in order."""
    found: list[Statement] = []
    held: list[Word] = []
    for word, follows in _with_gaps(lines):
        held.append(word)
        ended = bool(ENDS.search(word.text)) and not NO_END.match(word.text)
        if ended or follows > PAUSE_MS or len(held) >= LONGEST:
            found.append(Statement(tuple(held)))
            held = []
    if held:
        found.append(Statement(tuple(held)))
    return [one for one in found if one.pieces]


def _with_gaps(lines: Sequence[Line]) -> Iterator[tuple[Word, int]]:
    """Every word with the silence after it; a line that ends where the next begins with a capital letter ends there."""
    words = [(word, line) for line in lines for word in _words(line)]
    for (word, line), (following, next_line) in pairwise(words):
        ends_line = line is not next_line and following.text[:1].isupper() and following.text != "I"
        yield word, PAUSE_MS + 1 if ends_line else following.from_ms - word.to_ms
    if words:
        yield words[-1][0], 0


def _words(line: Line) -> Iterable[Word]:
    """The words of a line; where a listener gave no times of each, its time shared out among them."""
    if line.words and " ".join(word.text for word in line.words).split() == line.text.split():
        return [word for word in line.words if word.text.strip()]
    texts = line.text.split()
    span = line.to_ms - line.from_ms
    return [
        Word(text, line.from_ms + span * at // len(texts), line.from_ms + span * (at + 1) // len(texts), 1.0)
        for at, text in enumerate(texts)
    ]


def _pieces(words: Sequence[Word]) -> Iterator[tuple[str, int]]:
    for at, word in enumerate(words):
        for piece in PIECES.findall(word.text.lower().replace("’", "'")):
            yield piece.replace(",", "") if piece[0].isdigit() else piece, at
        if word.text[-1:] in ",.;:?!":
            yield PAUSE, at
