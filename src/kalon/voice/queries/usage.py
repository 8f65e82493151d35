"""What engines were used for: by month, by recording, and what the clinic decided about those outside."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.voice.lifecycles import ENGINES, VIEW
from kalon.voice.models import OutsideEngine, Usage, UsageKind

CLAUDE, DEEPGRAM = "claude", "deepgram"
OUTSIDE = {CLAUDE: "Claude (notes)", DEEPGRAM: "Deepgram (speech)"}


@dataclass(frozen=True, slots=True)
class Month:
    """What one month used: recordings drafted, minutes heard, tokens, money by engine, and failures."""

    month: date
    sessions: int
    minutes: int
    tokens_in: int
    tokens_out: int
    cost: Decimal
    by_engine: dict[str, Decimal]
    failures: int
    budget: Decimal  # of the engines that are on now
    currency: str

    @property
    def each(self) -> Decimal:
        """What one recording cost."""
        return (self.cost / self.sessions).quantize(Decimal("0.01")) if self.sessions else Decimal(0)


def outside_engine(name: str, *, seen_by: Actor, lock: bool = False) -> OutsideEngine | None:
    """What the clinic decided about an engine; None where nothing is."""
    rows = OutsideEngine.objects.filter(organization_id=seen_by.organization_id, name=name)
    return (rows.select_for_update() if lock else rows).first()


def engines(*, seen_by: Actor) -> list[OutsideEngine]:
    """Every engine outside that can be switched on, with what the clinic decided; off where nothing is."""
    seen_by.must(ENGINES, do="see the engines outside the clinic")
    held = {row.name: row for row in OutsideEngine.objects.filter(organization_id=seen_by.organization_id)}
    return [held.get(name) or OutsideEngine(organization_id=seen_by.organization_id, name=name) for name in OUTSIDE]


def is_on(name: str, *, seen_by: Actor) -> bool:
    """Whether the clinic has switched an engine outside on."""
    decided = outside_engine(name, seen_by=seen_by)
    return decided is not None and decided.is_on


def usage_of(session_id: UUID, *, seen_by: Actor) -> "QuerySet[Usage]":
    """What was used for one recording, newest first."""
    seen_by.must(VIEW, do="see recordings")
    return Usage.objects.filter(organization_id=seen_by.organization_id, session_id=session_id)


def usage_by_month(*, seen_by: Actor, months: int = 12) -> list[Month]:
    """The last months, oldest first, each of them there even where nothing was used; three queries."""
    seen_by.must(ENGINES, do="see what engines cost")
    clinic = people.organization(seen_by=seen_by)
    budget = sum((row.budget for row in engines(seen_by=seen_by) if row.is_on), Decimal(0))
    starts = firsts(clinic.timezone, months)
    sums = (
        Usage.objects.filter(organization_id=seen_by.organization_id, month__gte=starts[0])
        .order_by().values("month", "engine", "kind")
        .annotate(
            ms=Sum("heard_ms"), read=Sum("tokens_in"), written=Sum("tokens_out"), money=Sum("cost"),
            failed=Count("id", filter=~Q(failure="")),
        )
    )  # fmt: skip
    counts = dict(
        Usage.objects.filter(organization_id=seen_by.organization_id, month__gte=starts[0])
        .order_by().values_list("month").annotate(Count("session_id", distinct=True))
    )  # fmt: skip
    rows: dict[date | None, list[Any]] = {}
    for row in sums:
        rows.setdefault(row["month"], []).append(row)
    return [_month(first, rows.get(first, []), counts.get(first, 0), budget, clinic.currency) for first in starts]


def _month(first: date, rows: list[Any], sessions: int, budget: Decimal, currency: str) -> Month:
    by_engine: dict[str, Decimal] = {}
    total = {"ms": 0, "read": 0, "written": 0, "failed": 0}
    for row in rows:
        by_engine[str(row["engine"])] = by_engine.get(str(row["engine"]), Decimal(0)) + Decimal(str(row["money"]))
        for key in total:
            if key != "ms" or row["kind"] == UsageKind.HEARD:
                total[key] += int(str(row[key]))
    return Month(
        first, sessions, round(total["ms"] / 60_000), total["read"], total["written"],
        sum(by_engine.values(), Decimal(0)), by_engine, total["failed"], budget, currency,
    )  # fmt: skip


def firsts(zone: str, months: int) -> list[date]:
    """The first days of the last months there, oldest first."""
    import zoneinfo

    today = timezone.localtime(clock.now(), zoneinfo.ZoneInfo(zone)).date()
    count = today.year * 12 + today.month - 1
    return [date(at // 12, at % 12 + 1, 1) for at in range(count - months + 1, count + 1)]
