"""Proposing times: doctor, room, team and devices together, the best first, and in words why not when nothing fits."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kalon.catalog import queries as catalog
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.scheduling.lifecycles import RELEASED
from kalon.scheduling.queries.diary import But, Diary, Opening, diary, with_things
from kalon.scheduling.queries.reasons import why_nothing
from kalon.scheduling.queries.supply import demand, supply
from kalon.scheduling.queries.visits import appointments_of
from kalon.scheduling.rules import (
    NOTHING_CHOSEN,
    Chosen,
    Column,
    Demand,
    Lack,
    Place,
    Slot,
    SlotState,
    Span,
    Supply,
    fit,
)

HORIZON = timedelta(days=90)  # how far ahead a free time is looked for
FIRST_LOOK = timedelta(days=1)  # most who ask find something here; each further look reaches twice as far
CONSIDERED = 60  # so many fitting times are compared
IDLE = timedelta(hours=2)  # a longer gap beside a visit is no gap, it is free time
ANOTHER_DOCTOR = 45  # minutes of waste that seeing the same doctor again outweighs
A_DAY_LATER = 30


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for a time for."""

    branch: Any
    demand: Demand
    doctor_id: UUID | None = None
    chosen: Chosen = field(default_factory=Chosen)
    but: But = None  # a visit that is moved does not stand in its own way, nor in that of those moved with it

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.branch.timezone)


@dataclass(frozen=True, slots=True)
class Offer:
    """A time with everything a visit takes, and why it is a good one."""

    slot: Slot
    place: Place
    waste: float = 0.0
    why: tuple[str, ...] = ()

    @property
    def start(self) -> datetime:
        return self.slot.start

    @property
    def end(self) -> datetime:
        return self.slot.end


@dataclass(frozen=True, slots=True)
class Proposal:
    """The best times of the days asked for; where there is none, the reason and the nearest that there are."""

    offers: tuple[Offer, ...]
    reason: str = ""
    nearest: tuple[Offer, ...] = ()
    names: dict[UUID, str] = field(default_factory=dict)


def wanted(
    branch_id: UUID,
    *,
    service_id: UUID | None = None,
    package_id: UUID | None = None,
    doctor_id: UUID | None = None,
    minutes: int | None = None,
    chosen: Chosen = NOTHING_CHOSEN,
    seen_by: Actor,
) -> Wanted:
    """A wish for a service or a package at a branch, looked up."""
    service = catalog.service(service_id, seen_by=seen_by) if service_id else None
    package = catalog.package(package_id, seen_by=seen_by) if package_id else None
    asked = demand(service, package, minutes=minutes)
    return Wanted(people.branch(branch_id, seen_by=seen_by), asked, doctor_id, chosen)


def propose(
    wish: Wanted,
    first: date,
    last: date,
    *,
    patient_id: UUID | None = None,
    after: datetime | None = None,
    count: int = 6,
    seen_by: Actor,
) -> Proposal:
    """The best times from one day to another: the same doctor as last time, few gaps, soon.

    Where nothing fits there, says why, and offers the nearest three after it.
    """
    now = max(after or clock.now(), clock.now())
    seen = look(wish, first, last, seen_by=seen_by)
    usual = _usual_doctor(patient_id, seen_by) if patient_id and not wish.doctor_id else None
    fits = list(islice(seen.fits(now), CONSIDERED))
    if fits:
        ranked = sorted((_ranked(offer, seen.book, fits[0], usual) for offer in fits), key=lambda o: (o.waste, o.slot))
        return Proposal(tuple(ranked[:count]), names=seen.names)
    nearest, names = next_offers(wish, max(now, seen.ends), 3, seen_by=seen_by)
    return Proposal((), seen.reason(now), tuple(nearest), {**seen.names, **names})


def next_offers(wish: Wanted, after: datetime, count: int, *, seen_by: Actor) -> tuple[list[Offer], dict[UUID, str]]:
    """The next times that fit, soonest first, with the names of who and what they take."""
    after = max(after, clock.now())
    first = after.astimezone(wish.zone).date()
    last = first + HORIZON
    found: list[Offer] = []
    names: dict[UUID, str] = {}
    reach = FIRST_LOOK
    while first <= last and len(found) < count:
        seen = look(wish, first, first + reach, seen_by=seen_by)
        found += islice(seen.fits(after), count - len(found))
        names |= seen.names
        first, reach = first + reach + timedelta(days=1), reach * 2
    return found, names


@dataclass(slots=True)
class Look:
    """A stretch of days looked at once: hours, what is taken, and what the branch has."""

    wish: Wanted
    book: Diary
    supply: Supply
    first: date
    last: date
    seen_by: Actor
    _team: frozenset[UUID | None] = frozenset()
    _fits: dict[tuple[datetime, datetime, UUID | None], Place | Lack] = field(default_factory=dict)

    def __post_init__(self) -> None:
        team = {one.id for need in self.supply.staff for one in need.candidates}
        self._team = frozenset(team.intersection([self.wish.doctor_id, *self.book.doctors]))

    @property
    def ends(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), datetime.min.time(), tzinfo=self.wish.zone)

    @property
    def names(self) -> dict[UUID, str]:
        return {who: staff.name for who, staff in self.book.people.items()} | self.supply.names

    def slots(self, now: datetime) -> Iterator[Slot]:
        """Every slot that could be had if nobody and nothing else were needed, in order."""
        return (slot for _, slot in self._openings(now))

    def _openings(self, now: datetime) -> Iterator[Opening]:
        on = self.first
        while on <= self.last:
            yield from self._of_day(on, now)
            on += timedelta(days=1)

    def _of_day(self, on: date, now: datetime) -> list[Opening]:
        """The doctor's slots, every doctor's, or where nobody sees a doctor those of the opening hours, in order."""
        minutes = self.wish.demand.minutes or None
        if not (self.wish.demand.needs_doctor or self.wish.doctor_id):
            found = list(self.book.open_slots(self.wish.branch, on, minutes, now=now))
        else:  # sorting keeps the order of those who begin at the same time
            seen = [self.wish.doctor_id] if self.wish.doctor_id else sorted(self.book.doctors)
            found = [opening for who in seen for opening in self.book.openings(who, on, minutes, now=now)]
        if self.book.day(on).start < now:
            found = [opening for opening in found if opening[0].start >= now]
        return sorted(found, key=lambda opening: (opening[0].start, opening[0].end))

    def fits(self, now: datetime) -> Iterator[Offer]:
        """The slots for which everything else is free too, in order."""
        return self._fitting(self._openings(now))

    def fits_on(self, on: date, now: datetime) -> Iterator[Offer]:
        """The same, of one day."""
        return self._fitting(self._of_day(on, now))

    def _fitting(self, openings: Iterable[Opening]) -> Iterator[Offer]:
        for span, slot in openings:
            if slot.state is SlotState.FREE and isinstance(place := self._fit(span, slot.doctor_id), Place):
                yield Offer(slot, place)

    def is_open(self, slot: Slot) -> bool:
        """Whether a visit can begin there: the slot is free, and so is everything else it takes."""
        return slot.state is SlotState.FREE and isinstance(self.fit(slot), Place)

    def fit(self, slot: Slot) -> Place | Lack:
        return self._fit(Span(slot.start.astimezone(UTC), slot.end.astimezone(UTC)), slot.doctor_id)

    def _fit(self, span: Span, doctor_id: UUID | None) -> Place | Lack:
        """What a time is given: the same for every doctor but those who could be in the team themselves."""
        busy = doctor_id if self._team and doctor_id in self._team else None
        key = (span.start, span.end, busy)
        if key not in self._fits:
            but = [busy] if busy else []
            self._fits[key] = fit(span, self.supply, self.book.is_free, chosen=self.wish.chosen, but=but)
        return self._fits[key]

    def reason(self, now: datetime) -> str:
        """Why nothing fits in these days, in one sentence."""
        days = [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]
        return why_nothing(self, list(self.slots(now)), days, now)

    def why_not(self, on: date, now: datetime) -> str:
        """Why nothing fits on one day."""
        return why_nothing(self, [slot for _, slot in self._of_day(on, now)], [on], now)


def look(wish: Wanted, first: date, last: date, *, seen_by: Actor) -> Look:
    kinds = [kind for kind, _ in wish.demand.staff]
    alone = [wish.doctor_id] if wish.doctor_id else []
    ids = [*alone, *wish.chosen.team]
    doctors = [] if alone or not wish.demand.needs_doctor else list(people.DOCTOR_KINDS)
    book = diary(
        wish.branch.pk, first, last, seen_by=seen_by, doctor_ids=ids, staff_kinds=[*kinds, *doctors],
        zone=wish.zone, but=wish.but,
    )  # fmt: skip
    have = supply(wish.branch.pk, wish.demand, book, seen_by=seen_by, chosen=wish.chosen)
    with_things(book, have.things, first, last, seen_by=seen_by, but=wish.but)
    return Look(wish, book, have, first, last, seen_by)


def _usual_doctor(patient_id: UUID, seen_by: Actor) -> UUID | None:
    """Whom the patient saw, or is to see, last."""
    visits = appointments_of(patient_id, seen_by=seen_by).exclude(status__in=RELEASED).exclude(doctor=None)
    return visits.order_by("-starts_at").values_list("doctor_id", flat=True).first()


def _ranked(offer: Offer, book: Diary, earliest: Offer, usual: UUID | None) -> Offer:
    """The time with what it wastes, in minutes: gaps beside it, days of waiting, a doctor the patient does not know."""
    column = book.column(offer.slot.doctor_id) if offer.slot.doctor_id else Column()
    start, end = offer.start, offer.end
    idle = min(column.gap_before(start, IDLE), column.gap_after(end, IDLE))
    days = (offer.start.date() - earliest.start.date()).days
    is_usual = usual is not None and offer.slot.doctor_id == usual
    waste = idle.total_seconds() / 60 * 0.25 + days * A_DAY_LATER + (0 if usual is None or is_usual else ANOTHER_DOCTOR)
    why = [
        *(["The same doctor as last time"] if is_usual else []),
        *(["The earliest time"] if offer.slot == earliest.slot else []),
        *(["No gap beside it"] if not idle and column.taken else []),
    ]
    return Offer(offer.slot, offer.place, waste, tuple(why))
