"""The doctor's day as a frame: what waits for them, and what they did; contexts above plug their own in.

    from kalon.consultations.queries import dashboard

    dashboard.add_pending(dashboard.Pending("results", "Results to review", icon="flask-conical", …))
    dashboard.add_measure(dashboard.Measure("revenue", "Received", series=received_by_day, permission=VIEW, …))

Each answers with one count, or one sum for each day, in one statement: the page costs the same on a busy day.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import TruncDate

from kalon.consultations.lifecycles import Status
from kalon.consultations.queries.encounters import consultations, unseen_alerts
from kalon.consultations.queries.papers import without_summary
from kalon.kernel.actors import Actor
from kalon.scheduling import queries as scheduling

DAYS, WEEKS = 7, 4


@dataclass(frozen=True, slots=True)
class Ask:
    """Whose dashboard it is: their staff row, at which branch, and the days that are looked at."""

    by: Actor
    doctor_id: UUID | None
    branch_id: UUID
    zone: str
    today: date

    @property
    def since(self) -> datetime:
        """The beginning of the first day that is looked at."""
        first = self.today - timedelta(days=DAYS * WEEKS - 1)
        return datetime.combine(first, time.min, ZoneInfo(self.zone))


@dataclass(frozen=True, slots=True)
class Pending:
    """A row of what waits for the doctor: how many, and where to see to them."""

    key: str
    label: str
    icon: str
    url_name: str
    count: Callable[[Ask], int]
    permission: str
    order: int = 50


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of the last weeks: so much on each day; days without it may be left out."""

    key: str
    label: str
    series: Callable[[Ask], Mapping[date, Decimal | int]]
    permission: str
    is_money: bool = False
    order: int = 50


@dataclass(frozen=True, slots=True)
class Bar:
    """A day or a week as it is drawn: its value, and its height of a hundred."""

    label: str
    value: Decimal | int
    height: int
    is_now: bool

    @property
    def top(self) -> int:
        return 100 - self.height


@dataclass(frozen=True, slots=True)
class Chart:
    """A measure with its bars: the last seven days and the last four weeks."""

    measure: Measure
    days: tuple[Bar, ...]
    weeks: tuple[Bar, ...]

    @property
    def today(self) -> Decimal | int:
        return self.days[-1].value

    @property
    def this_week(self) -> Decimal | int:
        return self.weeks[-1].value


_pending: dict[str, Pending] = {}
_measures: dict[str, Measure] = {}


def add_pending(row: Pending) -> None:
    """Have a row among what waits for the doctor; once, however often it is said."""
    _pending[row.key] = row


def add_measure(measure: Measure) -> None:
    """Have a figure among the doctor's; once, however often it is said."""
    _measures[measure.key] = measure


def pending(ask: Ask) -> list[tuple[Pending, int]]:
    """What waits for this doctor, in order; rows of which nothing waits are there with a zero."""
    rows = sorted(_pending.values(), key=lambda row: (row.order, row.key))
    return [(row, row.count(ask)) for row in rows if ask.by.may(row.permission)]


def charts(ask: Ask) -> list[Chart]:
    """The figures this doctor may see."""
    rows = sorted(_measures.values(), key=lambda row: (row.order, row.key))
    return [_chart(row, row.series(ask), ask.today) for row in rows if ask.by.may(row.permission)]


def _chart(measure: Measure, found: Mapping[date, Decimal | int], today: date) -> Chart:
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    daily = [(f"{day:%a} {day.day}", found.get(day, 0)) for day in days]
    weekly = []
    for back in range(WEEKS - 1, -1, -1):
        last = today - timedelta(days=DAYS * back)
        inside = [last - timedelta(days=n) for n in range(DAYS)]
        total: Any = sum((found.get(day, 0) for day in inside), Decimal(0) if measure.is_money else 0)
        weekly.append(("Last 7 days" if back == 0 else f"To {last.day} {last:%b}", total))
    return Chart(measure, _bars(daily), _bars(weekly))


def _bars(rows: list[tuple[str, Any]]) -> tuple[Bar, ...]:
    most = max((value for _, value in rows), default=0)
    last = len(rows) - 1
    return tuple(
        Bar(label, value, int(value * 100 / most) if most else 0, turn == last)
        for turn, (label, value) in enumerate(rows)
    )


def unseen_vitals(ask: Ask) -> int:
    """Abnormal measurements of one's own patients that nobody said they saw."""
    return unseen_alerts(seen_by=ask.by).filter(consultation__doctor_id=ask.doctor_id).order_by().count()


def unsigned_notes(ask: Ask) -> int:
    """One's own encounters that were begun and are not signed yet."""
    rows = consultations(seen_by=ask.by).filter(doctor_id=ask.doctor_id)
    return rows.filter(status__in=[Status.IN_CONSULTATION, Status.PLAN_CREATED]).count()


def unsigned_summaries(ask: Ask) -> int:
    """Visits one signed without the summary for the patient."""
    return without_summary(seen_by=ask.by).order_by().count()


def patients_seen(ask: Ask) -> Mapping[date, int]:
    """How many of one's own encounters were signed on each day."""
    rows = consultations(seen_by=ask.by).filter(doctor_id=ask.doctor_id, signed_at__gte=ask.since)
    return _by_day(rows, "signed_at", ask.zone)


def sessions_done(ask: Ask) -> Mapping[date, int]:
    """How many treatment sessions took place at the branch on each day."""
    rows = scheduling.appointments(seen_by=ask.by).filter(
        branch_id=ask.branch_id, kind="SESSION", status="COMPLETED", starts_at__gte=ask.since
    )
    return _by_day(rows, "starts_at", ask.zone)


def _by_day(rows: Any, column: str, zone: str) -> Mapping[date, int]:
    days = rows.select_related(None).order_by().annotate(day=TruncDate(column, tzinfo=ZoneInfo(zone)))
    return dict(days.values_list("day").annotate(many=Count("pk")))
