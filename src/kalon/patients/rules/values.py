"""One value at a time: each comes back in the one form we keep, or is refused with a sentence by its field."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from kalon.kernel.errors import Invalid

OLDEST = 130  # years
CONTROL = frozenset({"Cc", "Cs", "Co", "Cn"})
# Marks that reorder what stands around them: they could make one name look like another on a label.
REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
NAME_SIGNS = frozenset(" '’ʼ`´.-‐‑·()/\u200c\u200d\u05be\u30fb")
ICD = re.compile(r"^[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?$")
ABHA_ADDRESS = re.compile(r"^[a-z0-9](?:[a-z0-9._]{2,98})@[a-z]{2,10}$")


class Faults:
    """Collects what is wrong, field by field, so that a person is told everything at once."""

    def __init__(self) -> None:
        self.errors: dict[str, list[str]] = {}

    def add(self, field: str, sentence: str) -> None:
        self.errors.setdefault(field, []).append(sentence)

    @contextmanager
    def on(self, field: str) -> Iterator[None]:
        """Note a refusal inside the block under this field, and go on."""
        try:
            yield
        except Invalid as refusal:
            self.add(field, refusal.detail)

    def settle(self) -> None:
        """Refuse if anything was noted."""
        if not self.errors:
            return
        count = len(self.errors)
        first = next(iter(self.errors))
        sentence = self.errors[first][0] if count == 1 else f"{count} fields need you."
        raise Invalid(sentence, field=first, errors=self.errors)


def line(text: object, *, most: int, needed: str = "") -> str:
    """One line of plain text without invisible characters; `needed` is the sentence when it is empty."""
    found = _readable(text)
    found = " ".join(found.split())
    if REORDERING.search(found) or any(unicodedata.category(letter) in CONTROL for letter in found):
        raise Invalid("This holds characters that cannot be seen. Type it again by hand.")
    return _sized(found, most, needed)


def paragraph(text: object, *, most: int, needed: str = "") -> str:
    """Plain text that may run over several lines."""
    found = _readable(text).replace("\r\n", "\n").strip()
    if any(unicodedata.category(letter) in CONTROL and letter not in "\n\t" for letter in found):
        raise Invalid("This holds characters that cannot be seen. Type it again by hand.")
    return _sized(found, most, needed)


def name(text: object, *, needed: str = "") -> str:
    """A person's name, in any script: letters, with the signs that stand in names."""
    found = line(text, most=100, needed=needed)
    if not found:
        return ""
    if any(not (letter in NAME_SIGNS or unicodedata.category(letter)[0] in "LM") for letter in found):
        raise Invalid("A name has letters only. Leave out numbers and symbols.")
    if not any(unicodedata.category(letter)[0] == "L" for letter in found):
        raise Invalid("A name needs at least one letter.")
    return found


def phone(text: object, *, region: str, needed: str = "") -> str:
    """A phone number in international form (E.164); without a country code it is one of the clinic's country."""
    found = line(text, most=40, needed=needed)
    if not found:
        return ""
    if re.search(r"[^\d\s().+\-/]", found):
        raise Invalid("A phone number has digits only, for example 98470 55218.")
    try:
        number = phonenumbers.parse(found, region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise Invalid("This is not a complete phone number. Write all its digits; start with + for another country.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(text: object, *, needed: str = "") -> str:
    """An e-mail address, in lower case."""
    found = line(text, most=254, needed=needed).lower()
    if found:
        try:
            validate_email(found)
        except ValidationError:
            raise Invalid("This is not an e-mail address, for example meera@example.com.") from None
    return found


def day(value: object, *, needed: str = "") -> date | None:
    """A calendar date, given as a date or as YYYY-MM-DD."""
    if isinstance(value, date):
        return value
    text = line(value, most=40, needed=needed)
    if not text:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("This day does not exist. Write it as year, month, day: 1994-03-14.") from None


def birth_date(value: object, *, today: date) -> date | None:
    """A birth date: not in the future, and not older than anybody."""
    born = day(value, needed="Write the date of birth.")
    if born is not None and born > today:
        raise Invalid("A date of birth cannot be in the future.")
    if born is not None and today.year - born.year > OLDEST:
        raise Invalid("This date of birth is too long ago. Check the year.")
    return born


def abha_number(text: object) -> str:
    """An ABHA number: 14 digits, of which the last proves the others (Verhoeff). Empty when none was given."""
    found = re.sub(r"[\s-]", "", line(text, most=40))
    if not found:
        return ""
    if not re.fullmatch(r"\d{14}", found, re.ASCII):
        raise Invalid("An ABHA number has 14 digits, for example 91-1234-5678-9012.")
    if not passes_verhoeff(found):
        raise Invalid("A digit of this ABHA number is wrong. Compare it with the card.")
    return found


def abha_address(text: object) -> str:
    """An ABHA address, such as meera.nair@abdm."""
    found = line(text, most=100).lower()
    if found and not ABHA_ADDRESS.match(found):
        raise Invalid("An ABHA address looks like meera.nair@abdm.")
    return found


_MULTIPLY = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_PERMUTE = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def icd_code(text: object) -> str:
    """An ICD-10 code as text, such as E11.9; empty when none was given."""
    found = line(text, most=12).upper()
    if found and not ICD.match(found):
        raise Invalid("An ICD-10 code looks like E11.9: a letter, two digits, and more after a dot.")
    return found


def passes_verhoeff(digits: str) -> bool:
    """Whether the last digit proves the others (J. Verhoeff, 1969): finds every single wrong or swapped digit."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = int(_MULTIPLY[check][int(_PERMUTE[place % 8][int(digit)])])
    return check == 0


def _readable(text: object) -> str:
    found = "" if text is None else str(text)
    if "\x00" in found:
        raise Invalid("This holds a character that cannot be stored. Type it again by hand.")
    if any("\ud800" <= letter <= "\udfff" for letter in found):
        raise Invalid("This holds half of a character that cannot be stored. Type it again by hand.")
    return unicodedata.normalize("NFC", found)


def _sized(text: str, most: int, needed: str) -> str:
    if not text and needed:
        raise Invalid(needed)
    if len(text) > most:
        raise Invalid(f"This is too long: {len(text):,} characters, and {most} fit. Shorten it.")
    return text
