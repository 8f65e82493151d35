"""How good drafts were: what doctors let stand of them, by month and by engine; the numbers name nobody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.voice.lifecycles import ENGINES
from kalon.voice.models import Verified
from kalon.voice.queries.usage import firsts

COUNTED = (
    "accepted", "edited", "rejected", "items_taken", "items_left", "words_drafted", "words_kept", "flagged",
    "flagged_taken",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quality:
    """What doctors made of the drafts of an engine: sections, items, and of the words drafted how many were kept."""

    month: date
    engine: str
    drafts: int
    accepted: int
    edited: int
    rejected: int
    items_taken: int
    items_left: int
    words_drafted: int
    words_kept: int
    flagged: int = 0
    flagged_taken: int = 0

    @property
    def items(self) -> int:
        """How many diagnoses, medicines, allergies and follow-ups were drafted."""
        return self.items_taken + self.items_left

    @property
    def share(self) -> int | None:
        """Of a hundred words drafted, how many were kept; None where none was drafted."""
        return self.words_kept * 100 // self.words_drafted if self.words_drafted else None


def quality_by_month(*, seen_by: Actor, months: int = 12) -> list[Quality]:
    """Each month and engine of which a draft was verified, oldest first; two queries."""
    seen_by.must(ENGINES, do="see how good drafts are")
    zone = ZoneInfo(people.organization(seen_by=seen_by).timezone)
    first = firsts(zone.key, months)[0]
    since = datetime(first.year, first.month, first.day, tzinfo=zone)
    rows: Iterable[Any] = (
        Verified.objects.filter(organization_id=seen_by.organization_id, verified_at__gte=since)
        .order_by().annotate(month=TruncMonth("verified_at", tzinfo=zone)).values("month", "draft__engine")
        .annotate(drafts=Count("id"), **{f"all_{name}": Sum(name) for name in COUNTED})
        .order_by("month", "draft__engine")
    )  # fmt: skip
    return [
        Quality(row["month"].date(), row["draft__engine"], row["drafts"], *(row[f"all_{one}"] or 0 for one in COUNTED))
        for row in rows
    ]


def by_engine(rows: Iterable[Quality]) -> list[Quality]:
    """The same over all those months, one for each engine, from its first month on."""
    made: dict[str, Quality] = {}
    for row in rows:
        before = made.get(row.engine)
        names = ("drafts", *COUNTED)
        counts = [getattr(row, name) + (getattr(before, name) if before else 0) for name in names]
        made[row.engine] = Quality(before.month if before else row.month, row.engine, *counts)
    return list(made.values())
