"""Who is next, and how long it will take: pure, no database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

PUNCTUAL_WITHIN = timedelta(minutes=5)
LONG_WAIT, TOO_LONG_WAIT = timedelta(minutes=15), timedelta(minutes=30)
LATE_FROM = timedelta(minutes=10)  # the waiting room is told of a delay of so much and more
STEP = timedelta(minutes=5)  # nobody can promise minutes
RANK = {"EMERGENCY": 0, "URGENT": 1, "NORMAL": 2}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who is here and waits for a doctor."""

    visit_id: UUID
    doctor_id: UUID | None
    priority: str
    starts_at: datetime
    takes: timedelta
    arrived_at: datetime

    @property
    def is_punctual(self) -> bool:
        """Arrived by the time of the visit, or a moment later."""
        return self.arrived_at <= self.starts_at + PUNCTUAL_WITHIN

    @property
    def turn(self) -> tuple[int, datetime, datetime, str]:
        """The urgent first; then the time of the visit for whoever came in time, the arrival for whoever did not."""
        counts_from = self.starts_at if self.is_punctual else self.arrived_at
        return RANK.get(self.priority, 2), counts_from, self.arrived_at, str(self.visit_id)


@dataclass(frozen=True, slots=True)
class Turn:
    """When somebody's turn comes: their place in their doctor's line, and in how long, about."""

    waiting: Waiting
    place: int  # 1 is next
    about: timedelta

    @property
    def is_next(self) -> bool:
        return self.place == 1


def turns(waiting: Iterable[Waiting], *, busy_for: dict[UUID | None, timedelta]) -> list[Turn]:
    """Everybody's turn, doctor by doctor; `busy_for` is how long each doctor is still with the present patient."""
    lines: dict[UUID | None, list[Waiting]] = {}
    for one in sorted(waiting, key=lambda one: one.turn):
        lines.setdefault(one.doctor_id, []).append(one)
    found = []
    for doctor_id, line in lines.items():
        free_in = busy_for.get(doctor_id, timedelta())
        for place, one in enumerate(line, 1):
            found.append(Turn(one, place, free_in))
            free_in += one.takes
    return found


def still_busy(started_at: datetime, takes: timedelta, now: datetime) -> timedelta:
    """How long somebody stays with the doctor yet; whoever is over their time is about to come out."""
    return max(started_at + takes - now, timedelta(minutes=2))


def behind(found: Sequence[Turn], now: datetime) -> timedelta:
    """How late the house runs: the latest of those who came in time and are next; nothing below ten minutes."""
    lateness = [
        now + turn.about - turn.waiting.starts_at for turn in found if turn.is_next and turn.waiting.is_punctual
    ]
    worst = max(lateness, default=timedelta())
    return rounded(worst) if worst >= LATE_FROM else timedelta()


def rounded(about: timedelta) -> timedelta:
    """To five minutes, upwards."""
    return -(-about // STEP) * STEP if about > timedelta() else timedelta()


def wait_tone(waited: timedelta) -> str:
    """How a wait is drawn: quiet, gold from a quarter of an hour, rose from half an hour."""
    return "rose" if waited >= TOO_LONG_WAIT else "gold" if waited >= LONG_WAIT else "mute"
