"""How a consent is worded, frozen, signed and sealed; none of it touches a table."""

from kalon.consents.rules.covered import Covered, covered_section
from kalon.consents.rules.signing import (
    BETWEEN_CODES,
    CHANNELS,
    CODE_DIGITS,
    CODE_LIVES,
    LONGEST_DRAWING,
    MOST_CODES,
    MOST_TRIES,
    Method,
    Role,
    Signing,
    checked,
    drawn,
    ground,
    masked,
    months_later,
    of_age,
    path_of,
    signers_for,
)
from kalon.consents.rules.texts import BUILT_IN, LANGUAGES, BuiltIn
from kalon.consents.rules.wording import (
    NAMES,
    NAMES_OF_PLAN,
    NAMES_OF_SESSION,
    Section,
    TextDetails,
    content_of,
    fingerprint,
    read,
)

__all__ = [
    "BETWEEN_CODES",
    "BUILT_IN",
    "CHANNELS",
    "CODE_DIGITS",
    "CODE_LIVES",
    "LANGUAGES",
    "LONGEST_DRAWING",
    "MOST_CODES",
    "MOST_TRIES",
    "NAMES",
    "NAMES_OF_PLAN",
    "NAMES_OF_SESSION",
    "BuiltIn",
    "Covered",
    "Method",
    "Role",
    "Section",
    "Signing",
    "TextDetails",
    "checked",
    "content_of",
    "covered_section",
    "drawn",
    "fingerprint",
    "ground",
    "masked",
    "months_later",
    "number",
    "of_age",
    "path_of",
    "read",
    "signers_for",
]


def number(branch_code: str, year: int, serial: int) -> str:
    """A consent's number, counted for each branch and calendar year, as in KOC/CN26/00042."""
    return f"{branch_code[:4]}/CN{year % 100:02d}/{serial:05d}"
