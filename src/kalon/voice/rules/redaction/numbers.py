"""Which rows of digits name a person, and what they are: by their check digit, their form, what is said before them."""

import re
from collections.abc import Iterable, Iterator

from kalon.voice.rules.redaction.checks import luhn, verhoeff
from kalon.voice.rules.redaction.digits import Run, runs
from kalon.voice.rules.redaction.kinds import Kind, Known
from kalon.voice.rules.redaction.texts import Reach, View

Found = tuple[Reach, Kind, str]

LONG = 7  # so many digits in a row leave the house in no case
SHORT = 4
NEAR = 7  # words before a number that may say what it is
SAYS = {
    Kind.AADHAAR: {"aadhaar", "aadhar", "adhar", "adhaar", "aadhaarcard", "uidai", "uid", "आधार"},
    Kind.ABHA: {"abha", "abdm"},
    Kind.CARD: {"card", "credit", "debit", "visa", "mastercard", "rupay", "cvv"},
    Kind.PIN_CODE: {"pin", "pincode", "zip", "zipcode", "postal", "postcode"},
    Kind.MRN: {"mrn", "uhid", "opd", "ipd", "registration"},
    Kind.PHONE: {
        "phone",
        "mobile",
        "reach",
        "whatsapp",
        "contact",
        "cell",
        "telephone",
        "landline",
        "call",
        "phon",
        "mobail",
    },
    Kind.NUMBER: {"account", "passport", "licence", "license", "otp", "policy", "voter"},
}
PARTIAL = {"last", "ending", "ends", "first", "starting", "starts", "aakhri"}
LEAST = {Kind.MRN: 3, Kind.PIN_CODE: 6, Kind.PHONE: 5, Kind.NUMBER: 4, Kind.CARD: 4, Kind.AADHAAR: 4, Kind.ABHA: 4}
AMOUNTS = frozenset(
    [
        "mg",
        "mcg",
        "g",
        "gm",
        "gram",
        "grams",
        "kg",
        "ml",
        "cc",
        "cm",
        "mm",
        "units",
        "unit",
        "iu",
        "percent",
        "days",
        "weeks",
        "months",
        "years",
        "hours",
        "minutes",
        "grafts",
        "tablets",
        "rupees",
    ]
)


def found_numbers(view: View, people: Iterable[Known]) -> Iterator[Found]:
    """Rows of digits that name somebody."""
    registered = {number for person in people for one in (*person.numbers, *person.codes) if (number := _figures(one))}
    for run in runs(view):
        told = _told(view, run)
        best = _best(run, registered, told)
        if best is not None:
            part, kind, why = best
            yield (_start(view, part), view.words[part.last].end), kind, why


def _best(run: Run, registered: set[str], told: Kind | None) -> tuple[Run, Kind, str] | None:
    whole = _named(run, registered, told)
    if whole is not None and (whole[1].startswith("a registered") or _formed(run.digits) is not None):
        return run, *whole
    for part in () if run.listed and told is None else run.parts():
        formed = _formed(part.digits)
        rest = len(run.digits) - len(part.digits)
        if part.digits in registered or (formed is not None and rest < SHORT):
            return part, formed or Kind.NUMBER, "its form" if formed else "a registered number"
    return None if whole is None else (run, *whole)


def _named(run: Run, registered: set[str], told: Kind | None) -> tuple[Kind, str] | None:
    digits = run.digits
    formed = _formed(digits)
    if _is_registered(digits, registered):
        return formed or told or Kind.NUMBER, "a registered number"
    if formed is not None and (run.surely_one or (len(digits) >= 10 and not run.listed)):
        return formed, "its form"
    if told is not None and len(digits) >= LEAST[told]:
        return told, "what is said before it"
    if len(digits) >= LONG and run.surely_one:
        return Kind.NUMBER, f"{len(digits)} digits in a row"
    return None


def _is_registered(digits: str, registered: set[str]) -> bool:
    if len(digits) < 5:
        return False
    return any(digits in number or (len(number) > 4 and number in digits) for number in registered)


def _formed(digits: str) -> Kind | None:
    """What a row of digits is by its form alone."""
    size = len(digits)
    if size == 12 and digits[0] in "23456789" and verhoeff(digits):
        return Kind.AADHAAR
    if size == 10 and digits[0] in "6789":
        return Kind.PHONE
    if size == 11 and digits[0] == "0" and digits[1] in "1234678":
        return Kind.PHONE
    if (size == 11 and digits[:2] in ("06", "07", "08", "09")) or (
        size == 12 and digits[:2] == "91" and digits[2] in "6789"
    ):
        return Kind.PHONE
    if 15 <= size <= 19 and luhn(digits):
        return Kind.CARD
    return Kind.ABHA if size == 14 else None


def _told(view: View, run: Run) -> Kind | None:
    """What the words just before a row of digits say that it is."""
    words = view.words
    if run.last + 1 < len(words) and words[run.last + 1].low in AMOUNTS:
        return None
    before = words[max(0, run.first - NEAR) : run.first]
    partial = any(word.low in PARTIAL for word in before)
    for at in range(len(before) - 1, -1, -1):
        if before[at].opens and at < len(before) - 4:
            break
        for kind, said in SAYS.items():
            if before[at].low in said and _asks(kind, run, partial):
                return kind
        if before[at].low in AMOUNTS:
            break
    return None


def _asks(kind: Kind, run: Run, partial: bool) -> bool:
    size = len(run.digits)
    if kind is Kind.PIN_CODE:
        return size == 6
    if kind is Kind.MRN:
        return size >= 3
    return size >= (SHORT if partial else 5 if kind is not Kind.PHONE else 6)


def _figures(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return digits if len(digits) >= 5 else ""


def _start(view: View, run: Run) -> int:
    """Where a number begins, with its plus sign or opening bracket."""
    start = view.words[run.first].start
    while start and view.text[start - 1] in "+(":
        start -= 1
    return start
