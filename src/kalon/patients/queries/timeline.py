"""Everything about a patient on one line of time: each context contributes its own, from its `apps.ready()`.

    from kalon.patients.queries import timeline

    def visits(ask: timeline.Ask) -> Iterable[timeline.Entry]:
        rows = ask.of(queries.appointments_of(ask.patient_id, seen_by=ask.by), at="starts_at")
        return [timeline.Entry(at=row.starts_at, id=row.pk, title=…) for row in rows]

    timeline.add(timeline.Source("visits", "Visits", visits, permission="scheduling.view", order=20))

A page is found by the instant and the id of the last line before it (a `Mark`), so that it stays true while lines are
added, and costs one statement for each source however long the story is.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_datetime

from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid

M = TypeVar("M", bound=Model)
ON_A_PAGE = 20


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """Where a page ended: the instant of its last line, and which line it was among those of one instant."""

    at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.id}"

    @classmethod
    def read(cls, text: str) -> "Mark | None":
        """The mark in an address; None when there is none, refused when it is not one of ours."""
        if not text:
            return None
        instant, _, identifier = text.partition("~")
        try:
            at = parse_datetime(instant)
            if at is None or at.tzinfo is None:
                raise ValueError
            return cls(at, UUID(identifier))
        except ValueError:
            raise Invalid("This mark is not one of ours; start again without it.", field="before") from None


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened: when, in a few words, with a lucide icon and where to read more.

    `tone` is one of ok, info, brand, gold, rose, mute, danger; `tag` is the word at the end of the line (Visit, Money).
    `id` is the row's own.
    """

    at: datetime
    id: UUID
    title: str
    text: str = ""
    icon: str = "circle"
    tone: str = "mute"
    tag: str = ""
    href: str = ""

    @property
    def mark(self) -> Mark:
        return Mark(self.at, self.id)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a source is asked for: at most `limit` lines about a patient that are older than `before`."""

    patient_id: UUID
    by: Actor
    limit: int
    before: Mark | None

    def of(self, rows: "QuerySet[M]", *, at: str = "created_at") -> list[M]:
        """The rows that are wanted, newest first by the instant in the column `at`; rows without one are left out."""
        rows = rows.filter(**{f"{at}__isnull": False})
        if self.before is not None:
            same = Q(**{at: self.before.at, "pk__lt": self.before.id})
            rows = rows.filter(Q(**{f"{at}__lte": self.before.at}), Q(**{f"{at}__lt": self.before.at}) | same)
        return list(rows.order_by(f"-{at}", "-pk")[: self.limit])

    def among(self, entries: Iterable[Entry]) -> list[Entry]:
        """Those of a few lines at hand that are wanted."""
        return [one for one in entries if self.before is None or one.mark < self.before][: self.limit]


Read = Callable[[Ask], Iterable[Entry]]


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of lines: its key in addresses, its word in the filter, who may see it, and where they come from."""

    key: str
    label: str
    read: Read
    permission: str
    order: int = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, newest first; `next` is the mark of the page that follows, None on the last."""

    entries: Sequence[Entry]
    next: Mark | None


_sources: dict[str, Source] = {}


def add(source: Source) -> None:
    """Have the lines of this source on every patient's timeline; a second one of the same key takes its place."""
    _sources[source.key] = source


def sources(*, seen_by: Actor) -> list[Source]:
    """The kinds of lines this actor may see, in order."""
    allowed = (source for source in _sources.values() if seen_by.may(source.permission))
    return sorted(allowed, key=lambda source: source.order)


def page(pk: UUID, *, seen_by: Actor, kind: str = "", limit: int = ON_A_PAGE, before: Mark | None = None) -> Page:
    """What happened to a patient, the latest first: of every kind, or of one."""
    wanted = [source for source in sources(seen_by=seen_by) if kind in ("", source.key)]
    ask = Ask(pk, seen_by, limit + 1, before)
    found: list[Any] = nlargest(limit + 1, (one for source in wanted for one in source.read(ask)), key=_mark)
    shown = found[:limit]
    return Page(shown, shown[-1].mark if len(found) > limit else None)


def _mark(entry: Entry) -> Mark:
    return entry.mark
