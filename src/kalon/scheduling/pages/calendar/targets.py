"""The one place where the calendar asks scheduling to keep a time for a move, and to make the move."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kalon.kernel.actors import Actor
from kalon.scheduling import actions
from kalon.scheduling.models import Appointment


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a visit is to go; `start` is the branch's wall clock, what is None stays as it is."""

    start: datetime
    doctor_id: UUID | None = None
    room_id: UUID | None = None
    minutes: int | None = None


def keep(pk: UUID, target: Target, *, by: Actor) -> actions.Hold:
    """Keep the time while the person may still think better of it; refused like a booking."""
    return actions.hold_move(
        pk, target.start, doctor_id=target.doctor_id, room_id=target.room_id, minutes=target.minutes, by=by
    )


def move(pk: UUID, target: Target, reason: str, *, hold_id: UUID | None, by: Actor) -> Appointment:
    """Make the move, with the time that was kept for it."""
    return actions.reschedule(
        pk,
        target.start,
        reason,
        doctor_id=target.doctor_id,
        room_id=target.room_id,
        minutes=target.minutes,
        hold_id=hold_id,
        by=by,
    )
