"""Tokens: what is stored beside an encrypted name so that it can be found.

A token is the first 64 bits, signed, of HMAC(kind | value) under a key of one organisation and one field.
"""

import hmac
import re
from collections.abc import Iterable
from datetime import date
from uuid import UUID

import phonenumbers

from kalon.kernel.crypto.hashes import hash_key
from kalon.kernel.search.words import sounds, words

SHORTEST_PREFIX = 2
LONGEST_PREFIX = 9  # a longer beginning is found by this much of it, and ranked exactly afterwards
MOST_WORDS = 5
SUFFIXES = (4, 5, 6, 7)
WHOLE_NUMBER = 10


def token(field: str, value: str, organization_id: UUID) -> int:
    """The token of one value of one field."""
    digest = hmac.digest(hash_key(f"search:{field}", organization_id), value.encode("utf-8"), "sha256")
    return int.from_bytes(digest[:8], "big", signed=True)


def prefix(word: str) -> str:
    """The value under which this much of a word is stored."""
    return f"p:{word[:LONGEST_PREFIX]}" if len(word) > LONGEST_PREFIX else f"p:{word}"


def name_tokens(names: Iterable[str], *, organization_id: UUID) -> set[int]:
    """Every beginning of every word of a name, and what each word sounds like."""
    values: set[str] = set()
    for word in _words_of(names):
        values |= {prefix(word[:size]) for size in range(min(SHORTEST_PREFIX, len(word)), len(word) + 1)}
        values.add(f"w:{word}")
        values |= sounds(word)
    return {token("name", value, organization_id) for value in values}


def phone_tokens(phone: str, *, organization_id: UUID, region: str = "IN") -> set[int]:
    """The whole number, its last ten digits, and its last four to seven."""
    return {token("phone", value, organization_id) for value in phone_values(phone, region)}


def mrn_tokens(mrn: str, *, organization_id: UUID) -> set[int]:
    """The number as written, and its running part without leading zeros."""
    return {token("mrn", value, organization_id) for value in mrn_values(mrn)}


def date_tokens(value: date | str | None, *, organization_id: UUID) -> set[int]:
    """A date of birth, given as a date or as people type it."""
    from kalon.kernel.search.dates import parsed_dates

    days = [value] if isinstance(value, date) else parsed_dates(value or "")
    return {token("date", day.isoformat()[:10], organization_id) for day in days}


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
