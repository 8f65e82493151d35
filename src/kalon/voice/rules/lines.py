"""What was said, as it is kept: lines with their times, and the words in them with how sure the listener was."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

UNSURE = 0.5  # below it a word is marked as perhaps misheard


@dataclass(frozen=True, slots=True)
class Word:
    """One word: from and to in milliseconds of the recording, and how sure the listener was, from 0 to 1."""

    text: str
    from_ms: int
    to_ms: int
    sure: float

    @property
    def is_unsure(self) -> bool:
        return self.sure < UNSURE


@dataclass(frozen=True, slots=True)
class Line:
    """A line of what was said, from and to in milliseconds; `speaker` from 1, 0 where nobody can tell."""

    from_ms: int
    to_ms: int
    text: str
    words: tuple[Word, ...] = ()
    speaker: int = 0

    @property
    def clock(self) -> str:
        """When it was said, as minutes and seconds: 02:38."""
        minutes, seconds = divmod(self.from_ms // 1000, 60)
        return f"{minutes:02d}:{seconds:02d}"

    def later(self, by_ms: int) -> "Line":
        """The same line on a clock that began so much earlier."""
        words = tuple(Word(one.text, one.from_ms + by_ms, one.to_ms + by_ms, one.sure) for one in self.words)
        return Line(self.from_ms + by_ms, self.to_ms + by_ms, self.text, words, self.speaker)


def written(lines: Sequence[Line]) -> bytes:
    """Lines as they are sealed."""
    rows = [
        [
            one.from_ms,
            one.to_ms,
            one.text,
            [[w.text, w.from_ms, w.to_ms, round(w.sure, 3)] for w in one.words],
            one.speaker,
        ]
        for one in lines
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()


def read(kept: bytes) -> list[Line]:
    """Lines as they were sealed."""
    return [
        Line(start, end, text, tuple(Word(*word) for word in words), speaker)
        for start, end, text, words, speaker in ((*row, 0)[:5] for row in json.loads(kept))
    ]


def ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Sorted numbers as runs, each from its first to its last: 0 1 2 5 is (0, 2), (5, 5)."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
