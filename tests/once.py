"""What the tests of a file share without sharing it: rows are made once (`made_once`), each test holds its own copy."""

from copy import deepcopy
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from django.db.models import Model

from kalon.kernel.actors import Actor

Begun = TypeVar("Begun")


def fresh(begun: Begun) -> Begun:
    """The same again for one test: its rows are copies that it may change."""
    return _fresh(begun)  # type: ignore[no-any-return]


def _fresh(value: Any) -> Any:
    if isinstance(value, Model):
        return deepcopy(value)
    if isinstance(value, dict):
        return {key: _fresh(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_fresh(one) for one in value)
    if is_dataclass(value) and not isinstance(value, type | Actor):
        again = object.__new__(type(value))
        for field in fields(value):
            object.__setattr__(again, field.name, _fresh(getattr(value, field.name)))
        return again
    return value
