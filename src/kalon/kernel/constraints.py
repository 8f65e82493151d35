"""Constraints speak: a broken named constraint becomes the refusal it stands for."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from django.db import DatabaseError, OperationalError, transaction

from kalon.kernel.errors import DomainError

T = TypeVar("T")
Refusal = DomainError | Callable[[], DomainError]

DEADLOCK = "40P01"
_speaking: set[str] = set()


def speaks(*names: str) -> None:
    """These constraints of the database refuse in a sentence for people: it is shown as it is."""
    _speaking.update(names)


def is_spoken(error: BaseException | None) -> bool:
    """Whether what the database refused with is a sentence for people."""
    return broken_constraint(error) in _speaking


def broken_constraint(error: BaseException | None) -> str:
    """The name of the constraint a database error stands for, or an empty string."""
    return str(getattr(getattr(error, "diag", None), "constraint_name", None) or "")


def said(error: BaseException | None) -> str:
    """The sentence that the database refused with."""
    return str(getattr(getattr(error, "diag", None), "message_primary", None) or "")


def sqlstate(error: BaseException | None) -> str:
    return str(getattr(error, "sqlstate", None) or "")


@contextmanager
def refusing(refusals: Mapping[str, Refusal]) -> Iterator[None]:
    """Run in a savepoint; raise the refusal named by the constraint that broke.

    A refusal may be given as a callable, so that an expensive one (the next free slots) is only worked
    out when it is needed, after the savepoint is rolled back.
    """
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        refusal = refusals.get(broken_constraint(error.__cause__))
        if refusal is None:
            raise
        raise (refusal if isinstance(refusal, DomainError) else refusal()) from error


def retrying(work: Callable[[], T], *, tries: int = 5) -> T:
    """Do the work in a savepoint, again when the database chose it as the victim of a deadlock.

    Rolling back to the savepoint releases the locks taken inside it, so the others get through.
    """
    for attempt in range(1, tries + 1):
        try:
            with transaction.atomic():
                return work()
        except OperationalError as error:
            if sqlstate(error.__cause__) != DEADLOCK or attempt == tries:
                raise
    raise AssertionError("unreachable")
