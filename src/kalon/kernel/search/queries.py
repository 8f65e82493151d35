"""One box: what was typed becomes the steps in which the database is asked."""

import re
from dataclasses import dataclass, field
from uuid import UUID

from kalon.kernel.search.dates import parsed_dates
from kalon.kernel.search.tokens import SUFFIXES, WHOLE_NUMBER, digits_of, e164, mrn_values, prefix, token
from kalon.kernel.search.words import sounds, words

__all__ = ["Query", "Step", "parse_query", "parsed_dates"]

MOST = 1500
FEW = 200  # a beginning of two or three letters fits thousands: the newest of them are enough until more is typed
ENOUGH = 20
PHONE = re.compile(r"^\+?[\d\s().-]{4,24}$")
MOST_WORDS = 5


@dataclass(frozen=True)
class Step:
    """One question: rows that carry all of these tokens, and one of each group."""

    all_tokens: tuple[int, ...] = ()
    any_groups: tuple[tuple[int, ...], ...] = ()
    limit: int = MOST
    why: str = "name"


@dataclass(frozen=True)
class Query:
    """What was typed, and the steps: a later one is asked while the earlier ones found too few."""

    text: str
    names: tuple[str, ...] = ()
    phone: str = ""
    mrn: str = ""
    dates: tuple[str, ...] = ()
    steps: tuple[Step, ...] = field(default=())


def parse_query(text: str, *, organization_id: UUID, region: str = "IN") -> Query:
    """Recognise a name, phone number, record number or date of birth, alone or a name with one of the others."""
    text = " ".join(text.replace("\x00", " ").split())[:200]
    rest, days = _take_date(text)
    dates = tuple(day.isoformat() for day in days)
    phone, mrn, names = _sort(rest)
    made = Query(text=text, names=names, phone=phone, mrn=mrn, dates=dates)
    steps = tuple(_steps(made, organization_id, region))
    return Query(text=text, names=names, phone=phone, mrn=mrn, dates=dates, steps=steps)


def _take_date(text: str) -> tuple[str, list]:  # type: ignore[type-arg]
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
    return phone, mrn, tuple(names[:MOST_WORDS])


def _steps(query: Query, organization_id: UUID, region: str) -> list[Step]:
    def hashed(kind: str, values: set[str]) -> tuple[int, ...]:
        return tuple(sorted(token(kind, value, organization_id) for value in values))

    sure: list[tuple[int, ...]] = []
    if query.phone:
        asked = hashed("phone", _phone_asked(query.phone, region))
        sure.append(
            asked + (hashed("mrn", _mrn_asked(query.phone)) if query.mrn or len(query.phone) < 10 else ())
        )
    elif query.mrn:
        sure.append(hashed("mrn", _mrn_asked(query.mrn)))
    if query.dates:
        sure.append(hashed("date", set(query.dates)))
    if not query.names:
        return [Step(any_groups=tuple(sure), why="number")] if sure else []
    starts = hashed("name", {prefix(word) for word in query.names})
    short = max(map(len, query.names)) <= 3 and not sure
    steps = [Step(starts, tuple(sure), FEW if short else MOST, "name")]
    heard = [hashed("name", sounds(word) | {prefix(word)}) for word in query.names]
    if not short:
        steps.append(Step((), (*sure, *heard), MOST, "sounds like"))
    if len(heard) > 1:
        steps.append(
            Step((), (*sure, tuple(sorted(set().union(*_sharp(query.names, hashed))))), MOST, "part of it")
        )
    return steps


def _sharp(names: tuple[str, ...], hashed) -> list[set[int]]:  # type: ignore[no-untyped-def]
    """The tokens worth asking for when only one of the words need fit: not the bare consonants, they fit too many."""
    return [set(hashed("name", {key for key in sounds(w) if key[0] != "s"} | {f"w:{w}"})) for w in names]


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
