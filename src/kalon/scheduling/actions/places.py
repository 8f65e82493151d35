"""Finding a place in time for a visit, and saying which clash stands in the way when there is none."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, DomainError, Invalid
from kalon.scheduling import queries, rules
from kalon.scheduling.lifecycles import OVERBOOK
from kalon.scheduling.models.allocations import NO_OVERLAP, ONE_BRANCH
from kalon.scheduling.queries import Diary, Offer, Wanted
from kalon.scheduling.rules import Chosen, Demand, Lack, Place, SlotState, Span, Supply

LATE_ENTRY = timedelta(minutes=15)  # a walk-in is often written down after it began
ALTERNATIVES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A time somebody wants, with everything that decides whether it can be had."""

    branch: Any
    doctor: Any
    span: Span
    demand: Demand
    chosen: Chosen = field(default_factory=Chosen)
    overbooking_reason: str = ""
    off_schedule_reason: str = ""
    is_late_entry: bool = False
    is_begun: bool = False  # it is booked already, and only what it takes changes
    ignores_hours: bool = False

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.branch.timezone)

    def wanted(self, but: UUID | None = None) -> Wanted:
        """The same wish at any other time."""
        return Wanted(self.branch, self.demand, self.doctor.pk if self.doctor else None, self.chosen, but)


def instant_of(start: datetime, zone: ZoneInfo) -> datetime:
    """An instant; a time without a zone is read on the branch's clock, and must exist there."""
    if not rules.FIRST_DAY < start.date() < rules.LAST_DAY:
        raise Invalid("Choose a day between 1970 and 2199.", field="start")
    if start.tzinfo is not None:
        return start.astimezone(UTC)
    if not rules.exists(start, zone):
        raise Invalid(f"On {start:%-d %b} the clocks skip {start:%H:%M}. Choose a time an hour later.", field="start")
    return start.replace(tzinfo=zone).astimezone(UTC)


def find_place(wish: Wish, *, by: Actor, but: UUID | None = None) -> Place:
    """Check the wish against the clock, the hours and everything taken; refuse with the next times that are free.

    `but` is the visit being moved, which does not stand in its own way. What somebody else takes a moment
    later is caught by the database, and becomes the same refusal (`clashes`).
    """
    _not_past(wish)
    queries.hours_stay(seen_by=by)
    book, supply = _opened(wish, by, but)
    is_full = False
    if wish.doctor is None:
        _while_open(wish, book, by)
    else:
        is_full = _is_full(wish, book, by, but)
    found = rules.fit(
        wish.span, supply, _free(book, wish), chosen=wish.chosen, but=[wish.doctor.pk] if wish.doctor else []
    )
    if isinstance(found, Lack):
        raise _lacking(found, wish, book, by=by, but=but)
    return Place(found.room_id, found.team, found.equipment, is_overbooked=is_full)


def clashes(wish: Wish, *, by: Actor, but: UUID | None = None) -> dict[str, DomainError | Callable[[], DomainError]]:
    """What the database's refusals mean in words, for `refusing`."""
    return {
        NO_OVERLAP: lambda: clash(wish, by=by, but=but),
        ONE_BRANCH: lambda: clash(wish, by=by, but=but),
        "scheduling_appointment_all_here": Invalid(
            "A room or device of this visit is in another branch, or named twice. Choose it again.", field="room_id"
        ),
        "scheduling_appointment_number_once": Clash("Two visits were written at once. Send this one again."),
        "scheduling_appointment_takes_time": Invalid("A visit lasts between a minute and a day.", field="start"),
    }


def clash(wish: Wish, *, by: Actor, but: UUID | None = None) -> Clash:
    """The refusal: who or what is taken from when to when (never by whom), and what is free next.

    Where the doctor is taken it is the doctor who is named: another room would not help.
    """
    names = {wish.doctor.pk: str(wish.doctor.name)} if wish.doctor else {}
    doctors = list(names)
    found = queries.standing_in(wish.span, doctors, seen_by=by, but=but)
    if not found:
        names |= _opened(wish, by, but)[1].names
        things = [one for one in names if one not in doctors]
        found = queries.standing_in(wish.demand.around(wish.span), things, seen_by=by, but=but)
    # Row security may hide why (another branch's visit is shown as such, never whose it is).
    spoken = [_spoken(names[who], taken.span, wish.zone, taken.is_hold) for who, taken in found]
    return _refusal(spoken[0] if spoken else "This time was taken a moment ago", wish, by=by, but=but)


def alternatives(wish: Wish, *, by: Actor, but: UUID | None = None, count: int = ALTERNATIVES) -> list[dict[str, Any]]:
    """The next times of the same doctor, for the same length and needs, as facts of a refusal."""
    offers, names = queries.next_offers(wish.wanted(but), max(wish.span.start, clock.now()), count, seen_by=by)
    return [as_fact(offer, names) for offer in offers]


def as_fact(offer: Offer, names: dict[UUID, str]) -> dict[str, Any]:
    """A time as it travels: the instant, the branch's clock, who and what would be taken, and words."""
    slot, place = offer.slot, offer.place
    return {
        "start": slot.start.astimezone(UTC).isoformat(),
        "end": slot.end.astimezone(UTC).isoformat(),
        "local_start": slot.start.replace(tzinfo=None).isoformat(timespec="minutes"),
        "doctor_id": str(slot.doctor_id) if slot.doctor_id else None,
        "branch_id": str(slot.branch_id),
        "room_id": str(place.room_id) if place.room_id else None,
        "with": [names[one] for one in (slot.doctor_id, place.room_id, *place.team, *place.equipment) if one in names],
        "label": f"{slot.start:%a %-d %b, %H:%M}",
    }


def _opened(wish: Wish, by: Actor, but: UUID | None) -> tuple[Diary, Supply]:
    """The diary of the day with all that the visit could take, and what the branch has for it."""
    first = wish.span.start.astimezone(wish.zone).date()
    last = wish.span.end.astimezone(wish.zone).date()
    look = queries.look(wish.wanted(but), first, last, seen_by=by)
    return look.book, look.supply


def _free(book: Diary, wish: Wish) -> rules.IsFree:
    """Who and what is free for the wish; outside the hours people come in, and are only not taken."""
    if not (wish.ignores_hours or wish.off_schedule_reason):
        return book.is_free
    return book.is_not_taken


def _is_full(wish: Wish, book: Diary, by: Actor, but: UUID | None) -> bool:
    """Whether the doctor is booked twice by this, which only happens on purpose."""
    hours = book.hours(wish.doctor.pk, wish.span.start.astimezone(wish.zone).date())
    if not (wish.ignores_hours or wish.off_schedule_reason):
        _within_hours(wish, hours, book.away_spans(wish.doctor.pk), by)
    if by.is_patient and not rules.on_grid(wish.span, hours):
        raise Invalid(
            "Visits begin at fixed times here. Choose one of the free times.",
            field="start",
            alternatives=alternatives(wish, by=by),
        )
    capacity = next((stretch.capacity for stretch in hours if stretch.span.holds(wish.span)), 1)
    taken = book.column(wish.doctor.pk).within(wish.span)
    if rules.state(wish.span, taken, capacity=capacity, now=wish.span.start) is SlotState.FREE:
        return False
    if not wish.overbooking_reason.strip():
        raise clash(wish, by=by, but=but)
    by.must(OVERBOOK, at=wish.branch.pk, do="book a doctor twice at the same time")
    return True


def _not_past(wish: Wish) -> None:
    grace = LATE_ENTRY if wish.is_late_entry else timedelta(0)
    if not wish.is_begun and wish.span.start + grace < clock.now():
        raise Invalid("This time is past. Choose one that is still to come.", field="start")


def _while_open(wish: Wish, book: Diary, by: Actor) -> None:
    """Without a doctor, a visit lies within the opening hours of its branch."""
    if wish.ignores_hours or wish.off_schedule_reason:
        return
    local = wish.span.start.astimezone(wish.zone)
    if not book.is_house_open(wish.branch, wish.span):
        raise Invalid(
            f"{wish.branch.name} is closed on {local:%-d %b} at {local:%H:%M}. Choose one of the free times.",
            field="start",
            alternatives=alternatives(wish, by=by),
        )


def _within_hours(wish: Wish, hours: list[rules.Hours], away: list[Span], by: Actor) -> None:
    why = rules.refuses(wish.span, hours, away)
    if why is None:
        return
    local = wish.span.start.astimezone(wish.zone)
    words = "is away" if why == "away" else "has no hours"
    raise Invalid(
        f"{wish.doctor.name} {words} on {local:%-d %b} at {local:%H:%M}. Choose one of the free times.",
        field="start",
        alternatives=alternatives(wish, by=by),
    )


def _lacking(lack: Lack, wish: Wish, book: Diary, *, by: Actor, but: UUID | None) -> Clash:
    """The refusal where a room, somebody or a device is lacking: by name where there is but one that could be it."""
    if len(lack.candidates) == 1:
        (one,) = lack.candidates
        standing = book.column(one.id).within(wish.demand.around(wish.span, one.buffer_minutes))
        if standing:
            return _refusal(_spoken(one.name, standing[0].span, wish.zone, standing[0].is_hold), wish, by=by, but=but)
    return _refusal(lack.sentence, wish, by=by, but=but)


def _refusal(sentence: str, wish: Wish, *, by: Actor, but: UUID | None) -> Clash:
    return Clash(
        f"{sentence}. Choose another time.",
        field="start",
        clashes_with=sentence,
        alternatives=alternatives(wish, by=by, but=but),
    )


def _spoken(name: str, span: Span, zone: ZoneInfo, is_hold: bool) -> str:
    start, end = span.start.astimezone(zone), span.end.astimezone(zone)
    return f"{name} is {'held' if is_hold else 'taken'} from {start:%H:%M} to {end:%H:%M}"
