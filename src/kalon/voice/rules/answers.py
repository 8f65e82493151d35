"""What a recogniser outside the clinic answered, read with suspicion: words with times that can be, or nothing."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from kalon.voice.rules.lines import Line, Word

LATE = 1.0  # seconds that a time may lie beyond the end of the sound, by rounding and padding
FASTEST = 12  # words a second that somebody can say
LONGEST = 80  # letters of a word
PAUSE_MS = 900  # after which a line ends
MOST_WORDS = 40  # of a line


class Nonsense(Exception):
    """This is no answer to what was asked."""


def read_deepgram(said: Any, seconds: float) -> tuple[tuple[Line, ...], float]:
    """The lines of a Deepgram answer (`/v1/listen`) to so many seconds of sound, and how sure it is of them."""
    try:
        best = said["results"]["channels"][0]["alternatives"][0]
        rows = best["words"]
        sure = float(best.get("confidence", 0.0))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        raise Nonsense("Its answer has no words in it.") from None
    if not isinstance(rows, list) or len(rows) > FASTEST * (seconds + LATE) or not 0 <= sure <= 1:
        raise Nonsense("It heard more words than can be said.")
    words = [_word(row, seconds) for row in rows]
    if any(one[0].from_ms > two[0].from_ms for one, two in pairwise(words)):
        raise Nonsense("Its words are not in order.")
    return tuple(_lines(words)), sure


def _word(row: Any, seconds: float) -> tuple[Word, int]:
    try:
        text = str(row.get("punctuated_word") or row["word"]).strip()
        start, end, sure = (float(row[key]) for key in ("start", "end", "confidence"))
        speaker = int(row.get("speaker") or 0)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Nonsense("One of its words is none.") from None
    numbers_fit = all(map(math.isfinite, (start, end, sure))) and 0 <= start <= end <= seconds + LATE and 0 <= sure <= 1
    if not numbers_fit or not 0 < len(text) <= LONGEST or not text.isprintable():
        raise Nonsense("One of its words cannot be.")
    return Word(text, round(start * 1000), round(end * 1000), sure), speaker


def _lines(words: Sequence[tuple[Word, int]]) -> Iterator[Line]:
    """A line ends where another voice begins, after a pause, and when it is long.

    Its numbers of speakers begin anew with each stretch of sound, so they part lines and name nobody.
    """
    line: list[Word] = []
    before = 0
    for word, speaker in words:
        if line and (speaker != before or word.from_ms - line[-1].to_ms > PAUSE_MS or len(line) >= MOST_WORDS):
            yield _line(line)
            line = []
        line.append(word)
        before = speaker
    if line:
        yield _line(line)


def _line(words: Sequence[Word]) -> Line:
    return Line(words[0].from_ms, words[-1].to_ms, " ".join(word.text for word in words), tuple(words))
