"""Slots: derived when somebody asks, never stored (docs/adr/0005)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kalon.catalog import queries as catalog
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.people import queries as people
from kalon.scheduling import rules
from kalon.scheduling.queries.diary import Diary, diary, standing_in
from kalon.scheduling.queries.schedules import schedules_of
from kalon.scheduling.rules import Slot, SlotState, Span, Taken

HORIZON = timedelta(days=90)  # how far ahead a free slot is looked for
FIRST_LOOK = timedelta(days=1)  # most who ask find something here; each further look reaches twice as far


def slots(doctor_id: UUID, on: date, branch_id: UUID, service_id: UUID | None = None, *, seen_by: Actor) -> list[Slot]:
    """A doctor's slots on a day at a branch: free, taken, held for somebody, or past.

    With a service, each slot is as long as the service: consecutive base slots are joined.
    """
    minutes = minutes_of(service_id, seen_by=seen_by)
    book = diary(branch_id, on, on, seen_by=seen_by, doctor_ids=[doctor_id])
    return list(book.slots(doctor_id, on, minutes, now=clock.now()))


def next_free(
    doctor_id: UUID,
    service_id: UUID | None,
    after: datetime,
    count: int = 3,
    *,
    seen_by: Actor,
    branch_id: UUID | None = None,
    minutes: int | None = None,
) -> list[Slot]:
    """The doctor's next free slots from an instant on, at one branch or wherever they work, soonest first."""
    branches = [branch_id] if branch_id else _branches_of(doctor_id, seen_by)
    found = [
        slot
        for branch in branches
        for slot in free_slots(branch, service_id, after, count, seen_by=seen_by, doctor_id=doctor_id, minutes=minutes)
    ]
    return sorted(found)[:count]


def free_slots(
    branch_id: UUID,
    service_id: UUID | None,
    after: datetime,
    count: int,
    *,
    seen_by: Actor,
    doctor_id: UUID | None = None,
    minutes: int | None = None,
) -> list[Slot]:
    """The next free slots at a branch for a service, of one doctor or of whoever is there first."""
    service = catalog.service(service_id, seen_by=seen_by) if service_id else None
    zone = ZoneInfo(people.branch(branch_id, seen_by=seen_by).timezone)
    minutes = minutes or (service.minutes if service else None)
    kind = service.room_kind if service else None
    return free_times(branch_id, zone, minutes, kind, after, count, seen_by=seen_by, doctor_id=doctor_id)


def free_times(
    branch_id: UUID,
    zone: ZoneInfo,
    minutes: int | None,
    room_kind: str | None,
    after: datetime,
    count: int,
    *,
    seen_by: Actor,
    doctor_id: UUID | None = None,
) -> list[Slot]:
    """The same, for somebody who has looked up the service and the branch already."""
    rooms = list(people.rooms(seen_by=seen_by, branch_id=branch_id, kind=room_kind)) if room_kind else []
    now = clock.now()
    after = max(after, now)
    first = after.astimezone(zone).date()
    last = first + HORIZON
    found: list[Slot] = []
    reach = FIRST_LOOK
    while first <= last and len(found) < count:
        until = first + reach
        wanted = [doctor_id] if doctor_id else []
        book = diary(branch_id, first, until, seen_by=seen_by, doctor_ids=wanted, zone=zone)
        is_roomy = _roomy(rooms, book, first, until, seen_by)
        found += _first_free(book, first, until, minutes, after, now, count - len(found), is_roomy)
        first, reach = until + timedelta(days=1), reach * 2
    return found


def minutes_of(service_id: UUID | None, *, seen_by: Actor) -> int | None:
    """How long a service takes; None without one."""
    if service_id is None:
        return None
    minutes: int = catalog.service(service_id, seen_by=seen_by).minutes
    if minutes < 1:
        raise Invalid("This service has no duration. Set one in the catalogue.", field="service_id")
    return minutes


def _roomy(rooms: list[Any], book: Diary, first: date, last: date, seen_by: Actor) -> Callable[[Slot], bool]:
    """Whether one of the rooms has a place for a slot and the buffer after it; true where no room is needed."""
    if not rooms:
        return lambda slot: True
    frame = Span(rules.whole_day(first, book.zone).start, rules.whole_day(last, book.zone).end)
    taken: dict[UUID, list[Taken]] = {room.pk: [] for room in rooms}
    for room_id, span in standing_in(frame, list(taken), seen_by=seen_by):
        taken[room_id].append(span)

    def has_place(slot: Slot) -> bool:
        for room in rooms:
            used = Span(slot.start, slot.end + timedelta(minutes=room.buffer_minutes))
            if rules.state(used, taken[room.pk], capacity=room.capacity, now=slot.start) is SlotState.FREE:
                return True
        return False

    return has_place


def _first_free(
    book: Diary,
    first: date,
    last: date,
    minutes: int | None,
    after: datetime,
    now: datetime,
    count: int,
    is_roomy: Callable[[Slot], bool],
) -> list[Slot]:
    found: list[Slot] = []
    on = first
    while on <= last and len(found) < count:
        of_day = [
            slot
            for doctor_id in book.schedules
            for slot in book.slots(doctor_id, on, minutes, now=now)
            if slot.state is SlotState.FREE and slot.start >= after and is_roomy(slot)
        ]
        found += sorted(of_day)[: count - len(found)]
        on += timedelta(days=1)
    return found


def _branches_of(doctor_id: UUID, seen_by: Actor) -> list[UUID]:
    return list(
        schedules_of(doctor_id, seen_by=seen_by).order_by("branch_id").values_list("branch_id", flat=True).distinct()
    )
