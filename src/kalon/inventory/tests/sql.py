"""Attacks: plain SQL as the application's own role, past every line of Python."""

from collections.abc import Sequence
from typing import Any

from django.db import DatabaseError, connection, transaction

from kalon.kernel.actors import Actor
from kalon.kernel.constraints import broken_constraint, sqlstate
from kalon.kernel.tenancy import acting_as

DONE = "done"
DENIED = "42501"


def attack(statement: str, params: Sequence[Any] = (), *, by: Actor) -> str:
    """What refused a statement (a constraint's name, or the SQL state), or "done"; undone either way."""
    with acting_as(by):
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(statement, list(params))
                    touched = cursor.rowcount
                transaction.set_rollback(True)
        except DatabaseError as error:
            return broken_constraint(error.__cause__) or sqlstate(error.__cause__)
    return DONE if touched else "nothing touched"


def at_commit(*statements: tuple[str, Sequence[Any]], by: Actor) -> str:
    """What refused these statements together, at the latest when their transaction ends; undone either way."""
    with acting_as(by):
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    for statement, params in statements:
                        cursor.execute(statement, list(params))
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                transaction.set_rollback(True)
        except DatabaseError as error:
            return broken_constraint(error.__cause__) or sqlstate(error.__cause__)
    return DONE
