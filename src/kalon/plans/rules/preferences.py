"""Which wish of a patient is about a procedure."""

from collections.abc import Iterable
from typing import Protocol, TypeVar
from uuid import UUID


class _Wished(Protocol):
    procedure_id: UUID | None
    category: str


W = TypeVar("W", bound=_Wished)


def about(procedure_id: UUID, category: str, standing: Iterable[W]) -> W | None:
    """The wish about a procedure itself, else the one about its whole category; None where nothing was said."""
    held = list(standing)
    own = next((one for one in held if one.procedure_id == procedure_id), None)
    return own or next((one for one in held if one.procedure_id is None and one.category == category), None)
