"""How a detail of a person or a place is written."""

import re
from collections.abc import Iterable

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email


def features(words: Iterable[str]) -> list[str]:
    """What a room offers as it is kept and compared: lower case, each word once, in the order given."""
    return list(dict.fromkeys(word for text in words if (word := " ".join(text.lower().split()))))


def equipment_kind(text: str) -> str:
    """A kind of equipment as it is kept and compared: "Nd:YAG laser" is ND_YAG_LASER."""
    return re.sub(r"[^A-Z0-9]+", "_", text.upper()).strip("_")


def normal_email(text: str | None) -> str | None:
    """The address as we keep it, or None when it is none."""
    address = (text or "").strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        return None
    return address if len(address) <= 254 else None


def normal_phone(text: str | None, *, region: str = "IN") -> str | None:
    """The number with its country (E.164), or None when it is no number anybody could call."""
    if not text or len(text) > 40 or re.search(r"[A-Za-z]", text):
        return None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
