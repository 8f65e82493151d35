"""The voice after real recognition: how well and how fast the packaged model hears, and what is taken out of that.

An outside voice (`_speak.py`, a program of its own) says the sentences; the product's own windows and model listen.
"""

# ruff: noqa: E501  (tables and conditions read better on their lines)

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from benchmarks._kept import Book, Hearing
from benchmarks._said import CLINIC, TALK

if TYPE_CHECKING:
    from kalon.voice.rules.lines import Line

Figures = dict[str, float | int | str]
Mixed: TypeAlias = Callable[[Any], Any]
RATE, GAP = 16_000, 0.7
AT_ONCE = 14  # sentences of a conversation that are one recording
UNITS = {
    "milligrams": "mg",
    "milligram": "mg",
    "millilitres": "ml",
    "millilitre": "ml",
    "milliliters": "ml",
    "milliliter": "ml",
    "percent": "%",
    "cc": "ml",
}
SPELT = {
    "haemoglobin": "hemoglobin",
    "haematoma": "hematoma",
    "anaesthesia": "anesthesia",
    "gynaecomastia": "gynecomastia",
    "fibre": "fiber",
    "okay": "ok",
}
ONES = {
    word: at
    for at, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
TENS = {
    word: 10 * at
    for at, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}


def talker() -> list[str] | None:
    """The command of an outside voice; None where there is none."""
    named = os.environ.get("KALON_BENCH_VOICE") or (sys.executable if shutil.which("espeak-ng") else "")
    return [named, "-I", str(Path(__file__).with_name("_speak.py"))] if named else None


def voices(command: list[str]) -> dict[str, str]:
    """The languages that the outside voice speaks, each with who speaks it."""
    told: dict[str, str] = json.loads(subprocess.run([*command, "--languages"], capture_output=True, check=True).stdout)
    return told


def spoken(command: list[str], texts: Sequence[str], language: str = "en") -> list[Any]:
    """Each text as samples, a little faster or slower in turn."""
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder) / f"{at}.wav") for at in range(len(texts))]
        rows = [
            {"text": text, "file": file, "speed": 0.92 + 0.04 * (at % 5), "language": language}
            for at, (text, file) in enumerate(zip(texts, files, strict=True))
        ]
        subprocess.run(command, input="\n".join(map(json.dumps, rows)), text=True, check=True)
        return [_samples(file) for file in files]


def _samples(file: str) -> Any:
    import numpy

    with wave.open(file) as source:
        rate = source.getframerate()
        raw = numpy.frombuffer(source.readframes(source.getnframes()), "<i2").astype(numpy.float32) / 32_768
    at = numpy.arange(0, len(raw) - 1, rate / RATE)
    return numpy.interp(at, numpy.arange(len(raw)), raw).astype(numpy.float32)


def joined(parts: Sequence[Any]) -> Any:
    import numpy

    gap = numpy.zeros(int(GAP * RATE), numpy.float32)
    return numpy.concatenate([piece for part in parts for piece in (part, gap)])


def heard(samples: Any, hotwords: str = "") -> Hearing:
    """What the product's windows and its model hear, stretch by stretch, and how many seconds that took."""
    from kalon.voice.actions.hearing import AT_ONCE as AHEAD
    from kalon.voice.actions.listening import engine
    from kalon.voice.rules.windows import cut_at

    listener, at, began = engine(), 0, time.perf_counter()
    lines: list[Line] = []
    languages: list[str] = []
    while at < len(samples):
        piece = samples[at : at + int(AHEAD * RATE)]
        closed = at + len(piece) >= len(samples)
        speech = listener.speech(piece)
        cut = int((cut_at(len(piece) / RATE, speech, closed=closed) or len(piece) / RATE) * RATE)
        if any(start * RATE < cut for start, _ in speech):
            said = listener.recognise(piece[:cut], hotwords=hotwords, language=languages[0] if languages else "")
            lines += [line.later(round(at / RATE * 1000)) for line in said.lines]
            languages += [said.language] if said.lines else []
        at += cut
    return Hearing(tuple(lines), tuple(languages), len(samples) / RATE, time.perf_counter() - began)


def plain(text: str) -> list[str]:
    """Words as they are compared: small, numbers in figures, units short, one spelling."""
    words = re.findall(r"[a-z]+|\d+(?:\.\d+)?|%", text.lower().replace("-", " ").replace(",", ""))
    counted: list[str] = []
    number: int | None = None
    for word in [*words, ""]:
        value = _valued(word, number)
        if value is not None:
            number = value
            continue
        if word == "and" and number is not None and number % 100 == 0 and number:
            continue
        if number is not None:
            counted.append(str(number))
        number = _valued(word, None)
        if word and number is None:
            counted.append(SPELT.get(word, UNITS.get(word, word)))
    return counted


def _valued(word: str, before: int | None) -> int | None:
    if word == "hundred":
        return (before or 1) * 100
    if word == "thousand":
        return (before or 1) * 1000
    value = ONES.get(word, TENS.get(word))
    if value is None:
        return None
    fits = before is None or (before % 100 == 0 and before) or (before % 10 == 0 and before % 100 >= 20 and value < 10)
    return (before or 0) + value if fits else None


def wrong(said: Iterable[str], text: str) -> float:
    """The share of words that are missing, wrong or too many."""
    from rapidfuzz.distance import Levenshtein

    wanted = [word for one in said for word in plain(one)]
    return round(Levenshtein.distance(wanted, plain(text)) / len(wanted), 4)


def memory() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def conversation(
    book: Book, label: str, texts: Sequence[str], sounds: Sequence[Any], *, hints: str = "", mixed: Mixed | None = None
) -> Hearing:
    """What is heard of sentences said one after the other, a minute of them at a time; `mixed` adds what else is heard."""
    found: list[Hearing] = []
    for first in range(0, len(texts), AT_ONCE):
        part = joined(sounds[first : first + AT_ONCE])
        said = [hints, *texts[first : first + AT_ONCE]]
        found.append(book.of(label, said, partial(heard, mixed(part) if mixed else part, hints)))
    return Hearing(
        tuple(line for one in found for line in one.lines), tuple(name for one in found for name in one.languages),
        sum(one.seconds for one in found), sum(one.took for one in found),
    )  # fmt: skip


def recognition(command: list[str], terms: Sequence[str], book: Book) -> tuple[Figures, str]:
    """Word errors and speed on a conversation, and on the words of the clinic with and without hints; what was heard."""
    from kalon.voice.actions.listening import local

    talk, clinic = spoken(command, TALK), spoken(command, CLINIC)
    heard(talk[0])  # the model is read before the clock runs
    general, clinical = conversation(book, "plain", TALK, talk), conversation(book, "plain", CLINIC, clinic)
    kept, local.HINTS = local.HINTS, True
    with_hints = conversation(book, "hints", CLINIC, clinic, hints=hinted(terms)[:300])
    local.HINTS = kept
    seconds = general.seconds + clinical.seconds
    return {
        "spoken_seconds": round(seconds), "rtf": round((general.took + clinical.took) / seconds, 3),
        "wer": wrong(TALK, general.text), "wer_clinic": wrong(CLINIC, clinical.text),
        "wer_clinic_with_hints": wrong(CLINIC, with_hints.text),
    }, f"{general.text}\n{clinical.text}"  # fmt: skip


def hinted(terms: Sequence[str]) -> str:
    """Terms as the product hints them."""
    said, length = [], 0
    for name in terms:
        length += len(name) + 2
        if length > 900:
            break
        said.append(name)
    return ", ".join(said)
