"""Every list pages, by a cursor that stays true while rows are added."""

import base64
import json
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from ninja import Schema

from kalon.kernel.errors import Invalid

LIMIT, MOST = 30, 100
NOT_OURS = "This cursor is not one of ours; start again without it."

T = TypeVar("T")
M = TypeVar("M", bound=Model)


class Page(Schema, Generic[T]):
    """One page of a list; `next` is the cursor of the following page, null on the last."""

    items: list[T]
    next: str | None = None


def paged(
    request: HttpRequest,
    rows: "QuerySet[M]",
    show: Callable[[M], Any],
    *,
    by: str = "-id",
    seen: Callable[[list[M]], object] | None = None,
) -> dict[str, Any]:
    """A page of the rows, ordered by one unique column (`by`, "-" for newest first).

    `show` turns a row into its schema; `seen` is told the rows shown (to log the read). `?cursor=` and
    `?limit=` (1 to 100) come from the address.
    """
    limit = _limit(request.GET.get("limit", ""))
    column = by.lstrip("-")
    rows = rows.order_by(by)
    if cursor := request.GET.get("cursor"):
        after = _read(cursor)
        try:
            rows = rows.filter(Q(**{f"{column}__{'lt' if by.startswith('-') else 'gt'}": after}))
        except (ValidationError, ValueError):
            raise Invalid(NOT_OURS, field="cursor") from None
    found = list(rows[: limit + 1])
    shown = found[:limit]
    if seen and shown:
        seen(shown)
    more = len(found) > limit
    return {
        "items": [show(row) for row in shown],
        "next": _write(getattr(shown[-1], column)) if more else None,
    }


def _limit(text: str) -> int:
    if not text:
        return LIMIT
    if not text.isdigit() or not 1 <= int(text) <= MOST:
        raise Invalid(f"A page holds 1 to {MOST} rows.", field="limit")
    return int(text)


def _write(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(str(value)).encode()).decode().rstrip("=")


def _read(cursor: str) -> str:
    try:
        value = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        assert isinstance(value, str)
    except (ValueError, AssertionError):
        raise Invalid(NOT_OURS, field="cursor") from None
    return value
