"""Patterns a clinic adds: regular expressions that can be trusted not to run for ever."""

import re
from dataclasses import dataclass
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from kalon.voice.rules.redaction.kinds import CUSTOM_TOKEN, Kind

LONGEST = 200
MOST_REPEATS = 4
WIDEST = 64
ALWAYS = frozenset({Kind.AADHAAR, Kind.PHONE, Kind.EMAIL, Kind.PATIENT})


class BadPattern(ValueError):
    """A pattern cannot be taken; the text says why."""


@dataclass(frozen=True)
class Pattern:
    """A clinic's own pattern and what takes its place."""

    name: str
    regex: str
    token: str

    def __post_init__(self) -> None:
        checked(self.regex)
        if not CUSTOM_TOKEN.match(self.token):
            raise BadPattern("The replacement is large letters in brackets that end in _REDACTED: [LOCKER_REDACTED].")


def checked(regex: str) -> "re.Pattern[str]":
    """The pattern, compiled, if it is short, says something and reads any text in a straight line."""
    if len(regex) > LONGEST:
        raise BadPattern(f"A pattern has at most {LONGEST} characters.")
    try:
        tree = parser.parse(regex, re.IGNORECASE)
        pattern = re.compile(regex, re.IGNORECASE)
    except (re.error, RecursionError, OverflowError) as wrong:
        raise BadPattern(f"This is not a regular expression: {wrong}.") from None
    _straight(tree, inside=False)
    if pattern.match("") or pattern.fullmatch(" ") or pattern.search("the skin is dry"):
        raise BadPattern("This pattern fits ordinary text: say more exactly what it looks for.")
    return pattern


def _straight(tree: Any, *, inside: bool) -> None:
    """Refuse what may take long: a repeat inside a repeat, many repeats, references back, looking around."""
    repeats = 0
    for code, argument in tree:
        if code in (codes.GROUPREF, codes.GROUPREF_EXISTS, codes.ASSERT, codes.ASSERT_NOT):
            raise BadPattern("References back and looking around are not taken.")
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            least, most, body = argument
            if most is codes.MAXREPEAT or most > WIDEST:
                raise BadPattern(f"Say how often at most, up to {WIDEST}: {{1,20}} instead of + or *.")
            if most != least:
                repeats += 1
                if inside:
                    raise BadPattern("A repeat inside a repeat may take for ever.")
            _straight(body, inside=inside or most != least or most > 1)
        elif code is codes.SUBPATTERN:
            _straight(argument[-1], inside=inside)
        elif code is codes.BRANCH:
            if inside:
                raise BadPattern("A choice inside a repeat may take for ever.")
            for branch in argument[1]:
                _straight(branch, inside=inside)
        elif code is codes.ATOMIC_GROUP:
            _straight(argument, inside=inside)
    if repeats > MOST_REPEATS:
        raise BadPattern(f"A pattern has at most {MOST_REPEATS} repeats.")
