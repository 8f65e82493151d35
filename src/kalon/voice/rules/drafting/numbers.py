"""Numbers as they are said in English, and in Hindi before what is counted, as digits."""

# ruff: noqa: E501  (patterns and lists read better on their lines)

from collections.abc import Iterable, Iterator
from decimal import Decimal

Piece = tuple[str, int]

PAUSE = "|"  # stands where somebody drew breath: no number goes over it

SMALL = {
    word: value
    for value, word in enumerate(
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
    word: value * 10
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
HINDI = {
    "ek": 1, "do": 2, "teen": 3, "tin": 3, "char": 4, "chaar": 4, "paanch": 5, "panch": 5, "chhe": 6, "saat": 7,
    "aath": 8, "nau": 9, "das": 10, "pandrah": 15, "bees": 20, "tees": 30,
    "एक": 1, "दो": 2, "तीन": 3, "चार": 4, "पांच": 5, "पाँच": 5, "छह": 6, "सात": 7, "आठ": 8, "नौ": 9, "दस": 10,
}  # fmt: skip
COUNTED = frozenset(
    ["goli", "goliyan", "baar", "bar", "din", "dino", "dinon", "hafte", "hafta", "mahine", "mahina", "tablet", "tablets", "ghante", "ghanta", "गोली", "बार", "दिन", "हफ्ते", "महीने"]
)  # fmt: skip
UNITS = frozenset(
    [
        "mg",
        "milligram",
        "milligrams",
        "ml",
        "mcg",
        "microgram",
        "micrograms",
        "g",
        "gram",
        "grams",
        "units",
        "unit",
        "percent",
        "%",
    ]
)


def plain_numbers(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces with each number as digits; a number said in several words is one piece, at its first word."""
    rest = list(pieces)
    at = 0
    while at < len(rest):
        value, size = _number(rest, at)
        if size:
            yield f"{value.normalize():f}", rest[at][1]
            at += size
        else:
            if rest[at][0] != PAUSE:
                yield rest[at]
            at += 1


def _number(pieces: list[Piece], at: int) -> tuple[Decimal, int]:
    said = [piece for piece, _word in pieces[at : at + 9]]
    if said[0] in HINDI and len(said) > 1 and said[1] in COUNTED:
        return Decimal(HINDI[said[0]]), 1
    value, size = _hundreds(said)
    if not size:
        return Decimal(0), 0
    if said[size : size + 1] == ["thousand"]:
        more, further = _hundreds(said[size + 1 :])
        value, size = value * 1000 + (more if further else 0), size + 1 + further
    if said[size : size + 1] == ["point"] and (digits := _digits(said[size + 1 :])):
        return Decimal(f"{value}.{''.join(digits)}"), size + 1 + len(digits)
    if said[size : size + 3] == ["and", "a", "half"]:
        return Decimal(value) + Decimal("0.5"), size + 3
    return Decimal(value), size


def _hundreds(said: list[str]) -> tuple[int, int]:
    value, size = _tens(said)
    if not size:
        return 0, 0
    if said[size : size + 1] == ["hundred"]:
        size += 1
        skip = size + (said[size : size + 1] == ["and"])
        more, further = _tens(said[skip:])
        return (value * 100 + more, skip + further) if further else (value * 100, size)
    if 0 < value < 10 and size == 1:  # six fifty, as strengths are said; four five is two numbers
        more, further = _tens(said[1:])
        if further and more >= 20 and said[1] in TENS:
            return value * 100 + more, 1 + further
    return value, size


def _tens(said: list[str]) -> tuple[int, int]:
    if not said:
        return 0, 0
    if said[0] in TENS:
        if len(said) > 1 and 0 < SMALL.get(said[1], 0) < 10:
            return TENS[said[0]] + SMALL[said[1]], 2
        return TENS[said[0]], 1
    return (SMALL[said[0]], 1) if said[0] in SMALL else (0, 0)


def _digits(said: list[str]) -> list[str]:
    found: list[str] = []
    for word in said:
        if SMALL.get(word, 10) > 9:
            break
        found.append(str(SMALL[word]))
    return found
