"""Tokens: what is stored beside an encrypted name so that it can be found.

A token is the first 64 bits, signed, of HMAC(kind | value) under a key of one organisation and one field.
"""

import hmac
import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from uuid import UUID

import phonenumbers

from kalon.kernel.crypto.hashes import hash_key
from kalon.kernel.search.dates import parsed_dates
from kalon.kernel.search.words import sounds, words

SHORTEST_PREFIX = 2
LONGEST_PREFIX = 9  # a longer beginning is found by this much of it, and ranked exactly afterwards
MOST_WORDS = 5
SUFFIXES = (4, 5, 6, 7)
WHOLE_NUMBER = 10


def tokens(field: str, values: Iterable[str], organization_id: UUID) -> set[int]:
    """The tokens of some values of one field."""
    return set(_hashed(values, hash_key(f"search:{field}", organization_id)))


def _hashed(values: Iterable[str], key: bytes) -> Iterator[int]:
    for value in values:
        yield int.from_bytes(hmac.digest(key, value.encode("utf-8"), "sha256")[:8], "big", signed=True)


def prefix(word: str) -> str:
    """The value under which this much of a word is stored."""
    return f"p:{word[:LONGEST_PREFIX]}"


def name_tokens(names: Iterable[str], *, organization_id: UUID) -> set[int]:
    """Every beginning of every word of a name, and what each word sounds like."""
    key = hash_key("search:name", organization_id)
    return {token for word in _words_of(names) for token in _word_tokens(word, key)}


@lru_cache(maxsize=2048)  # few names are many people's
def _word_tokens(word: str, key: bytes) -> tuple[int, ...]:
    beginnings = {prefix(word[:size]) for size in range(min(SHORTEST_PREFIX, len(word)), LONGEST_PREFIX + 1)}
    return tuple(_hashed({f"w:{word}"} | beginnings | sounds(word), key))


def phone_tokens(phone: str, *, organization_id: UUID, region: str = "IN") -> set[int]:
    """The whole number, its last ten digits, and its last four to seven."""
    return tokens("phone", phone_values(phone, region), organization_id)


def mrn_tokens(mrn: str, *, organization_id: UUID) -> set[int]:
    """The number as written, and its running part without leading zeros."""
    return tokens("mrn", mrn_values(mrn), organization_id)


def date_tokens(value: date | str | None, *, organization_id: UUID) -> set[int]:
    """A date of birth, given as a date or as people type it."""
    days = [value] if isinstance(value, date) else parsed_dates(value or "")
    return tokens("date", (day.isoformat()[:10] for day in days), organization_id)


def phone_values(phone: str, region: str = "IN") -> set[str]:
    """What of a phone number can be asked for."""
    digits = digits_of(phone)
    if len(digits) < min(SUFFIXES):
        return set()
    values = {f"x:{size}:{digits[-size:]}" for size in SUFFIXES if len(digits) >= size}
    values.add(f"n:{digits[-WHOLE_NUMBER:]}")
    if international := e164(phone, region):
        values.add(f"e:{international}")
    return values


def e164(phone: str, region: str = "IN") -> str:
    """The number in international form, or nothing when it cannot be one."""
    try:
        number = phonenumbers.parse(phone, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mrn_values(mrn: str) -> set[str]:
    """What of a record number can be asked for."""
    plain = re.sub(r"[^A-Z0-9]", "", mrn.upper())
    if not plain:
        return set()
    running = re.search(r"\d+$", mrn.strip())
    return {f"f:{plain}"} | ({f"r:{running.group().lstrip('0') or '0'}"} if running else set())


def digits_of(text: str) -> str:
    """The digits of a text, whatever script they are written in."""
    return "".join(str(int(letter)) for letter in text if letter.isdecimal())


def _words_of(names: Iterable[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        found += [word for word in words(name) if word not in found]
    return found[:MOST_WORDS]
