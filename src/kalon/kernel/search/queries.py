"""One box: what was typed becomes the steps in which the database is asked."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from kalon.kernel.search.dates import parsed_dates
from kalon.kernel.search.tokens import (
    LONGEST_PREFIX,
    SUFFIXES,
    WHOLE_NUMBER,
    digits_of,
    e164,
    mrn_values,
    prefix,
    tokens,
)
from kalon.kernel.search.words import LIKELY, slips, sounds, words

__all__ = ["Query", "Step", "parse_query", "parsed_dates"]

MOST = 1500
# Every candidate is decrypted to be ranked, so a step takes no more than it takes to fill a list with the best.
SPARE = 12  # of those who all fit equally well, no more than are shown, and some should a few be no longer in use
CLOSE = 150  # of those who fit well
MANY = 400  # of those who may fit
ENOUGH = 20
SHORT = 3
BEGINNINGS = (4, 2)
MOST_SPELLINGS = 240  # the reviewed function takes 256 tokens
FEW_FOUND = 5
PHONE = re.compile(r"^\+?[\d\s().-]{4,24}$")
MOST_WORDS = 5


@dataclass(frozen=True)
class Step:
    """One question: rows that carry all of these tokens, and one of each group."""

    all_tokens: tuple[int, ...] = ()
    any_groups: tuple[tuple[int, ...], ...] = ()
    limit: int = MOST
    why: str = "name"
    unless: int = ENOUGH  # not asked when so many are found already


@dataclass(frozen=True)
class Query:
    """What was typed, and the steps: a later one is asked while the earlier ones found too few."""

    text: str
    names: tuple[str, ...] = ()
    phone: str = ""
    mrn: str = ""
    dates: tuple[str, ...] = ()
    steps: tuple[Step, ...] = field(default=())


def parse_query(text: str, *, organization_id: UUID, region: str = "IN", shown: int = 50) -> Query:
    """Recognise a name, phone number, record number or date of birth, alone or a name with one of the others.

    `shown` is how many people the caller has room for.
    """
    text = " ".join(text.replace("\x00", " ").split())[:200]
    rest, days = _take_date(text)
    dates = tuple(day.isoformat() for day in days)
    phone, mrn, names = _sort(rest)
    made = Query(text=text, names=names, phone=phone, mrn=mrn, dates=dates)
    steps = tuple(_steps(made, organization_id, region, shown))
    return Query(text=text, names=names, phone=phone, mrn=mrn, dates=dates, steps=steps)


def _take_date(text: str) -> tuple[str, list[date]]:
    pieces = text.split(" ")
    for size in (len(pieces), 3, 2, 1):
        for start in range(len(pieces) - size + 1):
            if days := parsed_dates(" ".join(pieces[start : start + size])):
                return " ".join(pieces[:start] + pieces[start + size :]), days
    return text, []


def _sort(text: str) -> tuple[str, str, tuple[str, ...]]:
    if text and PHONE.match(text) and len(digits_of(text)) >= min(SUFFIXES):
        return text, text if text.isdecimal() else "", ()
    phone, mrn, names = "", "", []
    for piece in text.split(" "):
        digits = digits_of(piece)
        if not digits:
            names += words(piece)
        elif re.search(r"[^\W\d_]", piece) or len(digits) < min(SUFFIXES):
            mrn = piece
        else:
            phone += piece
            mrn = mrn or piece
    return phone, mrn, tuple(names[:MOST_WORDS])


def _steps(query: Query, organization_id: UUID, region: str, shown: int) -> list[Step]:
    numbers = _numbers(query, organization_id, region)
    if not query.names:
        return [Step(any_groups=numbers, why="number")] if numbers else []

    names = tuple(word for word in query.names if not _is_initial(word))
    initials = tuple(_beginning_with(word, organization_id) for word in query.names if _is_initial(word))
    return list(_name_steps(names, (*initials, *numbers), max(shown, ENOUGH) + SPARE, organization_id))


def _is_initial(word: str) -> bool:
    return len(word) == 1 and word.isascii()


def _beginning_with(initial: str, organization_id: UUID) -> tuple[int, ...]:
    """The N of "Meera N": no token is so short, but of two letters there are few."""
    beginnings = [prefix(initial), *(prefix(initial + letter) for letter in LIKELY)]
    return tuple(sorted(tokens("name", beginnings, organization_id)))


def _name_steps(
    names: tuple[str, ...], also: tuple[tuple[int, ...], ...], equal: int, organization_id: UUID
) -> Iterator[Step]:
    """From the surest to the vaguest, a few people each: those who fit best stand among the first.

    `also` is one of which they must carry whatever the names sound like: initials and numbers.

    A common name fits thousands, so the cap must not cut at random: the very word is asked for before its
    beginning, and what sounds alike and begins alike before what only sounds alike.
    """

    def hashed(values: Iterable[str]) -> tuple[int, ...]:
        return tuple(sorted(tokens("name", values, organization_id)))

    if not names:
        yield Step((), also, equal)
        return
    longest = max(map(len, names))
    yield Step(hashed(f"w:{word}" for word in names), also, equal)
    begins_alike = equal if longest <= LONGEST_PREFIX else max(equal, CLOSE)
    yield Step(hashed(prefix(word) for word in names), also, begins_alike)
    if longest <= SHORT and not also:
        if len(names) == 1 and (near := slips(names[0])):  # "Alo" for Ali, where nobody is called Alok
            yield Step((), (hashed(f"w:{word}" for word in near),), CLOSE, "spelled nearly", FEW_FOUND)
        return
    heard = [hashed(sounds(word) | {prefix(word)}) for word in names]
    room = MOST_SPELLINGS // (1 + len(also))
    for at, word in enumerate(names):  # one word is misspelt, the others are as they stand
        if near := slips(word)[:room]:
            others = hashed(f"w:{other}" for place, other in enumerate(names) if place != at)
            yield Step(others, (*also, hashed(f"w:{other}" for other in near)), CLOSE, "spelled nearly")
    if len(names) == 1:  # two names that sound alike are few already; of one there may be thousands
        for size in BEGINNINGS:
            yield Step(hashed([prefix(names[0][:size])]), (*also, *heard), CLOSE, "sounds like")
    yield Step((), (*also, *heard), MANY, "sounds like")
    if len(heard) > 1:
        begun = [hashed({prefix(word[:2])}) for word in names]
        for at in range(len(heard)):
            yield Step((), (*also, *_loose(heard, begun, at)), MANY, "nearly", FEW_FOUND)
        sharp = {key for word in names for key in sounds(word) | {f"w:{word}"} if not key.startswith("s:")}
        yield Step((), (*also, hashed(sharp)), MANY, "part of it", 1)


def _loose(heard: list[tuple[int, ...]], begun: list[tuple[int, ...]], at: int) -> list[tuple[int, ...]]:
    """One word need only begin the same; the others must sound the same."""
    return [begun[place] if place == at else group for place, group in enumerate(heard)]


def _numbers(query: Query, organization_id: UUID, region: str) -> tuple[tuple[int, ...], ...]:
    groups: list[set[int]] = []
    if query.phone:
        asked = tokens("phone", _phone_asked(query.phone, region), organization_id)
        groups.append(asked | (tokens("mrn", _mrn_asked(query.phone), organization_id) if query.mrn else set()))
    elif query.mrn:
        groups.append(tokens("mrn", _mrn_asked(query.mrn), organization_id))
    if query.dates:
        groups.append(tokens("date", query.dates, organization_id))
    return tuple(tuple(sorted(group)) for group in groups)


def _phone_asked(phone: str, region: str) -> set[str]:
    digits = digits_of(phone)
    if len(digits) >= WHOLE_NUMBER:
        international = e164(phone, region) if phone.lstrip().startswith("+") else ""
        return {f"e:{international}"} if international else {f"n:{digits[-WHOLE_NUMBER:]}"}
    size = min(len(digits), max(SUFFIXES))
    return {f"x:{size}:{digits[-size:]}"}


def _mrn_asked(mrn: str) -> set[str]:
    values = mrn_values(mrn)
    return values if mrn.isdecimal() else {value for value in values if value.startswith("f:")}
