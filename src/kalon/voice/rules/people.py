"""The people of a session: whom the redactor has to know, and how they are kept."""

import hmac
import secrets
import string
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from kalon.voice.rules.redaction import Kind, Known

LETTERS = string.ascii_uppercase + string.digits
LENGTH = 6
LISTS = ("names", "numbers", "codes", "emails", "addresses")


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
    lists = {key: tuple(written[key]) for key in LISTS}
    born = date.fromisoformat(written["born"]) if written["born"] else None
    return Known(written["token"], born=born, **lists)


def joined(written: Sequence[Known], now: Iterable[Known], *, secret: bytes) -> tuple[Known, ...]:
    """Those who were written down, with what is registered of them by now, and those who came since.

    Whoever was written down keeps their token. Somebody who came since has one made of `secret` and their name, the
    same each time it is asked for.
    """
    made = {person.token: person for person in written}
    tokens = {(person.kind, name): person.token for person in written for name in person.names}
    patient = next((person.token for person in written if person.kind == Kind.PATIENT), "")
    for person in now:
        named = (tokens[person.kind, name] for name in person.names if (person.kind, name) in tokens)
        token = next(named, "") or (patient if person.kind == Kind.PATIENT else "")
        token = token or f"{person.kind}_{_letters(secret, person.names)}"
        made[token] = _both(replace(person, token=token), made.get(token))
    return tuple(made.values())


def _letters(secret: bytes, names: tuple[str, ...]) -> str:
    """Letters and digits that nobody can lead back to a name who does not have the secret."""
    made = hmac.digest(secret, "\x1f".join(names).encode(), "sha256")
    return "".join(LETTERS[byte % len(LETTERS)] for byte in made[:LENGTH])


def _both(now: Known, before: Known | None) -> Known:
    """What is registered now, then what was registered before of the same person."""
    if before is None:
        return now
    lists: dict[str, Any] = {
        name: tuple(dict.fromkeys((*getattr(now, name), *getattr(before, name)))) for name in LISTS
    }
    return replace(now, born=now.born or before.born, **lists)
