"""The figures in front: a year month by month, and the largest rows of a report as bars."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from kalon.kernel.actors import Actor
from kalon.kernel.money import ZERO
from kalon.ledger import queries as ledger
from kalon.reports.queries.access import must_see
from kalon.reports.queries.engine import Asked, key_of, named, names_of, report, rows_of, totals
from kalon.reports.rules import Report

MONTHS, HEIGHT = 12, 100


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a chart: its words, its amount, and its length of a hundred."""

    label: str
    amount: Decimal
    length: int
    key: str = ""

    @property
    def top(self) -> int:
        return HEIGHT - self.length


def months(asked: Asked, *, seen_by: Actor) -> list[Bar]:
    """What was earned in each of the last twelve months, this one included."""
    must_see(asked.branch_id, seen_by)
    first = _months_before(asked.today, MONTHS - 1)
    earned = report("revenue-by-day").accounts
    rows = ledger.postings_between(first, asked.today, *earned, branch_id=asked.branch_id, seen_by=seen_by)
    sums = dict(rows.order_by().annotate(month=TruncMonth("date")).values_list("month").annotate(sum=Sum("amount")))
    days = [_months_before(asked.today, back) for back in range(MONTHS - 1, -1, -1)]
    return _scaled([(f"{day:%b %Y}", -sums.get(day, ZERO), f"{day:%Y-%m}") for day in days])


def bars(wanted: Report, asked: Asked, *, most: int = 4, seen_by: Actor) -> list[Bar]:
    """The largest rows of a report, by its total."""
    last = f"c{len(wanted.columns) - 1}"
    rows = list(rows_of(wanted, asked, seen_by=seen_by).order_by(f"-{last}", "key")[:most])
    names = names_of(wanted, [row["key"] for row in rows], seen_by=seen_by)
    return _scaled([(named(wanted, row["key"], names).text, row[last], key_of(row["key"])) for row in rows])


def columns(wanted: Report, asked: Asked, *, seen_by: Actor) -> list[Bar]:
    """The columns of a report but its total, summed over all rows."""
    sums = totals(wanted, asked, seen_by=seen_by)[:-1]
    return _scaled([(column.label, amount, "") for column, amount in zip(wanted.columns, sums, strict=False)])


def _scaled(rows: list[tuple[str, Decimal, str]]) -> list[Bar]:
    largest = max((amount for _, amount, _ in rows), default=ZERO)
    return [
        Bar(label, amount, int(HEIGHT * amount / largest) if largest > 0 and amount > 0 else 0, key)
        for label, amount, key in rows
    ]


def _months_before(day: date, back: int) -> date:
    month = day.year * 12 + day.month - 1 - back
    return date(month // 12, month % 12 + 1, 1)
