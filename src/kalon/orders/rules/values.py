"""One answer of a laboratory: read as it was typed, and compared with what is expected."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from kalon.kernel.errors import Invalid
from kalon.orders.models import Answer, Flag

NUMBER = re.compile(r"^(<|>|≤|≥)?\s*(\d{1,7}(?:[.,]\d{1,4})?)$", re.ASCII)
SIGNS = {
    "negative": "Negative", "neg": "Negative", "-": "Negative", "non-reactive": "Negative", "nonreactive": "Negative",
    "positive": "Positive", "pos": "Positive", "+": "Positive", "reactive": "Positive",
}  # fmt: skip


def line(text: object, *, most: int, field: str) -> str:
    """One line of plain text."""
    found = unicodedata.normalize("NFC", " ".join(str(text or "").split()))
    if len(found) > most:
        raise Invalid(f"This is too long: {len(found)} characters, and {most} fit. Shorten it.", field=field)
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn") for letter in found):
        raise Invalid("This holds characters that cannot be seen. Type it again by hand.", field=field)
    return found


def value(text: object, *, answer: str, field: str) -> str:
    """The answer in the one form we keep: "12.4", "<0.5", "Negative", or words."""
    found = line(text, most=500, field=field)
    if not found:
        raise Invalid("Write the result.", field=field)
    if answer == Answer.NUMBER:
        match = NUMBER.match(found)
        if match is None:
            raise Invalid("Write a number, for example 12.4 or <0.5, without the unit.", field=field)
        return f"{match[1] or ''}{match[2].replace(',', '.')}"
    if answer == Answer.SIGN:
        if found.lower() not in SIGNS:
            raise Invalid("Write positive or negative.", field=field)
        return SIGNS[found.lower()]
    return found


def bound(text: object, *, field: str) -> Decimal | None:
    """A bound of the laboratory's own range; None when it gives none."""
    found = line(text, most=12, field=field).replace(",", ".")
    if not found:
        return None
    try:
        number = Decimal(found)
        if not number.is_finite() or not 0 <= number < 10_000_000 or number != round(number, 4):
            raise InvalidOperation
    except InvalidOperation:
        raise Invalid("Write a number for each end of the range, for example 3.5.", field=field) from None
    return number


def flag(text: str, *, answer: str, low: Decimal | None, high: Decimal | None) -> str:
    """Whether a value is below, above or inside what is expected; both ends belong to the range.

    "<0.5" counts as below only when all it can be is below the range, and "unknown" where nothing can be said.
    """
    if answer == Answer.SIGN:
        return Flag.ABNORMAL if text == "Positive" else Flag.NORMAL
    if answer != Answer.NUMBER or (low is None and high is None):
        return Flag.NONE
    match = NUMBER.match(text)
    assert match is not None
    sign, number = match[1] or "", Decimal(match[2])
    if sign in ("<", "≤"):
        below = low is not None and (number < low or (sign == "<" and number == low))
        inside = (low is None or low == 0) and (high is None or number <= high)
        return Flag.LOW if below else Flag.NORMAL if inside else Flag.NONE
    if sign in (">", "≥"):
        above = high is not None and (number > high or (sign == ">" and number == high))
        return Flag.HIGH if above else Flag.NORMAL if high is None and low is not None and number >= low else Flag.NONE
    if low is not None and number < low:
        return Flag.LOW
    return Flag.HIGH if high is not None and number > high else Flag.NORMAL
