"""What was said, as evidence: which names were said to be so or not so, which amounts, and where words are found."""

# ruff: noqa: E501  (patterns and lists read better on their lines)

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from kalon.voice.rules.drafting import scope
from kalon.voice.rules.drafting.names import Medicine, Vocabulary
from kalon.voice.rules.drafting.statements import Statement, statements
from kalon.voice.rules.lines import Line

STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "of",
        "to",
        "in",
        "on",
        "at",
        "for",
        "with",
        "without",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "has",
        "have",
        "had",
        "do",
        "does",
        "did",
        "will",
        "would",
        "can",
        "could",
        "should",
        "may",
        "might",
        "i",
        "you",
        "he",
        "she",
        "it",
        "we",
        "they",
        "this",
        "that",
        "these",
        "those",
        "my",
        "your",
        "his",
        "her",
        "their",
        "our",
        "me",
        "him",
        "them",
        "as",
        "by",
        "from",
        "so",
        "then",
        "than",
        "there",
        "here",
        "not",
        "no",
        "any",
        "some",
        "more",
        "most",
        "very",
        "also",
        "only",
        "just",
        "about",
        "after",
        "before",
        "patient",
        "doctor",
        "reports",
        "report",
        "states",
        "denies",
        "noted",
        "advised",
        "recommended",
        "present",
        "today",
    ]
)
ENDINGS = re.compile(r"(?:ing|edly|ed|es|s|ly|ment|ness)$")
SYMPTOM = re.compile(
    r"\b(pain|itch|swell|swollen|redness|bleed|discharge|fever|numb|tingl|bruis|headache|nausea|vomit|breathless|cough|rash|dizz|"
    r"smok|alcohol|pregnan|allerg|diabet|hypertens|asthma|tender|infect)\w*"
)
ALIKE = {"swollen": "swell"}
MOST_SOURCES = 3
COVERED = 0.5  # of the content words of a statement: below, it has no source
AMOUNT = re.compile(
    r"\b(\d+(?:\.\d+)?) (?:to \d+ )?(mg|mcg|micrograms?|milligrams?|g|grams?|ml|units?|%|tablets?|capsules?|drops?|times|days?|weeks?|"
    r"months?|hours?|syringes?|sessions?)\b"
)
TIMES = (("once", "1"), ("twice", "2"), ("thrice", "3"))


def statements_of(text: str) -> list[Statement]:
    """A written text as statements, one for each sentence."""
    parts = [part for part in re.split(r"(?<=[.!?;\n])\s+|\n+", text) if part.strip(" .;-•")]
    return [one for part in parts for one in statements([Line(0, 1, part.strip(" -•"))])]


def content(statement: Statement) -> Counter[str]:
    """The words that carry what it says, without their endings."""
    words = (piece for piece, _word in statement.pieces if piece not in STOP_WORDS)
    return Counter(ENDINGS.sub("", word) if len(word) > 4 else word for word in words)


class Evidence:
    """Everything that was said in a recording, for asking what stands behind a statement."""

    def __init__(self, said: Sequence[Statement], words: Vocabulary) -> None:
        self.said, self.words = said, words
        self._contents = [content(one) for one in said]

    @cached_property
    def numbers(self) -> set[str]:
        """Every number that was said, once and twice among them."""
        plain = " ".join(one.plain for one in self.said)
        return set(re.findall(r"\b\d+(?:\.\d+)?\b", plain)) | {number for word, number in TIMES if word in plain}

    @cached_property
    def amounts(self) -> set[tuple[str, str]]:
        """Every number with the unit it was said with."""
        plain = " ".join(one.plain for one in self.said)
        found = {(match[1], match[2].rstrip("s")) for match in AMOUNT.finditer(plain)}
        return found | {(number, "time") for word, number in TIMES if word in plain}

    @cached_property
    def _terms(self) -> dict[str, list[tuple[bool, Statement]]]:
        found: dict[str, list[tuple[bool, Statement]]] = {}
        for at, statement in enumerate(self.said):
            answer = self.said[at + 1] if at + 1 < len(self.said) else None
            if statement.is_question and not scope.is_yes(answer) and not scope.is_no(answer):
                continue
            for term, negated, is_medicine in self._named(statement):
                so = scope.is_no(answer) if statement.is_question else negated
                found.setdefault(term, []).append((so, statement))
                if is_medicine and so != negated:
                    found[term].append((negated, statement))
        return found

    def _named(self, statement: Statement) -> Iterator[tuple[str, bool, bool]]:
        for one in self.words.medicines_in(statement):
            assert isinstance(one.of, Medicine)
            over = scope.is_stopped(statement, one.first, one.end)
            yield one.of.code, scope.is_negated(statement, one.first, one.end) or over, True
            if over:
                yield one.of.code, False, True
        for term, negated in self.claims(statement):
            yield term, negated, False

    def claims(self, statement: Statement) -> Iterator[tuple[str, bool]]:
        """The conditions and symptoms that a statement speaks of, and whether it says that they are not so."""
        for one in self.words.conditions_in(statement):
            yield str(one.of), scope.is_negated(statement, one.first, one.end)
        for at, (piece, _word) in enumerate(statement.pieces):
            if match := SYMPTOM.match(piece):
                yield ALIKE.get(match[1], match[1]), scope.is_negated(statement, at, at + 1)

    def polarities(self, term: str) -> set[bool]:
        """Whether a name was said to be not so (True), to be so (False), both, or never."""
        return {negated for negated, _statement in self._terms.get(term, ())}

    def where(self, term: str) -> list[dict[str, Any]]:
        return [statement.source() for _negated, statement in self._terms.get(term, ())][:MOST_SOURCES]

    def has_words(self, text: str) -> bool:
        """Whether the words of a short text were said one after another."""
        plain = " ".join(one.plain for one in statements_of(text))
        return bool(plain) and any(f" {plain} " in f" {one.plain} " for one in self.said)

    def sources(self, statement: Statement) -> tuple[list[dict[str, Any]], bool]:
        """The statements whose words stand behind one, at most three, and whether they cover it."""
        open_words = content(statement)
        whole = sum(open_words.values())
        found: list[Statement] = []
        while len(found) < MOST_SOURCES and open_words:
            shared = [sum((open_words & held).values()) for held in self._contents]
            best = max(range(len(shared)), key=lambda at: shared[at], default=-1)
            if best < 0 or shared[best] < (2 if whole > 2 and not found else 1):
                break
            found.append(self.said[best])
            open_words = open_words - self._contents[best]
        covered = whole - sum(open_words.values())
        in_order = sorted(dict.fromkeys(found), key=lambda one: one.from_ms)
        return [one.source() for one in in_order], whole == 0 or covered / whole >= COVERED
