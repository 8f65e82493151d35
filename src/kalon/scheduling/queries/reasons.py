"""Why nothing can be had, in one sentence: the house is closed, people are away, booked, or something is lacking."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from kalon.kernel.actors import Actor
from kalon.scheduling import rules
from kalon.scheduling.models import TimeOff
from kalon.scheduling.queries.away import time_off
from kalon.scheduling.rules import Lack, Slot, SlotState, Span

if TYPE_CHECKING:
    from kalon.scheduling.queries.proposals import Look

TOLD = 3  # more days than these are counted, not named
AWAY = {TimeOff.Kind.LEAVE: "on leave", TimeOff.Kind.MEETING: "in a meeting"}


@dataclass(frozen=True, slots=True)
class Absence:
    """A time in which somebody, or everybody but a few, is away; patients learn neither the kind nor the name."""

    staff_id: UUID | None
    span: Span
    but: frozenset[UUID]
    kind: str = ""
    name: str = ""

    def is_of(self, who: UUID | None) -> bool:
        return self.staff_id == who if self.staff_id else who not in self.but


def why_nothing(seen: "Look", slots: Sequence[Slot], days: Sequence[date], now: datetime) -> str:
    """Why none of the slots of some days can be had, or why there are none."""
    doctor = seen.book.people.get(seen.wish.doctor_id) if seen.wish.doctor_id else None
    when = f"on {_day(days[0])}" if len(days) == 1 else f"from {_day(days[0])} to {_day(days[-1])}"
    if not slots:
        away = _why_away(seen, days, now)
        return away or f"{f'{doctor.name} has no hours' if doctor else 'Nobody has hours'} left {when}."
    free = [slot for slot in slots if slot.state is SlotState.FREE]
    if not free:
        return f"{doctor.name if doctor else 'Every doctor'} is fully booked {when}."
    lacks = Counter(lack.sentence for slot in free if isinstance(lack := seen.fit(slot), Lack))
    sentence = lacks.most_common(1)[0][0].removesuffix(" then")
    return f"{sentence} at any of the {len(free)} free times {when}."


def _why_away(seen: "Look", days: Sequence[date], now: datetime) -> str:
    """The holidays and the leave that took all hours of some days; nothing where they took none."""
    frame = Span(seen.book.day(days[0]).start, seen.book.day(days[-1]).end)
    absences = list(_absences(seen.wish.branch.pk, frame, seen.seen_by))
    closed: dict[str, list[date]] = {}
    away: dict[str, list[date]] = {}
    for on in days:
        causes = _causes(seen, on, absences, now)
        holiday = next((one for one in causes if one.staff_id is None), None)
        if holiday:
            closed.setdefault(holiday.name, []).append(on)
        elif causes:
            kinds = {AWAY.get(TimeOff.Kind(one.kind), "away") if one.kind else "away" for one in causes}
            away.setdefault(kinds.pop() if len(kinds) == 1 else "away", []).append(on)
    if not closed and not away:
        return ""
    who = seen.book.people[seen.wish.doctor_id].name if seen.wish.doctor_id in seen.book.people else "Everybody"
    parts = [" and ".join(f"for {name} {_on(on)}" if name else _on(on) for name, on in closed.items())]
    said = [f"Closed {parts[0]}"] if closed else []
    said += [f"{who} is {word} {_on(on)}" for word, on in away.items()]
    if len(days) > sum(len(on) for on in (*closed.values(), *away.values())):
        said.append(f"{'nobody' if who == 'Everybody' else who} has hours left on the other days")
    return f"{'; '.join(said)}."


def _causes(seen: "Look", on: date, absences: Sequence[Absence], now: datetime) -> list[Absence]:
    """What took each person's hours of a day, a holiday before leave; nothing when somebody was there, or nobody works.

    Hours that are over, or too short for the visit by now, nobody has taken.
    """
    needed = timedelta(minutes=seen.wish.demand.minutes or 1)
    found: list[Absence] = []
    for who, span in _hours(seen, on):
        left = Span(max(span.start, now), span.end)
        if left.end - left.start < needed:
            continue
        theirs = [one for one in absences if one.is_of(who) and one.span.overlaps(left)]
        if any(part.end - part.start >= needed for part in rules.without(left, [one.span for one in theirs])):
            return []
        found.append(min(theirs, key=lambda one: one.staff_id is not None))
    return found


def _hours(seen: "Look", on: date) -> Iterator[tuple[UUID | None, Span]]:
    """Who would have worked on a day: the doctor wished for, every doctor, or without one the house itself."""
    wish, book = seen.wish, seen.book
    if not (wish.demand.needs_doctor or wish.doctor_id):
        branch = wish.branch
        yield None, Span(*(rules.instant(on, at, wish.zone) for at in (branch.opens_at, branch.closes_at)))
        return
    for who in [wish.doctor_id] if wish.doctor_id else book.doctors:
        yield from ((who, stretch.span) for stretch in book.hours(who, on))


def _absences(branch_id: UUID, frame: Span, seen_by: Actor) -> Iterator[Absence]:
    rows = time_off(seen_by=seen_by).filter(
        Q(branch_id=branch_id) | Q(branch=None), room=None, equipment=None, period__overlap=(frame.start, frame.end)
    )
    told = () if seen_by.is_patient else ("kind", "reason")
    for staff_id, period, but, *words in rows.values_list("staff_id", "period", "except_staff", *told):
        kind, name = words or ("", "")
        yield Absence(staff_id, Span(period.lower, period.upper), frozenset(but), kind, name)


def _on(days: Sequence[date]) -> str:
    if len(days) > TOLD:
        return f"on {len(days)} days from {_day(days[0])} to {_day(days[-1])}"
    listed = [_day(on) for on in days]
    return f"on {', '.join(listed[:-1])} and {listed[-1]}" if len(listed) > 1 else f"on {listed[0]}"


def _day(on: date) -> str:
    return f"{on:%a %-d %b}"
