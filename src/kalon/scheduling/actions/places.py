"""Finding a place in time for a visit, and saying which clash stands in the way when there is none."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, DomainError, Invalid
from kalon.people import queries as people
from kalon.scheduling import queries, rules
from kalon.scheduling.lifecycles import OVERBOOK
from kalon.scheduling.models.allocations import NO_OVERLAP, ONE_BRANCH
from kalon.scheduling.rules import Slot, SlotState, Span

LATE_ENTRY = timedelta(minutes=15)  # a walk-in is often written down after it began
ALTERNATIVES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A time somebody wants, with everything that decides whether it can be had."""

    branch: Any
    doctor: Any
    span: Span
    room_kind: str | None = None
    overbooking_reason: str = ""
    off_schedule_reason: str = ""
    is_late_entry: bool = False
    ignores_hours: bool = False

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.branch.timezone)

    @property
    def minutes(self) -> int:
        return int((self.span.end - self.span.start).total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class Place:
    """What the wish is given: a room where one is needed, and whether the doctor is overbooked for it."""

    room_id: UUID | None = None
    is_overbooked: bool = False


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
    """Check the wish against the clock, the hours and the other visits; refuse with the next free slots.

    `but` is the visit being moved, which does not stand in its own way. What somebody else takes a moment
    later is caught by the database, and becomes the same refusal (`clashes`).
    """
    _not_past(wish)
    if wish.doctor is None:
        return Place(_free_room(wish, by, but))
    on = wish.span.start.astimezone(wish.zone).date()
    book = queries.diary(wish.branch.pk, on, on, seen_by=by, doctor_ids=[wish.doctor.pk], zone=wish.zone, but=but)
    hours = book.hours(wish.doctor.pk, on)
    if not (wish.ignores_hours or wish.off_schedule_reason):
        _within_hours(wish, hours, book.away_spans(wish.doctor.pk), by)
    if by.is_patient and not rules.on_grid(wish.span, hours):
        raise Invalid(
            "Visits begin at fixed times here. Choose one of the free times.",
            field="start",
            alternatives=alternatives(wish, by=by),
        )
    capacity = next((stretch.capacity for stretch in hours if stretch.span.holds(wish.span)), 1)
    taken = book.taken_spans(wish.doctor.pk)
    is_full = rules.state(wish.span, taken, capacity=capacity, now=wish.span.start) is not SlotState.FREE
    if is_full:
        _overbook(wish, by, but)
    return Place(_free_room(wish, by, but), is_overbooked=is_full)


def clashes(wish: Wish, *, by: Actor, but: UUID | None = None) -> dict[str, DomainError | Callable[[], DomainError]]:
    """What the database's refusals mean in words, for `refusing`."""
    return {
        NO_OVERLAP: lambda: clash(wish, by=by, but=but),
        ONE_BRANCH: lambda: clash(wish, by=by, but=but),
        "scheduling_appointment_room_here": Invalid("This room is in another branch. Choose one here.", field="room"),
        "scheduling_appointment_number_once": Clash("Two visits were written at once. Send this one again."),
        "scheduling_appointment_takes_time": Invalid("A visit lasts between a minute and a day.", field="start"),
    }


def clash(wish: Wish, *, by: Actor, but: UUID | None = None) -> Clash:
    """The refusal: who or which room is taken from when to when (never by whom), and what is free next."""
    names = {wish.doctor.pk: str(wish.doctor.name)} if wish.doctor else {}
    names |= {room.pk: str(room.name) for room in _rooms(wish, by)}
    found = queries.standing_in(wish.span, list(names), seen_by=by, but=but)
    # Row security may hide why (another branch's visit is shown as such, never whose it is).
    spoken = [_spoken(names[who], taken.span, wish.zone, taken.is_hold) for who, taken in found]
    sentence = spoken[0] if spoken else "This time was taken a moment ago"
    return Clash(
        f"{sentence}. Choose another time.",
        field="start",
        clashes_with=sentence,
        alternatives=alternatives(wish, by=by),
    )


def alternatives(wish: Wish, *, by: Actor, count: int = ALTERNATIVES) -> list[dict[str, Any]]:
    """The next free slots of the same doctor for the same length, as facts of a refusal."""
    after = max(wish.span.start, clock.now())
    doctor_id = wish.doctor.pk if wish.doctor else None
    free = queries.free_times(
        wish.branch.pk, wish.zone, wish.minutes, wish.room_kind, after, count, seen_by=by, doctor_id=doctor_id
    )
    return [as_fact(slot) for slot in free]


def as_fact(slot: Slot) -> dict[str, Any]:
    """A slot as it travels: the instant, the branch's clock, and words."""
    return {
        "start": slot.start.astimezone(UTC).isoformat(),
        "end": slot.end.astimezone(UTC).isoformat(),
        "local_start": slot.start.replace(tzinfo=None).isoformat(timespec="minutes"),
        "doctor_id": str(slot.doctor_id),
        "branch_id": str(slot.branch_id),
        "label": f"{slot.start:%a %-d %b, %H:%M}",
    }


def _not_past(wish: Wish) -> None:
    grace = LATE_ENTRY if wish.is_late_entry else timedelta(0)
    if wish.span.start + grace < clock.now():
        raise Invalid("This time is past. Choose one that is still to come.", field="start")


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


def _overbook(wish: Wish, by: Actor, but: UUID | None) -> None:
    """A full column takes one more only on purpose: the right, and a reason that stays on the row."""
    if not wish.overbooking_reason.strip():
        raise clash(wish, by=by, but=but)
    by.must(OVERBOOK, at=wish.branch.pk, do="book a doctor twice at the same time")


def _rooms(wish: Wish, by: Actor) -> list[Any]:
    if not wish.room_kind:
        return []
    return list(people.rooms(seen_by=by, branch_id=wish.branch.pk, kind=wish.room_kind))


def _free_room(wish: Wish, by: Actor, but: UUID | None) -> UUID | None:
    """The first room of the needed kind with a place free for the visit and its buffer."""
    rooms = _rooms(wish, by)
    if not rooms:
        return None
    used = Span(wish.span.start, wish.span.end + timedelta(minutes=max(room.buffer_minutes for room in rooms)))
    standing = queries.standing_in(used, [room.pk for room in rooms], seen_by=by, but=but)
    for room in rooms:
        until = wish.span.end + timedelta(minutes=room.buffer_minutes)
        there = [t for who, t in standing if who == room.pk and t.span.overlaps(Span(wish.span.start, until))]
        if len({taken.place for taken in there}) < room.capacity:
            return room.pk  # type: ignore[no-any-return]
    raise clash(wish, by=by, but=but)


def _spoken(name: str, span: Span, zone: ZoneInfo, is_hold: bool) -> str:
    start, end = span.start.astimezone(zone), span.end.astimezone(zone)
    return f"{name} is {'held' if is_hold else 'taken'} from {start:%H:%M} to {end:%H:%M}"
