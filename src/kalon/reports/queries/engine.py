"""One small engine for every report: sum postings by what the report groups by, column by column."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from kalon.billing import queries as billing
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.money import ZERO
from kalon.ledger import queries as ledger
from kalon.reports.queries.access import must_see
from kalon.reports.queries.dimensions import DIMENSIONS, Name, Names
from kalon.reports.rules import REPORTS, Column, Period, Report

NO_KEY = "none"  # how the row of what has no doctor, no plan … stands in an address


@dataclass(frozen=True, slots=True)
class Asked:
    """Which days and which branch a report is asked for; `today` is the branch's."""

    period: Period
    today: date
    branch_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a report: what it is about, its sums, and its key in an address."""

    name: Name
    key: str
    sums: list[Decimal]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a report that are shown, ready to be drawn."""

    report: Report
    lines: list[Line]
    totals: list[Decimal]


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the report comes to, and what the postings of its accounts come to when they are counted apart."""

    says: Decimal
    counted: Decimal

    @property
    def holds(self) -> bool:
        return self.says == self.counted


def report(slug: str) -> Report:
    """A report of the shelf."""
    found = REPORTS.get(slug)
    if found is None:
        raise NotFound("There is no such report. Choose one from the list.")
    return found


def rows_of(wanted: Report, asked: Asked, *, seen_by: Actor) -> "QuerySet[Any, dict[str, Any]]":
    """A report's rows as `key` and `c0`, `c1` …: the largest first, days in their order."""
    rows: QuerySet[Any, dict[str, Any]] = (
        _keyed(wanted, asked, seen_by).order_by().values("key").annotate(**_sums(wanted, asked))
    )
    rows = rows.exclude(**{f"c{at}": ZERO for at in range(len(wanted.columns))})
    return rows.order_by("key") if wanted.by in ("day", "account") else rows.order_by(f"-c{_last(wanted)}", "key")


def totals(wanted: Report, asked: Asked, *, seen_by: Actor) -> list[Decimal]:
    """The sums of all rows."""
    found = base(wanted, asked, seen_by=seen_by).aggregate(**_sums(wanted, asked))
    return [found[f"c{at}"] for at in range(len(wanted.columns))]


def table(wanted: Report, rows: Sequence[dict[str, Any]], asked: Asked, *, seen_by: Actor) -> Table:
    """Rows with their names, and the sums of the whole report."""
    names = names_of(wanted, [row["key"] for row in rows], seen_by=seen_by)
    lines = [
        Line(named(wanted, row["key"], names), key_of(row["key"]), [row[f"c{at}"] for at in range(len(wanted.columns))])
        for row in rows
    ]
    return Table(wanted, lines, totals(wanted, asked, seen_by=seen_by))


def agreement(wanted: Report, asked: Asked, total: Decimal, *, seen_by: Actor) -> Agreement:
    """The report's total beside the ledger's own: accounts that stand open are counted from their first posting."""
    if wanted.is_standing:
        rows = ledger.postings_between(
            date.min, date.max, *wanted.accounts, branch_id=asked.branch_id, seen_by=seen_by
        ).order_by()
        counted = rows.aggregate(sum=Coalesce(Sum("amount"), ZERO))["sum"]
    else:
        moved = ledger.totals(asked.period.since, asked.period.until, branch_id=asked.branch_id, seen_by=seen_by)
        counted = sum((amount for account, amount in moved.items() if account in wanted.accounts), ZERO)
    return Agreement(total, counted * wanted.sign)


def base(wanted: Report, asked: Asked, *, seen_by: Actor) -> "QuerySet[Any]":
    """What a report is counted from: the postings of its days, or what stands open on its accounts."""
    must_see(asked.branch_id, seen_by)
    if not wanted.is_standing:
        return ledger.postings_between(
            asked.period.since, asked.period.until, *wanted.accounts, branch_id=asked.branch_id, seen_by=seen_by
        )
    if asked.branch_id and not _has_bills(wanted):  # kept for the whole clinic: counted from the postings
        return ledger.postings_between(date.min, date.max, *wanted.accounts, branch_id=asked.branch_id, seen_by=seen_by)
    rows = ledger.balances(*wanted.accounts, seen_by=seen_by)
    return rows.filter(_of_branch(asked.branch_id, seen_by)) if asked.branch_id else rows


def names_of(wanted: Report, keys: Sequence[Any], *, seen_by: Actor) -> Names:
    return DIMENSIONS[wanted.by].names([key for key in keys if key is not None], seen_by)


def named(wanted: Report, key: Any, names: Names) -> Name:
    return names.get(key) or Name(DIMENSIONS[wanted.by].none if key is None else "Unknown")


def key_of(key: Any) -> str:
    return NO_KEY if key is None else str(key)


def _keyed(wanted: Report, asked: Asked, by: Actor) -> "QuerySet[Any]":
    keyed: QuerySet[Any] = base(wanted, asked, seen_by=by).annotate(key=DIMENSIONS[wanted.by].of(by))
    return keyed


def _sums(wanted: Report, asked: Asked) -> dict[str, Any]:
    return {
        f"c{at}": Coalesce(Sum(F("amount") * wanted.sign, filter=_within(column, asked)), ZERO)
        for at, column in enumerate(wanted.columns)
    }


def _within(column: Column, asked: Asked) -> Q | None:
    parts = []
    if column.accounts:
        parts.append(Q(account__in=column.accounts))
    if column.side:
        parts.append(Q(amount__gt=0) if column.side == "debit" else Q(amount__lt=0))
    if column.days:
        low, high = column.days
        since = Q(since__lte=asked.today - timedelta(days=low))
        parts.append(since & Q(since__gte=asked.today - timedelta(days=high)) if high is not None else since)
    return reduce(lambda left, right: left & right, parts) if parts else None


def _has_bills(wanted: Report) -> bool:
    return any(column.days for column in wanted.columns)


def _of_branch(branch_id: UUID, by: Actor) -> Q:
    here = billing.bills(seen_by=by).order_by().select_related(None).filter(branch_id=branch_id)
    return Q(bill_id__in=here.values("pk"))


def _last(wanted: Report) -> int:
    return len(wanted.columns) - 1
