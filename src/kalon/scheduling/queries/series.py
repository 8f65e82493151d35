"""Planning several visits at once: the same hour every so many days, around holidays and what is taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.scheduling.models import Appointment
from kalon.scheduling.queries.proposals import Look, Offer, Wanted, look
from kalon.scheduling.queries.visits import appointments

LONGEST_SERIES = 60
AROUND = 6  # so many days a visit is put off when its day has no time for it


@dataclass(frozen=True, slots=True)
class Meant:
    """When one visit is meant to be, on the branch's wall clock, and how many days after the one before at least."""

    number: int
    at: datetime
    least_days: int = 1


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One visit of a planned series: when it was meant to be, when it can be, and why that differs.

    `day` are all the times of the day it is on, for whoever wants another.
    """

    number: int
    meant: datetime
    offer: Offer | None
    note: str = ""
    day: tuple[Offer, ...] = ()


def plan_series(
    wish: Wanted, start: datetime, *, count: int, interval_days: int, seen_by: Actor
) -> tuple[list[Occurrence], dict[UUID, str]]:
    """A time for each visit of a series, and the names of who and what they take.

    `start` is the first visit on the branch's wall clock. A visit whose day is a holiday or full goes to the next
    day that has a time, at the hour nearest to the one meant; those after it keep the rhythm.
    """
    if not 2 <= count <= LONGEST_SERIES:
        raise Invalid(f"A series has between 2 and {LONGEST_SERIES} visits.", field="count")
    if not 1 <= interval_days <= 366:
        raise Invalid("Between two visits lie 1 to 366 days.", field="interval_days")
    first = start.replace(tzinfo=None)
    meant = [Meant(number, first + timedelta(days=interval_days * (number - 1))) for number in range(1, count + 1)]
    return plan_visits(wish, meant, seen_by=seen_by)


def plan_visits(wish: Wanted, meant: Sequence[Meant], *, seen_by: Actor) -> tuple[list[Occurrence], dict[UUID, str]]:
    """A time for each of some visits that are to keep their order and their distance, and the names they take."""
    last = meant[-1].at.date() + timedelta(days=AROUND * (2 if any(one.least_days > 1 for one in meant) else 1))
    seen = look(wish, meant[0].at.date(), last, seen_by=seen_by)
    found: list[Occurrence] = []
    before: date | None = None
    for one in meant:
        found.append(_occurrence(seen, one, before))
        offer = found[-1].offer
        before = offer.start.date() if offer else before
    return found, seen.names


def visits_of_series(series_id: UUID, *, seen_by: Actor) -> Sequence[Appointment]:
    """The visits of a series that stand or were held, in order; a moved one is its successor."""
    rows = appointments(seen_by=seen_by).filter(series_id=series_id, successor=None)
    return list(rows.order_by("series_number", "starts_at"))


def _occurrence(seen: Look, one: Meant, before: date | None) -> Occurrence:
    zone = seen.wish.zone
    number, meant, wanted = one.number, one.at, one.at.replace(tzinfo=zone)
    earliest = before + timedelta(days=one.least_days) if before else meant.date()
    why = ""
    if earliest > meant.date() and one.least_days > 1:
        why = f"At least {one.least_days} days lie between it and the one before."
    for put_off in range(AROUND + 1):
        on = meant.date() + timedelta(days=put_off)
        if on < earliest or on > seen.last:
            continue
        offers = list(seen.fits_on(on, clock.now()))
        if offers:
            target = datetime.combine(on, meant.time(), tzinfo=zone)
            best = min(offers, key=lambda offer: (abs(offer.start - target), offer.slot))
            return Occurrence(number, wanted, best, _note(best, wanted, why), tuple(offers))
        why = why or seen.why_not(on, clock.now())
    return Occurrence(number, wanted, None, f"{why} Nor on the {AROUND} days after. Choose a time yourself.")


def _note(offer: Offer, wanted: datetime, why: str) -> str:
    if offer.start.date() != wanted.date():
        return f"{why} Moved to {offer.start:%a %-d %b}."
    if offer.start != wanted:
        return f"{wanted:%H:%M} does not fit, {offer.start:%H:%M} does."
    return ""
