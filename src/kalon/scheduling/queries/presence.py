"""Who works when: a branch's month at one look."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.scheduling import rules
from kalon.scheduling.lifecycles import VIEW
from kalon.scheduling.models import Holiday
from kalon.scheduling.queries.diary import Diary, diary
from kalon.scheduling.queries.holidays import holidays_of
from kalon.scheduling.rules import Span


@dataclass(frozen=True, slots=True)
class Presence:
    """One person on one day: the hours they are in, on the branch's clock, and whether they are away."""

    on: date
    hours: list[Span] = field(default_factory=list)
    is_away: bool = False

    @property
    def is_in(self) -> bool:
        return bool(self.hours)


@dataclass(frozen=True, slots=True)
class Month:
    """A branch's month: its days, the days it is closed by name, and everybody's presence on each day."""

    first: date
    days: list[date]
    closed: dict[date, str]
    people: list[tuple[Any, list[Presence]]]

    def count_in(self, on: date) -> int:
        """How many people are in on a day."""
        return sum(one.is_in for _, row in self.people for one in row if one.on == on)


def month(branch_id: UUID, on: date, *, seen_by: Actor) -> Month:
    """Who is in and who is away at a branch in the month of a day; why somebody is away is not told."""
    seen_by.must(VIEW, at=branch_id, do="see who works when")
    zone = ZoneInfo(people.branch(branch_id, seen_by=seen_by).timezone)
    first = on.replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    book = diary(branch_id, first, last, seen_by=seen_by, zone=zone)
    kept = holidays_of(branch_id, first, last, seen_by=seen_by).filter(decision=Holiday.Decision.CLOSED)
    rows = sorted(book.people.items(), key=lambda pair: (str(pair[1].name), pair[0]))
    return Month(
        first=first,
        days=days,
        closed={day.on_date: day.name for day in kept},
        people=[(person, [_presence(book, staff_id, day) for day in days]) for staff_id, person in rows],
    )


def _presence(book: Diary, staff_id: UUID, on: date) -> Presence:
    """What is left of the hours begun on a day when the leave is taken out."""
    day = rules.whole_day(on, book.zone)
    begun = [stretch.span for stretch in book.hours(staff_id, on) if stretch.span.start >= day.start]
    away = book.away_spans(staff_id)
    left = [part for span in begun for part in rules.without(span, away)]
    local = [Span(part.start.astimezone(book.zone), part.end.astimezone(book.zone)) for part in left]
    return Presence(on, local, is_away=any(gone.overlaps(span) for gone in away for span in begun or [day]))
