"""The items of the voice once more, each of them said aloud by an outside voice and heard by the packaged model.

Six items about one patient are one recording, as a visit is; what was heard of it is redacted as a whole, as it would
be before it left, and each item is then looked for between the seconds at which it was said.
"""

# ruff: noqa: E501  (sentences read better on their lines)

import random
import re
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

from benchmarks import _heard, _kept, voice
from benchmarks._heard import RATE

TOGETHER = 6  # items of one recording
AT_A_TIME = 12  # recordings that are synthesised at once
BESIDE_MS = 1_000  # a word may be said to be so much earlier or later than it was
HOSTS = ("gmail", "yahoo", "rediffmail", "outlook", "number")
NEVER = ("unknown", "address", "birth_date")  # what the gate cannot know
HINDI = re.compile(r"\b(?:mera|naam|hai|par|ko|ji|aap|kal|likh|lijiye|dijiye|kar|dena|namaste|do)\b")

Figures = dict[str, float | int | str]


class Visit(NamedTuple):
    """A recording: its patient, and what is said in it one after the other."""

    given: str
    family: str
    items: tuple[Any, ...]


def visits(scale: int) -> list[Visit]:
    """The recordings of `scale` items, in English as it is said."""
    dice = random.Random(21)
    kinds = list(voice.FRAMES)
    english = {kind: [one for one in frames if not HINDI.search(one.lower())] for kind, frames in voice.FRAMES.items()}
    named = [one for one in voice.NAMED if not HINDI.search(one.lower())]
    strange = [one for one in voice.STRANGER if not HINDI.search(one.lower())]
    found: list[Visit] = []
    for first in range(0, scale, TOGETHER):
        given, family = dice.choice(voice.FIRST), dice.choice(voice.LAST)
        items = []
        for number in range(first, min(first + TOGETHER, scale)):
            part = number % 10
            if part < 4:
                shown = dice.choice((f"{given} {family}", given))
                items.append(voice.Item(dice.choice(named).format(x=shown), "known", "heard", tuple(shown.split())))
            elif part == 4:
                shown = f"{dice.choice(voice.UNKNOWN_FIRST)} {dice.choice(voice.UNKNOWN_LAST)}"
                items.append(voice.Item(dice.choice(strange).format(x=shown), "unknown", "heard", tuple(shown.split())))
            else:
                kind = kinds[(number // 10 + number) % len(kinds)]
                secret = _letters(voice.secret(kind, "spoken", dice, hindi=False))
                items.append(voice.Item(dice.choice(english[kind]).format(x=secret), kind, "heard", (secret,)))
        dice.shuffle(items)
        found.append(Visit(given, family, tuple(items)))
    return found


def _letters(said: str) -> str:
    """Letters that stand alone as a voice spells them."""
    return re.sub(r"\b[a-z]\b", lambda letter: letter.group().upper(), said)


def listened(
    command: list[str], said: Sequence[Visit], book: _kept.Book
) -> list[tuple[Visit, _kept.Hearing, list[tuple[int, int]]]]:
    """Each recording, what was heard of it, and from when to when each of its items was said."""
    found = []
    for first in range(0, len(said), AT_A_TIME):
        part = said[first : first + AT_A_TIME]
        texts = [item.text for one in part for item in one.items]
        sounds = iter(_heard.spoken(command, texts))
        for one in part:
            parts = [next(sounds) for _ in one.items]
            times, at = [], 0
            for piece in parts:
                times.append((round(at * 1000 / RATE), round((at + len(piece)) * 1000 / RATE)))
                at += len(piece) + int(_heard.GAP * RATE)
            whole = _heard.joined(parts)
            hearing = book.of("visit", [item.text for item in one.items], partial(_heard.heard, whole))
            found.append((one, hearing, times))
        print(f"  {min(first + AT_A_TIME, len(said))}/{len(said)} recordings heard", file=sys.stderr, flush=True)
    return found


def figures(
    found: Iterable[tuple[Visit, _kept.Hearing, list[tuple[int, int]]]],
    staff: tuple[Any, ...],
    allowed: frozenset[str],
    finder: Any,
) -> Figures:
    """Recall per kind after real recognition, and what would have left."""
    from kalon.voice.rules.redaction import Known, Redactor, leaks

    gone: dict[str, list[bool]] = {}
    modelled: list[bool] = []
    outbound, held, recordings, seconds = 0, 0, 0, 0.0
    for visit, hearing, times in found:
        people = (Known("PATIENT_AAAAAA", (f"{visit.given} {visit.family}",)), *staff)
        redactor = Redactor(people, allowed)
        redacted = redactor(hearing.text)
        with_model = Redactor(people, allowed, finder=finder)(hearing.text) if finder else None
        recordings, seconds = recordings + 1, seconds + hearing.seconds
        for item, (start, end) in zip(visit.items, times, strict=True):
            where = _reach(hearing, start - BESIDE_MS, end + BESIDE_MS)
            left = _left(redacted, where)
            right = not still_there(left, item)
            gone.setdefault(item.kind, []).append(right)
            if item.kind == "unknown" and with_model is not None:
                modelled.append(not still_there(_left(with_model, where), item))
            if not right:
                refused = bool(leaks(left, people, allowed))
                held += refused
                outbound += not refused and item.kind not in NEVER
                what = "refused at the gate" if refused else "would have left"
                print(
                    f"{item.kind} {what}: {item.text}  →  {hearing.text[slice(*where)]!r}  →  {left!r}", file=sys.stderr
                )
    every = [one for kind, rows in gone.items() if kind not in ("known", "unknown") for one in rows]
    model: Figures = {"recall_unknown_heard_with_model": _share(modelled)} if modelled else {}
    return {
        "heard_items_count": sum(map(len, gone.values())), "heard_recordings": recordings, "heard_seconds": round(seconds),
        **{f"recall_{kind}_heard": _share(rows) for kind, rows in sorted(gone.items())},
        **{f"heard_{kind}_count": len(rows) for kind, rows in sorted(gone.items())},
        **model, "recall_structured_heard": _share(every),
        "refused_at_the_gate_heard": held, "outbound_identifiers_heard": outbound,
    }  # fmt: skip


def _share(rows: Sequence[bool]) -> float:
    return round(sum(rows) / len(rows), 4) if rows else 0.0


def _reach(hearing: _kept.Hearing, start: int, end: int) -> tuple[int, int]:
    """From where to where in the text the words stand that were said then."""
    inside: list[int] = []
    at = 0
    for line in hearing.lines:
        here = at
        for word in line.words:
            found = hearing.text.find(word.text, here)
            if 0 <= found <= at + len(line.text):
                here = found + len(word.text)
                if word.to_ms > start and word.from_ms < end:
                    inside += [found, here]
        at += len(line.text) + 1
    return (min(inside), max(inside)) if inside else (0, 0)


def _left(redacted: Any, where: tuple[int, int]) -> str:
    """What is left of a reach of the text: tokens in place of what was taken."""
    parts, at = [], where[0]
    for span in redacted.spans:
        if span.end <= where[0] or span.start >= where[1]:
            continue
        parts += [redacted.source[at : max(at, span.start)], span.token]
        at = max(at, span.end)
    return "".join([*parts, redacted.source[at : max(at, where[1])]])


def still_there(left: str, item: Any) -> bool:
    """Whether what is left still names somebody: a word like the name, a month or year of birth, a row of the digits."""
    from rapidfuzz import fuzz

    words = re.findall(r"[a-z]+", re.sub(r"\[?[A-Z]+(?:_[A-Z0-9]+)+\]?", " ", left).lower())
    pairs = [*words, *(one + two for one, two in pairwise(words))]
    mark = item.marks[0].lower()
    if item.kind in ("known", "unknown"):
        return any(len(word) > 3 and fuzz.ratio(word, one.lower()) >= 80 for word in pairs for one in item.marks)
    if item.kind in ("email", "address"):
        own = [
            word
            for word in re.findall(r"[a-z]+", mark)
            if len(word) > 4 and word not in HOSTS and word not in _heard.ONES and word not in _heard.TENS
        ]
        return any(fuzz.ratio(word, one) >= 85 for word in words for one in own)
    figures = "".join(word if word.isdigit() else " " for word in _heard.plain(_noughts(left)))
    if item.kind == "birth_date":
        year = "".join(word for word in _heard.plain(mark) if word.isdigit())[-4:]
        month = next(word for word in mark.split() if word.title() in voice.MONTHS)
        return year in figures or month in words
    digits = "".join(_digits(mark)).lstrip("0")
    size = min(4, len(digits))
    return any(digits[at : at + size] in figures for at in range(len(digits) - size + 1))


def _noughts(text: str) -> str:
    return re.sub(r"\b(?:oh|o)\b", "zero", re.sub(r"\[?[A-Z]+(?:_[A-Z0-9]+)+\]?", " . ", text), flags=re.IGNORECASE)


def _digits(text: str) -> Iterable[str]:
    times, tens = 1, ""
    for word in text.replace(",", " ").split():
        if word in ("double", "triple"):
            times = 2 if word == "double" else 3
            continue
        if tens and word in _heard.ONES and 0 < _heard.ONES[word] < 10:
            yield tens + str(_heard.ONES[word])
            tens = ""
            continue
        if tens:
            yield tens + "0"
            tens = ""
        if word in _heard.TENS:
            tens = str(_heard.TENS[word] // 10)
        elif word == "oh" or word in _heard.ONES:
            yield str(0 if word == "oh" else _heard.ONES[word]) * times
        times = 1
    if tens:
        yield tens + "0"
