"""What the booking page offers: proposals, the day's times, and who and what is free at the chosen one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from kalon.catalog import queries as catalog
from kalon.kernel import clock
from kalon.kernel.errors import NotReady
from kalon.people import queries as people
from kalon.scheduling import queries
from kalon.scheduling.pages import looks
from kalon.scheduling.pages.wish import Wish, key
from kalon.scheduling.queries import Availability, Look, Offer
from kalon.scheduling.rules import NOTHING_CHOSEN, Chosen, Lack, Need, Place, Slot, SlotState, Span, fit

PROPOSED = 4
AHEAD = timedelta(days=6)  # where nobody asked for a day, the best time of a week is proposed
PARTS = ((0, "Morning"), (12, "Afternoon"), (17, "Evening"))


@dataclass(frozen=True, slots=True)
class Taken:
    """Who or what a visit takes, from when to when."""

    name: str
    start: datetime
    end: datetime
    icon: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A time as the page draws it, with everything it takes."""

    span: Span
    doctor_id: UUID | None
    names: tuple[str, ...] = ()
    why: tuple[str, ...] = ()

    @property
    def wall(self) -> datetime:
        """When it begins, as the branch's clock shows it."""
        return looks.wall(self.span.start)

    @property
    def wall_end(self) -> datetime:
        return looks.wall(self.span.end)

    @property
    def key(self) -> str:
        return key(self.span.start)


@dataclass(frozen=True, slots=True)
class Select:
    """One need of the visit as a choice by hand: everybody who could, with what stands in the way."""

    name: str  # of the field in the address
    label: str
    options: list[Availability]
    picked: UUID | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One time of one doctor on the chosen day."""

    wall: datetime
    key: str
    state: str  # free, lacking, taken, held or past
    why: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One doctor's day, by parts; without a doctor, the opening hours."""

    doctor: Any
    free: int
    parts: list[tuple[str, list[Cell]]]


def offers(request: HttpRequest, wish: Wish) -> dict[str, Any]:
    """Everything about times; nothing before it is known what for."""
    if wish.offered is None:
        return {"choice": None, "proposals": [], "columns": []}
    by = request.actor  # type: ignore[attr-defined]
    wanted = wish.wanted(request, doctor_id=wish.doctor_id)
    last = wish.day if wish.is_day_asked else wish.day + AHEAD
    found = queries.propose(
        wanted, wish.day, last, patient_id=wish.patient.pk if wish.patient else None, count=PROPOSED, seen_by=by
    )
    best = [_choice(offer, found.names) for offer in (found.offers or found.nearest)]
    day = wish.start.date() if wish.start else wish.day if wish.is_day_asked or not best else best[0].wall.date()
    seen = queries.look(wanted, day, day, seen_by=by)
    doctors = list(people.doctors(seen_by=by, branch_id=wish.branch.pk))
    choice = _picked(wish, seen, doctors) if wish.start else None
    if choice is None and best and (found.offers or not wish.is_day_asked):
        choice = best[0]
    facts = {
        "reason": found.reason,
        "proposals": [one for one in best if not _same(one, choice)],
        "choice": choice,
        "day": day,
        "yesterday": day - timedelta(days=1),
        "tomorrow": day + timedelta(days=1),
        "demand": wanted.demand,
        "doctors": doctors,
        "columns": list(_columns(seen, wish)),
        **_cost(request, wish, choice),
    }
    if choice:
        facts["hold_query"] = _address(request, choice)
    return facts | (_indicators(wish, seen, choice) if choice and choice.wall.date() == day else {})


def _same(one: Choice, other: Choice | None) -> bool:
    return other is not None and (one.key, one.doctor_id) == (other.key, other.doctor_id)


def _address(request: HttpRequest, choice: Choice) -> str:
    """The page's address with this time in it, for whoever asks to hold it."""
    values = request.GET.copy()
    values["start"] = choice.key
    if choice.doctor_id:
        values["with"] = str(choice.doctor_id)
    return values.urlencode()


def _choice(offer: Offer, names: dict[UUID, str]) -> Choice:
    place = offer.place
    told = (offer.slot.doctor_id, place.room_id, *place.team, *place.equipment)
    return Choice(
        Span(offer.start, offer.end),
        offer.slot.doctor_id,
        tuple(names[one] for one in told if one in names),
        offer.why,
    )


def _picked(wish: Wish, seen: Look, doctors: list[Any]) -> Choice:
    """The time somebody picked or came at; who comes in now sees the first doctor who is free."""
    assert wish.start is not None
    span = Span(wish.start, wish.start + timedelta(minutes=seen.wish.demand.minutes))
    who = wish.with_id or wish.doctor_id
    if who is None and seen.wish.demand.needs_doctor:
        there = queries.doctors_of(seen.book, span)
        free = [one.id for one in there if one.is_available]
        who = next(iter(free or [one.id for one in there] or [one.pk for one in doctors]), None)
    return Choice(span, who, why=(f"{wish.how.word}: now" if wish.how.is_now else "You chose this time",))


def _indicators(wish: Wish, seen: Look, choice: Choice) -> dict[str, Any]:
    """What the chosen time takes, whether it can, and who and what else there is."""
    book, demand, span = seen.book, seen.wish.demand, choice.span
    busy = [choice.doctor_id] if choice.doctor_id else []
    found = fit(span, seen.supply, book.is_free, chosen=wish.chosen, but=busy)
    anyhow = fit(span, seen.supply, book.is_not_taken, chosen=wish.chosen, but=busy) if wish.how.is_now else found
    only_hours = isinstance(found, Lack) and isinstance(anyhow, Place)  # who comes now is seen outside of them
    found = anyhow if only_hours else found
    place = found if isinstance(found, Place) else Place()
    doctors = queries.doctors_of(book, span) if demand.needs_doctor else []
    doctor = next((one for one in doctors if one.id == choice.doctor_id), None)
    outside = only_hours or (
        (doctor is None or not (doctor.is_available or doctor.is_taken))
        if choice.doctor_id
        else not (demand.needs_doctor or book.is_house_open(wish.branch, span))
    )
    return {
        "takes": list(_takes(choice, place, seen)),
        "lack": f"{found.sentence}." if isinstance(found, Lack) else "",
        "doctor_conflict": f"{doctor.name} is {doctor.conflict}." if doctor and doctor.is_taken else "",
        "is_outside": outside,
        "is_free": isinstance(found, Place) and not outside and (doctor is None or doctor.is_available),
        "selects": [*_doctor_select(doctors, choice), *selects(seen, span, place, wish.chosen)],
    }


def _takes(choice: Choice, place: Place, seen: Look) -> Iterator[Taken]:
    names, span = seen.names, choice.span
    buffers = {one.id: one.buffer_minutes for need in seen.supply.needs for one in need.candidates}
    if choice.doctor_id in names:
        yield Taken(names[choice.doctor_id], choice.wall, choice.wall_end, icon="stethoscope")

    def around(one: UUID, icon: str) -> Taken:
        taken = seen.wish.demand.around(span, buffers.get(one, 0))
        return Taken(names[one], looks.wall(taken.start), looks.wall(taken.end), icon)

    if place.room_id:
        yield around(place.room_id, icon="door-open")
    yield from (around(one, icon="user-round") for one in place.team)
    yield from (around(one, icon="zap") for one in place.equipment)


def _doctor_select(doctors: list[Availability], choice: Choice) -> Iterator[Select]:
    if doctors:
        yield Select("with", "Doctor", doctors, choice.doctor_id)


def selects(seen: Look, span: Span, place: Place, chosen: Chosen = NOTHING_CHOSEN) -> Iterator[Select]:
    """Each need of a visit as a choice by hand, with what the visit is given."""
    supply, demand = seen.supply, seen.wish.demand
    room = place.room_id or chosen.room_id
    needs = [("room", supply.room, [room] if room else [])] if supply.room else []
    needs += [("team", need, [one for one in place.team if _serves(need, one)]) for need in supply.staff]
    needs += [("equipment", need, [one for one in place.equipment if _serves(need, one)]) for need in supply.equipment]
    for name, need, given in needs:
        options = queries.candidates_of(seen.book, need, span, demand)
        for index in range(need.count):
            noun = "Room" if name == "room" else need.noun.capitalize()
            label = f"{noun} {index + 1}" if need.count > 1 else noun
            yield Select(name, label, options, given[index] if index < len(given) else None)


def _serves(need: Need, one: UUID) -> bool:
    return any(candidate.id == one for candidate in need.candidates)


def _columns(seen: Look, wish: Wish) -> Iterator[Column]:
    """Each doctor's times of the day; those for which a room or somebody is lacking say so."""
    now = clock.now()
    slots = list(seen.slots(datetime.min.replace(tzinfo=wish.zone)))
    slots.sort(key=lambda slot: (_name(seen, slot.doctor_id), slot.start))
    for doctor_id, of_doctor in groupby(slots, key=lambda slot: slot.doctor_id):
        cells = [_cell(slot, seen, now) for slot in of_doctor]
        yield Column(
            seen.book.people.get(doctor_id) if doctor_id else None,
            sum(cell.state == "free" for cell in cells),
            [(name, list(inside)) for name, inside in groupby(cells, key=_part)],
        )


def _name(seen: Look, doctor_id: UUID | None) -> str:
    return str(seen.book.people[doctor_id].name) if doctor_id else ""


def _cell(slot: Slot, seen: Look, now: datetime) -> Cell:
    state, why = slot.state.value, slot.state.value
    if slot.start < now:
        state = why = SlotState.PAST.value
    elif slot.state is SlotState.FREE and isinstance(found := seen.fit(slot), Lack):
        state, why = "lacking", found.sentence.lower()
    return Cell(looks.wall(slot.start), key(slot.start), state, why)


def _part(cell: Cell) -> str:
    return next(name for hour, name in reversed(PARTS) if cell.wall.hour >= hour)


def _cost(request: HttpRequest, wish: Wish, choice: Choice | None) -> dict[str, Any]:
    """Price, tax, what is due before the visit, and what cancelling costs."""
    by = request.actor  # type: ignore[attr-defined]
    kind = wish.how.kind or (wish.offered.appointment_type.code if wish.offered.appointment_type else "CONSULTATION")
    policy = catalog.cancellation_policy(
        service_id=wish.service.pk if wish.service else None,
        package_id=wish.package.pk if wish.package else None,
        kind=kind,
        seen_by=by,
    )
    try:
        price = queries.price(
            wish.offered, (choice.wall if choice else wish.now).date(), branch_id=wish.branch.pk,
            patient_id=wish.patient.pk if wish.patient else None, seen_by=by,
        )  # fmt: skip
    except NotReady as missing:
        return {"price": None, "no_price": missing.detail, "policy": policy}
    due = None if wish.how.kind else wish.offered.due_before(price.total)
    return {"price": price, "due_before": due, "rest": price.total - due if due else None, "policy": policy}
