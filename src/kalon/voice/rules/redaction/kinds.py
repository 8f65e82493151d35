"""What is taken out, the tokens that stand in its place, and who is known."""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What an identifier is."""

    PATIENT = "PATIENT"
    RELATIVE = "RELATIVE"
    STAFF = "STAFF"
    NAME = "NAME"
    AADHAAR = "AADHAAR"
    PHONE = "PHONE"
    EMAIL = "EMAIL"
    PAN = "PAN"
    MRN = "MRN"
    ABHA = "ABHA"
    CARD = "CARD"
    BIRTH_DATE = "BIRTH_DATE"
    ADDRESS = "ADDRESS"
    PIN_CODE = "PIN_CODE"
    NUMBER = "NUMBER"
    CUSTOM = "CUSTOM"

    @property
    def token(self) -> str:
        """What stands in its place where it belongs to nobody in particular."""
        return f"[{self.value}_REDACTED]"


PERSONS = (Kind.PATIENT, Kind.RELATIVE, Kind.STAFF)
PERSON_TOKEN = re.compile(r"^(PATIENT|RELATIVE|STAFF)_[A-Z0-9]{6}$")
CUSTOM_TOKEN = re.compile(r"^\[[A-Z]{2,20}(_[A-Z]{2,20})?_REDACTED\]$")


@dataclass(frozen=True)
class Known:
    """Somebody whose identifiers are registered: the patient, a relative, a member of staff.

    `token` takes the place of the name; `codes` are record numbers with their letters, `numbers` anything of digits.
    """

    token: str
    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    born: date | None = None

    def __post_init__(self) -> None:
        if not PERSON_TOKEN.match(self.token):
            raise ValueError("A token is PATIENT_, RELATIVE_ or STAFF_ and six letters or digits.")

    @property
    def kind(self) -> Kind:
        return Kind(self.token.partition("_")[0])


@dataclass(frozen=True, order=True)
class Span:
    """One thing taken out: where it stood in the source, what it is, what took its place, and why."""

    start: int
    end: int
    kind: Kind = field(compare=False)
    token: str = field(compare=False)
    why: str = field(compare=False)


@dataclass(frozen=True)
class Redacted:
    """A text without its identifiers; `spans` are reaches of `source`, the text as it was read."""

    source: str
    text: str
    spans: tuple[Span, ...]
