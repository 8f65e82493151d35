"""The kinds of lines a clearance asks, as a registry: what it is, for whom, and how its evidence is found.

    from kalon.theatre.queries import requirements

    requirements.add(requirements.Kind("PHOTOS", "Before photos", find=photos_of, position=60, ...))

A context that brings a further kind of evidence adds its function to the database as well (`models.evidence`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from kalon.theatre.lifecycles import Moment

Found = tuple[str, UUID]  # the kind of row, as in "orders.order", and its id


@dataclass(frozen=True, slots=True)
class Asked:
    """For what a clearance is opened, as the kinds need it to say whether they ask."""

    plan: Any
    patient: Any
    surgery_date: date
    lab_codes: tuple[str, ...]


def _always(asked: Asked) -> str | None:
    return ""


def _by_hand(line: Any, clearance: Any) -> Found | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of line. `asks` gives what of it is asked ("" for all of it) or None where it is not asked at all;
    `find` looks for the row that answers it; `is_said`: a statement answers it, `by_clinician`: only one of a doctor,
    surgeon or anaesthetist (the database asks the same of `models.evidence`); `move` says whose it is."""

    code: str
    title: str
    move: str
    position: int
    moment: str = Moment.BEFORE
    to_do: str = ""
    is_said: bool = False
    by_clinician: bool = False
    is_waivable: bool = True
    asks: Callable[[Asked], str | None] = _always
    find: Callable[[Any, Any], Found | None] = _by_hand


_kinds: dict[str, Kind] = {}


def add(kind: Kind) -> None:
    """Make a kind of line known; asked again, it stays one."""
    _kinds.setdefault(kind.code, kind)


def kinds() -> list[Kind]:
    """Every kind in the order of a clearance."""
    return sorted(_kinds.values(), key=lambda kind: kind.position)


def kind(code: str) -> Kind | None:
    """One kind; None for a line of a kind that nobody brings any more."""
    return _kinds.get(code)
