"""A text as the redactor reads it: cleaned of what cannot be seen, with what is already taken out as one blank."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from kalon.kernel.search import normalize
from kalon.kernel.search.words import latin

BLANK = "\ufffc"
MARKS = r"(?![\u0964\u0965])[\u0300-\u036f\u0900-\u0DFF]"  # signs of Indian scripts; their full stops are none
PIECES = re.compile(rf"{BLANK}|(?:(?!\d)(?:[^\W\d_]|{MARKS}))+(?:['’](?:[^\W\d_])+)*|\d+")
ENDS = re.compile(r"[.?!:\n\u0964\u0965]")
DOTTED = (("ज\u093c", "za"), ("फ\u093c", "fa"))  # letters whose dot changes the sound: Zubeida is no Jubeida
SUFFIX = re.compile(r"(?<=\w)['’]s?$")

Reach = tuple[int, int]


def clean(text: str) -> str:
    """The text without what nobody sees (joiners, direction marks), each letter and digit in its plain form."""
    plain = unicodedata.normalize("NFKC", text).replace(BLANK, " ")
    return "".join(letter for letter in plain if unicodedata.category(letter) not in ("Cf", "Cs", "Co"))


@dataclass(frozen=True, slots=True)
class Word:
    """A word, a number or a blank: as it stands, as it is compared, and where."""

    text: str
    low: str
    start: int
    end: int
    opens: bool  # the first of a sentence

    @property
    def is_number(self) -> bool:
        return self.text[0].isdecimal()

    @property
    def is_blank(self) -> bool:
        return self.text == BLANK

    @property
    def is_capital(self) -> bool:
        """Written large where a sentence does not ask for it."""
        return self.text[0].isupper() and not self.opens


class View:
    """The text with each reach that is taken out as one blank, and the way back to where things stand."""

    def __init__(self, source: str, taken: Iterable[Reach]) -> None:
        parts, at, shown = [], 0, 0
        self._steps: list[tuple[int, int]] = [(0, 0)]
        for start, end in sorted(taken):
            parts += [source[at:start], BLANK]
            shown += start - at + 1
            at = end
            self._steps.append((shown, end))
        parts.append(source[at:])
        self.text = "".join(parts)
        self.words = _words(self.text)

    def back(self, reach: Reach) -> Reach:
        """Where a reach of the view stands in the source."""
        return self._back(reach[0]), self._back(reach[1] - 1) + 1

    def _back(self, at: int) -> int:
        shown, stands = [step for step in self._steps if step[0] <= at][-1]
        return stands + at - shown

    def gap(self, left: int, right: int) -> str:
        """What stands between two words that follow one another."""
        return self.text[self.words[left].end : self.words[right].start]


def _words(text: str) -> list[Word]:
    found: list[Word] = []
    last = 0
    for piece in PIECES.finditer(text):
        written = SUFFIX.sub("", piece.group())
        opens = piece.start() == 0 or not found or bool(ENDS.search(text, last, piece.start()))
        end = piece.start() + len(written)
        found.append(Word(written, compared(written), piece.start(), end, opens))
        last = end
    return found


def compared(written: str) -> str:
    """A word in the letters in which it is compared: small, Latin, without accents."""
    for letter, sound in DOTTED:
        written = written.replace(letter, sound)
    low = normalize(written).replace("'", "").replace("’", "")
    return latin(low) or low
