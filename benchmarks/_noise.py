"""The same talk in a noisy room: with hiss, and with other people talking, at three levels."""

from functools import partial
from typing import Any

from benchmarks import _heard
from benchmarks._kept import Book
from benchmarks._said import CLINIC
from benchmarks._said import TALK as ALL

LEVELS = (20, 10, 5)  # decibels by which the speech is louder than the noise
TALK = ALL[: _heard.AT_ONCE]
TALKERS = 5
QUIET = 0.01

Figures = dict[str, float | int | str]


def figures(command: list[str], book: Book) -> Figures:
    """Word errors at each level."""
    talk = _heard.spoken(command, TALK)
    longest = sum(map(len, talk)) + len(talk) * _heard.RATE
    noises = {"white": _hiss(longest), "babble": _babble(_heard.spoken(command, CLINIC), longest)}
    found: Figures = {}
    for name, noise in noises.items():
        for level in LEVELS:
            hearing = _heard.conversation(
                book, f"{name} {level} dB", TALK, talk,
                mixed=partial(_mixed, noise, level),
            )  # fmt: skip
            found["noise_spoken_seconds"] = round(hearing.seconds)
            found[f"wer_{name}_{level}db"] = _heard.wrong(TALK, hearing.text)
    return found


def _hiss(size: int) -> Any:
    import numpy

    return numpy.random.default_rng(7).normal(0, 1, size).astype(numpy.float32)


def _babble(crowd: list[Any], size: int) -> Any:
    """Some people at once, each saying all the sentences from another one on, without a pause."""
    import numpy

    voices = numpy.zeros(size, numpy.float32)
    for one in range(TALKERS):
        first = one * len(crowd) // TALKERS
        said = numpy.concatenate([*crowd[first:], *crowd[:first]])
        voices += numpy.resize(said, size)
    return voices


def _mixed(noise: Any, level: int, talk: Any) -> Any:
    """Speech and noise, the one louder than the other by so many decibels where somebody speaks."""
    import numpy

    loud = numpy.sqrt((talk[abs(talk) > QUIET] ** 2).mean())
    scale = loud / numpy.sqrt((noise**2).mean()) / 10 ** (level / 20)
    mixed = talk + noise[: len(talk)] * scale
    return (mixed / max(1.0, float(abs(mixed).max()))).astype(numpy.float32)
