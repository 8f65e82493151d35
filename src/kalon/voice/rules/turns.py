"""Who speaks, where two microphones recorded: the side on which a word is louder; and where one gives way to the other.

Each side is told by a number from 1; 0 where nobody can tell, as with one microphone, or two that hear the same.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from kalon.voice.rules.lines import Line, Word

STEP_MS = 10  # of sound that one level stands for
LOUDER = 1.6  # so many times the other side (4 dB) is nearer to a mouth
TELLS = 0.2  # of the words must be louder on either side, or both microphones hear the same

Levels = Sequence[float]


def told_apart(lines: Sequence[Line], sides: tuple[Levels, Levels] | None) -> tuple[Line, ...]:
    """The same words as lines of one speaker each; as they are where nobody can tell."""
    if sides is None:
        return tuple(lines)
    words = [word for line in lines for word in line.words]
    told = [_louder(word, sides) for word in words]
    if not words or sum(map(bool, told)) < TELLS * len(words):
        return tuple(lines)
    speakers = iter(_filled(told))
    turns: list[Line] = []
    for line in lines:
        turns += _turns(line, [next(speakers) for _ in line.words])
    return tuple(turns)


def _louder(word: Word, sides: tuple[Levels, Levels]) -> int:
    left, right = (_level(side, word) for side in sides)
    if left > LOUDER * right:
        return 1
    return 2 if right > LOUDER * left else 0


def _level(side: Levels, word: Word) -> float:
    heard = side[word.from_ms // STEP_MS : max(word.to_ms, word.from_ms + STEP_MS) // STEP_MS]
    return sum(heard) / len(heard) if len(heard) else 0.0


def _filled(told: Sequence[int]) -> list[int]:
    """A word that is as loud on both sides belongs to whoever spoke before it, or at the beginning, after it."""
    filled: list[int] = []
    last = next(filter(None, told), 0)
    for one in told:
        last = one or last
        filled.append(last)
    return filled


def _turns(line: Line, speakers: Sequence[int]) -> list[Line]:
    if not line.words or len(set(speakers)) == 1:
        return [replace(line, speaker=speakers[0] if speakers else 0)]
    turns: list[Line] = []
    for speaker, group in groupby(zip(line.words, speakers, strict=True), key=lambda pair: pair[1]):
        words = tuple(word for word, _ in group)
        text = " ".join(word.text for word in words)
        turns.append(Line(words[0].from_ms, words[-1].to_ms, text, words, speaker))
    return turns
