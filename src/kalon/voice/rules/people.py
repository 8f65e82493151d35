"""The people of a session: whom the redactor has to know, and how they are kept."""

import secrets
import string
from collections.abc import Iterable
from datetime import date
from typing import Any

from kalon.voice.rules.redaction import Known

LETTERS = string.ascii_uppercase + string.digits
LENGTH = 6


def new_token(role: str, taken: Iterable[str] = ()) -> str:
    """A token that says nothing about whom it stands for: PATIENT_A7X9K2."""
    used = set(taken)
    while True:
        token = f"{role}_{''.join(secrets.choice(LETTERS) for _ in range(LENGTH))}"
        if token not in used:
            return token


def kept(person: Known) -> dict[str, Any]:
    """Somebody as they are written down, to be encrypted."""
    return {
        "token": person.token,
        "names": list(person.names),
        "numbers": list(person.numbers),
        "codes": list(person.codes),
        "emails": list(person.emails),
        "addresses": list(person.addresses),
        "born": person.born.isoformat() if person.born else None,
    }


def known(written: dict[str, Any]) -> Known:
    """Somebody as they were written down."""
    lists = {key: tuple(written[key]) for key in ("names", "numbers", "codes", "emails", "addresses")}
    born = date.fromisoformat(written["born"]) if written["born"] else None
    return Known(written["token"], born=born, **lists)
