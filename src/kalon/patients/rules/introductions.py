"""What somebody types to look for a person, told apart: the names, a phone number, an e-mail, a date of birth."""

import re

from kalon.kernel.search import parsed_dates

TITLES = frozenset(("mr", "mrs", "ms", "miss", "master", "baby", "dr", "smt", "shri", "sri", "kumari"))
# Words that belong to the name after them: Maria de Souza, Omar bin Said.
PARTICLES = frozenset(
    ("de", "da", "di", "do", "dos", "van", "von", "der", "den", "bin", "binti", "ibn", "al", "el", "la")
)
PHONE = re.compile(r"(?<![\w-])\+?\(?\d[\d\s().-]{4,}\d(?!\w)")
LEAST_DIGITS = 6
LONGEST = 200


def introduced(text: str) -> dict[str, str]:
    """The fields of a new patient that a line from the search box fills; a record number fills none.

    The last word is the family name, with the particles before it; what stands before a comma is, too.
    """
    rest = " ".join(text.replace("\x00", " ").split())[:LONGEST]
    told: dict[str, str] = {}
    rest, told["birth_date"] = _date(rest)
    rest, told["email"] = _taken(rest, re.compile(r"\S+@\S+\.\S+"))
    rest, told["phone"] = _taken(rest, PHONE)
    told["given_name"], told["family_name"] = _names(rest)
    return {field: words for field, words in told.items() if words}


def _date(text: str) -> tuple[str, str]:
    """A date of birth, where only one day can be meant."""
    pieces = text.split(" ")
    for size in (3, 1):
        for start in range(len(pieces) - size + 1):
            days = parsed_dates(" ".join(pieces[start : start + size]))
            if days:
                left = " ".join(pieces[:start] + pieces[start + size :])
                return left, days[0].isoformat() if len(days) == 1 else ""
    return text, ""


def _taken(text: str, pattern: re.Pattern[str]) -> tuple[str, str]:
    found = pattern.search(text)
    if found is None or (pattern is PHONE and sum(letter.isdigit() for letter in found[0]) < LEAST_DIGITS):
        return text, ""
    return f"{text[: found.start()]} {text[found.end() :]}", found[0]


def _names(text: str) -> tuple[str, str]:
    family, comma, given = text.partition(",")
    if comma and given.strip():
        return _written(_words(given)), _written(_words(family))
    words = _words(text)
    at = max(len(words) - 1, 1)
    while at > 1 and words[at - 1].casefold() in PARTICLES:
        at -= 1
    return _written(words[:at]), _written(words[at:])


def _words(text: str) -> list[str]:
    words = [word for word in text.replace(",", " ").split() if not any(letter.isdigit() for letter in word)]
    return [word for word in words if word.rstrip(".").casefold() not in TITLES]


def _written(words: list[str]) -> str:
    """As names are written, when somebody typed in a hurry: meera nair is Meera Nair, McKay stays."""
    text = " ".join(words)
    if text != text.casefold():
        return text
    return " ".join(word if word in PARTICLES else word[:1].upper() + word[1:] for word in words)
