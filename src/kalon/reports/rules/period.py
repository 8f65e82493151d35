"""The days a report is about."""

from dataclasses import dataclass
from datetime import date, timedelta

from kalon.kernel.errors import Invalid

PERIODS = {"week": "Week", "month": "Month", "quarter": "Quarter", "year": "Year"}
LONGEST = 3700  # days: ten years and a little


@dataclass(frozen=True, slots=True)
class Period:
    """Some days, the last one included; `name` is one of PERIODS, empty for days of one's own choice."""

    since: date
    until: date
    name: str = ""

    @property
    def before(self) -> "Period":
        """As many days, just before: what the figures are compared with."""
        days = (self.until - self.since).days + 1
        return Period(self.since - timedelta(days=days), self.since - timedelta(days=1))

    def __str__(self) -> str:
        if self.since == self.until:
            return f"{self.until:%-d %b %Y}"
        if (self.since.year, self.since.month) == (self.until.year, self.until.month):
            return f"{self.since.day}–{self.until:%-d %b %Y}"
        if self.since.year == self.until.year:
            return f"{self.since:%-d %b} – {self.until:%-d %b %Y}"
        return f"{self.since:%-d %b %Y} – {self.until:%-d %b %Y}"


def period_of(today: date, *, name: str = "", since: str = "", until: str = "") -> Period:
    """The days somebody chose: from and until as dates, else a period that ends today; the month when nothing fits."""
    if since or until:
        first, last = _day(since, "from") if since else None, _day(until, "until") if until else today
        first = first or last.replace(day=1)
        if first > last:
            raise Invalid("The first day is after the last. Change one of them.", field="from")
        if (last - first).days > LONGEST:
            raise Invalid("Choose at most ten years.", field="from")
        return Period(first, last)
    starts = {
        "week": today - timedelta(days=today.weekday()),
        "quarter": date(today.year, 3 * ((today.month - 1) // 3) + 1, 1),
        "year": date(today.year, 1, 1),
    }
    return Period(starts.get(name, today.replace(day=1)), today, name if name in PERIODS else "month")


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("Write a day like 2026-11-30.", field=field) from None
