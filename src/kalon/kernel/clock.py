"""The one clock: everything that asks for the time asks here.

Tests and the demonstration clinic may set it; the instant then also travels in the signed database
context, so that triggers and Python agree on what time it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

_set_to: ContextVar[datetime | None] = ContextVar("kalon_clock", default=None)


def now() -> datetime:
    """The present instant, in UTC."""
    return _set_to.get() or datetime.now(UTC)


def today(zone: str | tzinfo) -> date:
    """The present date where the branch is."""
    return now().astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone).date()


def is_set() -> datetime | None:
    """The instant the clock was set to, or None when it runs."""
    return _set_to.get()


@contextmanager
def at(instant: datetime) -> Iterator[datetime]:
    """Hold the clock at an instant for the length of a block."""
    if instant.tzinfo is None:
        raise ValueError("An instant needs a time zone.")
    token = _set_to.set(instant.astimezone(UTC))
    try:
        yield instant
    finally:
        _set_to.reset(token)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)
