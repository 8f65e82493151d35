"""What a change of hours does to visits that are booked: shown before it is done, and decided visit by visit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid, NotReady, Stale
from kalon.kernel.tenancy import verb
from kalon.scheduling import queries
from kalon.scheduling.actions.moves import cancel
from kalon.scheduling.actions.rescheduling import reschedule
from kalon.scheduling.lifecycles import AHEAD, Side
from kalon.scheduling.models import Appointment
from kalon.scheduling.rules import Slot

OFFERED = 3  # other times that are offered for each visit
FINER = 3  # so much finer than a visit is long the grid of slots may be
MOST_ANSWERED = 500


class Do(StrEnum):
    """What may become of a visit that a change leaves outside."""

    KEEP = "keep"
    MOVE = "move"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What becomes of one visit: it is kept where it is, moved to `start`, or cancelled with a message.

    `edition` is the one that was seen; a visit that somebody has changed since is asked about again.
    """

    do: Do = Do.KEEP
    start: datetime | None = None
    message: str = ""
    edition: int | None = None


Answers = Mapping[UUID, Answer]


@dataclass(frozen=True, slots=True)
class Affected:
    """A visit that would lie outside, and the next free times it could have instead."""

    visit: Appointment
    free: list[Slot] = field(default_factory=list)

    @property
    def may_move(self) -> bool:
        """Whether it is still ahead; who is in the house already stays."""
        return self.visit.status in AHEAD

    def as_fact(self) -> dict[str, Any]:
        """The visit as it travels in a refusal: no name, the number that people say."""
        visit = self.visit
        return {
            "id": str(visit.pk),
            "number": visit.number,
            "patient_id": str(visit.patient_id),
            "doctor_id": str(visit.doctor_id) if visit.doctor_id else None,
            "start": visit.period.lower.astimezone(UTC).isoformat(),
            "local_start": visit.wall_start.isoformat(timespec="minutes"),
            "status": visit.status,
            "edition": visit.edition,
            "may": [do.value for do in Do] if self.may_move else [Do.KEEP.value],
            "alternatives": [_as_fact(slot) for slot in self.free],
        }


class VisitsOutside(NotReady):
    """The change would leave visits outside, and nobody has said yet what becomes of them."""

    code, title = "visits-outside", "Visits would lie outside"

    def __init__(self, affected: Sequence[Affected]) -> None:
        super().__init__(_told(affected), visits=[one.as_fact() for one in affected])
        self.affected = list(affected)


class VisitsChanged(Stale):
    """Other visits are affected now than those that were seen and answered."""

    code, title = "visits-changed", "Visits changed meanwhile"

    def __init__(self, affected: Sequence[Affected]) -> None:
        super().__init__(
            f"Visits were booked or changed after you looked. Look at the list again. {_told(affected)}",
            visits=[one.as_fact() for one in affected],
        )
        self.affected = list(affected)


@verb
def foreseen(change: Callable[[], object], *, by: Actor) -> list[Affected]:
    """The visits that a change of hours or leave would leave outside: it is made, looked at, and taken back."""
    try:
        with transaction.atomic():
            change()
            raise _TakenBack
    except _TakenBack:
        return []
    except VisitsOutside as refusal:
        return refusal.affected


def settle(found: Sequence[Appointment], answers: Answers, *, why: str, by: Actor) -> None:
    """Do with every visit outside what was answered; refuse when those are not the visits that were seen.

    Runs after the change itself, inside its unit of work: a move finds its place in the new hours.
    """
    if len(answers) > MOST_ANSWERED:
        raise Invalid(f"At most {MOST_ANSWERED} visits are decided at once. Change a shorter time.", field="visits")
    seen = {visit.pk: answers.get(visit.pk) for visit in found}
    if set(answers) != set(seen) or any(_is_stale(visit, seen[visit.pk]) for visit in found):
        affected = _affected(found, by)
        raise VisitsChanged(affected) if answers else VisitsOutside(affected)
    order = [Do.CANCEL, Do.MOVE, Do.KEEP]  # what is given back first may be given to another
    for visit in sorted(found, key=lambda one: order.index(answers[one.pk].do)):
        _carry_out(visit, answers[visit.pk], why, by)


def _carry_out(visit: Appointment, answer: Answer, why: str, by: Actor) -> None:
    if answer.do is Do.CANCEL:
        if not answer.message.strip():
            raise Invalid("Write what the patient is told when the visit is cancelled.", field="message")
        cancel(visit.pk, answer.message, Side.CLINIC, by=by)
    elif answer.do is Do.MOVE:
        if answer.start is None:
            raise Invalid("Choose the new time of each visit that is moved.", field="start")
        reschedule(visit.pk, answer.start, why, by=by)
    else:
        visit.off_schedule_reason = f"Kept: {why}"[:200]
        visit.edition += 1
        visit.save(update_fields=["off_schedule_reason", "edition"])
        audit.note(by, audit.Kind.CHANGE, visit, reason=why, facts={"changed": ["off_schedule_reason"]})


def _affected(found: Sequence[Appointment], by: Actor) -> list[Affected]:
    """Each visit with free times of its own: no time is offered to two of them."""
    together: dict[tuple[Any, ...], list[Appointment]] = {}
    for visit in found:
        length = visit.period.upper - visit.period.lower
        key = (visit.branch_id, visit.doctor_id, visit.service_id, visit.package_id, length)
        together.setdefault(key, []).append(visit)
    offers: dict[UUID, list[Slot]] = {}
    for visits in together.values():
        movable = [visit for visit in visits if visit.status in AHEAD]
        if not movable:
            continue
        after = max(clock.now(), min(visit.period.lower for visit in movable))
        count = OFFERED if len(movable) == 1 else OFFERED * FINER * len(movable)
        pool = queries.next_times(movable[0], count, after=after, seen_by=by)
        if len(movable) == 1:
            offers[movable[0].pk] = pool
            continue
        apart: list[Slot] = []
        for slot in pool:  # free slots may overlap each other: the grid is finer than the visit is long
            if all(slot.start >= other.end or slot.end <= other.start for other in apart):
                apart.append(slot)
        for place, visit in enumerate(movable):
            offers[visit.pk] = apart[place :: len(movable)][:OFFERED]
    return [Affected(visit, offers.get(visit.pk, [])) for visit in found]


def _as_fact(slot: Slot) -> dict[str, Any]:
    """A free time as it travels: the instant, the branch's clock, and words."""
    return {
        "start": slot.start.astimezone(UTC).isoformat(),
        "end": slot.end.astimezone(UTC).isoformat(),
        "local_start": slot.start.replace(tzinfo=None).isoformat(timespec="minutes"),
        "doctor_id": str(slot.doctor_id) if slot.doctor_id else None,
        "branch_id": str(slot.branch_id),
        "label": f"{slot.start:%a %-d %b, %H:%M}",
    }


def _is_stale(visit: Appointment, answer: Answer | None) -> bool:
    return answer is None or (answer.edition is not None and answer.edition != visit.edition)


def _told(affected: Sequence[Affected]) -> str:
    count = len(affected)
    if count == 0:
        return "No visit lies outside any more."
    noun = "visit would lie" if count == 1 else "visits would lie"
    return f"{count} {noun} outside. Say of each whether it is kept, moved or cancelled."


class _TakenBack(Exception):
    """Ends the look ahead; never leaves this module."""
