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
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks._said import CLINIC, TALK

Figures = dict[str, float | int | str]
RATE, GAP = 16_000, 0.7
HINDI = re.compile(
    r"\b(?:mera|naam|hai|par|ko|se|ji|aap|kal|likh|lijiye|dijiye|kar|dena|shunya|ek|teen|chaar|paanch|chhe|saat|aath|nau|namaste|do)\b"
)
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


def spoken(command: list[str], texts: Sequence[str]) -> list[Any]:
    """Each text as samples, a little faster or slower in turn."""
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder) / f"{at}.wav") for at in range(len(texts))]
        rows = [
            {"text": text, "file": file, "speed": 0.92 + 0.04 * (at % 5)}
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


def heard(samples: Any, hotwords: str) -> tuple[str, float]:
    """What the product's windows and its model hear, and how many seconds that took."""
    from kalon.voice.actions.hearing import AT_ONCE
    from kalon.voice.actions.listening import engine
    from kalon.voice.rules.windows import cut_at

    listener, at, said, began = engine(), 0, [], time.perf_counter()
    while at < len(samples):
        piece = samples[at : at + int(AT_ONCE * RATE)]
        closed = at + len(piece) >= len(samples)
        speech = listener.speech(piece)
        cut = int((cut_at(len(piece) / RATE, speech, closed=closed) or len(piece) / RATE) * RATE)
        if any(start * RATE < cut for start, _ in speech):
            said += [line.text for line in listener.recognise(piece[:cut], hotwords=hotwords, language="en").lines]
        at += cut
    return " ".join(said), time.perf_counter() - began


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
        number = None
        if word:
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


def still_there(left: str, item: Any) -> bool:
    """Whether what is left still names somebody: a word that sounds or looks like the name, or a row of the digits."""
    from rapidfuzz import fuzz

    words = re.findall(r"[a-z]+", re.sub(r"\[?[A-Z]+(?:_[A-Z0-9]+)+\]?", " ", left).lower())
    pairs = [*words, *(one + two for one, two in pairwise(words))]
    if item.kind in ("known", "unknown"):
        return any(len(word) > 3 and fuzz.ratio(word, mark.lower()) >= 80 for word in pairs for mark in item.marks)
    if item.kind in ("email", "address"):
        own = [
            word
            for word in re.findall(r"[a-z]+", item.marks[0].lower())
            if len(word) > 4 and word not in ("number", "gmail", "yahoo")
        ]
        return any(
            fuzz.ratio(word, mark) >= 85 for word in words for mark in own if mark not in ONES and mark not in TENS
        )
    figures = "".join(word for word in plain(left) if word.isdigit())
    wanted = "".join(_digits(item.marks[0]))
    return any(wanted[at : at + 4] in figures for at in range(max(1, len(wanted) - 3))) if len(wanted) >= 4 else False


def _digits(text: str) -> Iterable[str]:
    times = 1
    for word in text.lower().replace(",", " ").split():
        if word in ("double", "triple"):
            times = 2 if word == "double" else 3
        elif word == "oh" or word in ONES or word in TENS:
            yield str(0 if word == "oh" else ONES.get(word, TENS.get(word))) * times
            times = 1


def memory() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def recognition(command: list[str], terms: Sequence[str]) -> Figures:
    """Word errors and speed on a conversation, and on the words of the clinic with and without hints."""
    from kalon.voice.actions.listening import local

    talk, clinic = (joined(spoken(command, texts)) for texts in (TALK, CLINIC))
    heard(talk[: 5 * RATE], "")
    general, took = heard(talk, "")
    clinical, took_clinic = heard(clinic, "")
    kept, local.HINTS = local.HINTS, True
    with_hints, _ = heard(clinic, hinted(terms)[:300])
    local.HINTS = kept
    seconds = (len(talk) + len(clinic)) / RATE
    return {
        "spoken_seconds": round(seconds), "rtf": round((took + took_clinic) / seconds, 3), "wer": wrong(TALK, general),
        "wer_clinic": wrong(CLINIC, clinical), "wer_clinic_with_hints": wrong(CLINIC, with_hints),
        "memory_mb": memory(),
    }  # fmt: skip


def hinted(terms: Sequence[str], *names: str) -> str:
    """Names and terms as the product hints them."""
    said, length = [], 0
    for name in (*names, *terms):
        length += len(name) + 2
        if length > 900:
            break
        said.append(name)
    return ", ".join(said)


def redacted(
    command: list[str], items: Sequence[tuple[Any, Any, tuple[Any, ...]]], terms: Sequence[str], allowed: frozenset[str]
) -> Figures:
    """Recall per kind after real recognition, and what would have left: (item, redactor, people) of each."""
    from kalon.voice.rules.redaction import leaks

    chosen = [
        row
        for row in items
        if not HINDI.search(row[0].text.lower()) and (row[0].form != "written" or row[0].kind in ("known", "unknown"))
    ]
    found: dict[str, list[bool]] = {}
    outbound = 0
    for (item, redactor, people), samples in zip(chosen, spoken(command, [row[0].text for row in chosen]), strict=True):
        text, _ = heard(samples, hinted(terms, *(people[0].names if item.kind == "known" else ())))
        left = redactor(text).text
        gone = not still_there(left, item)
        if not gone:
            print(f"{item.kind} after recognition: {item.text}  →  {text}  →  {left}", file=sys.stderr)
        found.setdefault(item.kind, []).append(gone)
        outbound += (
            not gone and not leaks(left, people, allowed) and item.kind not in ("unknown", "address", "birth_date")
        )
    return {
        "heard_items_count": len(chosen), **{f"recall_{kind}_heard": round(sum(all_) / len(all_), 4) for kind, all_ in sorted(found.items())},
        "outbound_identifiers_heard": outbound,
    }  # fmt: skip
