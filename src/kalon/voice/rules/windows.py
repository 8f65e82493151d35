"""Where a stretch of sound is cut before it is recognised: at a pause, so that no word is halved."""

from collections.abc import Sequence
from itertools import pairwise

LONGEST = 28.0  # seconds: the model hears thirty at once
LEAST = 6.0  # shorter stretches wait for more, while more may come
PAUSE = 0.35  # seconds of silence at which nobody is in the middle of a word
ENDED = 0.7  # the same at the end of what is there, where the next word may just begin
AFTER = 0.2  # kept after the last word


def cut_at(seconds: float, speech: Sequence[tuple[float, float]], *, closed: bool) -> float | None:
    """Where to cut `seconds` of sound that holds speech from-to; None to wait for more. `closed`: no more will come."""
    if closed and seconds <= LONGEST:
        return seconds
    if seconds < LEAST:
        return None
    if not speech:
        return seconds if closed else seconds - ENDED
    pauses = _pauses(seconds, speech)
    late = [at for at in pauses if LEAST / 2 <= at <= LONGEST]
    if late:
        return late[-1]
    return min(seconds, LONGEST) if seconds >= LONGEST else None


def _pauses(seconds: float, speech: Sequence[tuple[float, float]]) -> list[float]:
    found = [speech[0][0] / 2] if speech[0][0] >= PAUSE else []
    for (_start, end), (following, _end) in pairwise(speech):
        if following - end >= PAUSE:
            found.append(end + min(AFTER, (following - end) / 2))
    last = speech[-1][1]
    if seconds - last >= ENDED:
        found.append(last + AFTER)
    return found
