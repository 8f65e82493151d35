"""Digits as they are written and said: "98220 44556", "nine eight double two", "ek do teen", "9, 8, 2, 2"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from kalon.voice.rules.redaction import hindi
from kalon.voice.rules.redaction.texts import View, Word

ENGLISH = {
    "zero": "0", "nought": "0", "nil": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
HINDI = hindi.DIGITS_LATIN
SLIPS = {"o": "0", "oh": "0", "won": "1", "to": "2", "too": "2", "tree": "3", "for": "4", "fore": "4", "ate": "8"}
TEENS = {
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16",
    "seventeen": "17", "eighteen": "18", "nineteen": "19",
}  # fmt: skip
TENS = {
    "twenty": "2", "thirty": "3", "forty": "4", "fourty": "4", "fifty": "5", "sixty": "6", "seventy": "7",
    "eighty": "8", "ninety": "9",
}  # fmt: skip
TIMES = {"double": 2, "dubble": 2, "triple": 3, "treble": 3, "quadruple": 4}
GLUED = {f"{word}{nought}": "0" * times for word, times in TIMES.items() for nought in ("o", "oh", "zero")}
BETWEEN = frozenset(["then", "phir", "uh", "um", "er", "hmm", "dash", "hyphen", "space", "comma", "aur", "plus"])
UNSURE = hindi.UNSURE | frozenset((*SLIPS, "do", "sat", "tin", "char", "che", "teen", "nil", "ath", "aat"))
JOINS = re.compile(r"^[\s,.()+\-–—/।]*$")
DIVIDES = re.compile(r"[/:\n]|[.।]\s")
YEAR = re.compile(r"^(19|20)\d\d$")


@dataclass(frozen=True, slots=True)
class Atom:
    """Digits that are written or said as one: a figure, a word, "double two", "ninety eight"."""

    digits: str
    first: int  # the words it stands in
    last: int
    said: bool
    unsure: bool = False
    slip: bool = False  # an English word that only sounds like a digit

    @property
    def single(self) -> bool:
        return len(self.digits) == 1 or (self.said and len(set(self.digits)) == 1)


@dataclass(frozen=True, slots=True)
class Run:
    """Atoms that follow one another."""

    atoms: tuple[Atom, ...]
    tight: bool  # nothing but the hand of whoever wrote it stands between

    @property
    def digits(self) -> str:
        return "".join(atom.digits for atom in self.atoms)

    @property
    def first(self) -> int:
        return self.atoms[0].first

    @property
    def last(self) -> int:
        return self.atoms[-1].last

    @property
    def surely_one(self) -> bool:
        """Whether these are digits of one number, and not several small numbers in a row."""
        groups = [atom.digits for atom in self.atoms]
        if len(groups) == 1:
            return True
        if all(YEAR.match(group) for group in groups):
            return False
        singles = sum(atom.single for atom in self.atoms)
        return self.tight or singles >= 4 or any(len(group) >= 4 and not YEAR.match(group) for group in groups)

    @property
    def listed(self) -> bool:
        """Whether these are pairs with commas between: a telephone number as some say it, or readings of a pulse."""
        pairs = sum(len(atom.digits) == 2 and not atom.said for atom in self.atoms)
        return not self.tight and pairs > 1 and pairs == len(self.atoms)

    def parts(self) -> Iterator["Run"]:
        """The shorter runs inside, the longest first."""
        size = len(self.atoms)
        for length in range(size - 1, 0, -1):
            for at in range(size - length + 1):
                yield Run(self.atoms[at : at + length], self.tight)


def runs(view: View) -> list[Run]:
    """Every row of digits in the text, dates, times and decimals aside."""
    found: list[list[Atom]] = []
    row: list[Atom] = []
    at = 0
    words = view.words
    apart = _apart(view)
    while at < len(words):
        atom = None if at in apart else _atom(view, at)
        if atom is not None and (not row or _joined(view, row[-1], atom)):
            row.append(atom)
            at = atom.last + 1
        elif atom is None and row and words[at].low in BETWEEN and at - row[-1].last == 1:
            at += 1
        else:
            found.append(row)
            row = [] if atom is None else [atom]
            at = at + 1 if atom is None else atom.last + 1
    found.append(row)
    return [Run(tuple(sure), _tight(view, sure)) for one in found if (sure := _trimmed(one))]


def _atom(view: View, at: int) -> Atom | None:
    words = view.words
    word = words[at]
    if word.is_number:
        return Atom(figures(word.text), at, at, said=False)
    times = TIMES.get(word.low) or hindi.TIMES.get(hindi.plain(word.text), 0)
    if times and at + 1 < len(words) and (one := _one(words[at + 1])):
        return Atom(one * times, at, at + 1, said=True)
    if (
        times and at + 1 < len(words) and words[at + 1].is_number
    ):  # "triple 140501" is "triple one, four oh five oh one"
        rest = figures(words[at + 1].text)
        return Atom(rest[0] * (times - 1) + rest, at, at + 1, said=True)
    if word.low in GLUED:
        return Atom(GLUED[word.low], at, at, said=True)
    if word.low in TENS:
        unit = ENGLISH.get(words[at + 1].low) if at + 1 < len(words) else None
        if unit and unit != "0" and view.gap(at, at + 1) in (" ", "-"):
            return Atom(TENS[word.low] + unit, at, at + 1, said=True)
        return Atom(TENS[word.low] + "0", at, at, said=True)
    if word.low in TEENS:
        return Atom(TEENS[word.low], at, at, said=True)
    if pair := hindi.PAIRS.get(word.low) or hindi.PAIRS.get(hindi.plain(word.text)):
        return Atom(pair, at, at, said=True, unsure=word.low in UNSURE)
    one = _one(word)
    unsure = word.low in UNSURE or word.text in UNSURE
    return Atom(one, at, at, said=True, unsure=unsure, slip=word.low in SLIPS) if one else None


def _one(word: Word) -> str:
    """The digit that a word says, or an empty text."""
    if word.is_number:
        return figures(word.text) if len(word.text) == 1 else ""
    for table in (ENGLISH, HINDI, SLIPS):
        if word.low in table:
            return table[word.low]
    return hindi.DIGITS.get(hindi.plain(word.text), "")


def figures(text: str) -> str:
    """Digits of any script as 0 to 9."""
    return "".join(str(int(letter)) for letter in text)


def _joined(view: View, left: Atom, right: Atom) -> bool:
    gap = view.text[view.words[left.last].end : view.words[right.first].start]
    between = view.words[left.last + 1 : right.first]
    for word in between:
        gap = gap.replace(word.text, "")
    if not JOINS.match(gap) or "/" in gap or len(gap) > 6:
        return False
    if left.said or right.said or left.single or right.single:
        return True
    if gap == ", " and len(left.digits) == len(right.digits) == 2:
        return True
    if "," in gap or DIVIDES.search(gap):
        return ("," in gap and " " not in gap) or (
            len(left.digits) >= 4 and len(right.digits) >= 3 and not _years(left, right)
        )
    return True


def _years(*atoms: Atom) -> bool:
    return any(YEAR.match(atom.digits) for atom in atoms)


def _trimmed(row: list[Atom]) -> list[Atom]:
    """The row without words at its ends that only sound like digits, and nothing where few of them are sure."""
    few = sum(not atom.unsure for atom in row) < 3 or len(row) < 5
    while row and (row[0].slip or (few and row[0].unsure)):
        row = row[1:]
    while row and ((row[-1].slip and row[-1].digits != "0") or (few and row[-1].unsure)):
        row = row[:-1]
    return row


def _tight(view: View, row: list[Atom]) -> bool:
    return all(
        view.text[view.words[a.last].end : view.words[b.first].start] in ("", "-", ".", ",") for a, b in pairwise(row)
    )


DATED = re.compile(
    r"(?<![\d.,/-])(?:\d{1,2}([-/.])\d{1,2}\1(?:\d{4}|\d{2})|\d{4}([-/.])\d{1,2}\2\d{1,2}|\d{1,3}(?:\.\d{1,3})?\s?[/:]\s?\d{1,3}"
    r"|\d+\.\d+)(?![\d/-]|[.,]\d)"
)


def _apart(view: View) -> set[int]:
    """The words that are parts of written dates, times, fractions and decimals."""
    reaches = [found.span() for found in DATED.finditer(view.text)]
    return {
        at
        for at, word in enumerate(view.words)
        if word.is_number and any(start <= word.start < end for start, end in reaches)
    }
