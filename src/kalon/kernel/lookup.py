"""The row that a unique condition leaves."""

from typing import TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def one(rows: QuerySet[M]) -> M | None:
    """The only row there is, None where there is none.

    `first()` would put in order what is one row: for a read that brings its relations along, Django then hashes every
    column of every table, which takes longer than the rest of the statement.
    """
    return next(iter(rows.order_by()[:1]), None)
