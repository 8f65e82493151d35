"""Small readings of what the patient asks for, and how a day of slots is laid out. No database here."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from django.utils import timezone

from kalon.kernel.actors import Actor, Kind
from kalon.kernel.audit import AuditEvent

DAYS_SHOWN = 6
# A part of the day begins at this hour of the branch's clock.
PARTS = ((0, "Morning", "sun"), (12, "Afternoon", "sunset"), (17, "Evening", "moon"))
DOTS = 3
# What the state of a plan means to the patient whose plan it is.
PLAN_WORDS = {
    "APPROVED": "Ready for you",
    "CONSENT_PENDING": "Your consent is asked for",
    "CONSENT_SIGNED": "You have consented",
    "SCHEDULED": "A date is set",
    "IN_PROGRESS": "Under way",
    "COMPLETED": "Done",
    "ON_HOLD": "Paused",
    "CANCELLED": "Not going ahead",
}
# How far what was asked for of a patient has come, and what a value is beside what is expected.
RESULT_WORDS = {
    "ASKED": "Not taken yet",
    "UNDER_WAY": "Taken, we wait for the results",
    "BEING_READ": "With the doctor, who looks at them first",
    "READY": "Looked at by the doctor",
}
FLAG_WORDS = {
    "NORMAL": "In the expected range",
    "LOW": "Lower than expected",
    "HIGH": "Higher than expected",
    "ABNORMAL": "Not as expected",
    "NONE": "Read by the doctor; there is no range to compare with",
}
AS_EXPECTED = "As expected"  # of what is no number
FREE, TAKEN, PAST = "free", "taken", "past"  # states of a time


@dataclass(frozen=True, slots=True)
class Time:
    """A time that a visit could begin at, and whether it still can."""

    start: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Part:
    """Morning, afternoon or evening, with its times."""

    name: str
    icon: str
    slots: Sequence[Time]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a doctor as the page offers it."""

    date: date
    slots: Sequence[Time]

    @property
    def free(self) -> list[Time]:
        return [slot for slot in self.slots if slot.state == FREE]

    @property
    def is_closed(self) -> bool:
        """The doctor has no hours that day, or they are over."""
        return not any(slot.state != PAST for slot in self.slots)

    @property
    def dots(self) -> list[bool]:
        """How free the day is, as three dots: at least one where anything is free."""
        if not self.free:
            return []
        filled = max(1, round(DOTS * len(self.free) / len(self.slots)))
        return [place < filled for place in range(DOTS)]

    @property
    def parts(self) -> list[Part]:
        return list(parts_of(self.slots))


@dataclass(frozen=True, slots=True)
class Week:
    """The days offered together, and where the neighbours begin."""

    days: Sequence[Day]

    @property
    def earlier(self) -> date:
        return self.days[0].date - timedelta(days=DAYS_SHOWN)

    @property
    def later(self) -> date:
        return self.days[0].date + timedelta(days=DAYS_SHOWN)


def parts_of(slots: Sequence[Time]) -> Iterator[Part]:
    """The times of a day by its parts; what is past is left out, and so is a part without times."""
    coming = [slot for slot in slots if slot.state != PAST]
    ends = [*(hour for hour, _, _ in PARTS[1:]), 24]
    for (begins, name, icon), ends_at in zip(PARTS, ends, strict=True):
        if inside := [slot for slot in coming if begins <= slot.start.hour < ends_at]:
            yield Part(name, icon, inside)


def wished_day(text: str, today: date) -> date:
    """The day in the address, or today where it is none, or past, or further than a year away."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if today <= day <= today + timedelta(days=365) else today


def days_from(day: date, today: date) -> date:
    """The first of the days shown together with this one; they are counted from today."""
    return day - timedelta(days=(day - today).days % DAYS_SHOWN)


LOG_LINES = 60
DID = {AuditEvent.Kind.READ: "Read", AuditEvent.Kind.CHANGE: "Changed", AuditEvent.Kind.EXPORT: "Took a copy of"}
# What a table holds, in a patient's words; the longest name that fits is taken.
THINGS = {
    "": "your record",
    "patients_": "your record",
    "scheduling_": "a visit",
    "consultations_": "a consultation",
    "consultations_vitals": "measurements",
    "billing_": "a bill",
    "billing_payment": "a payment",
    "messaging_": "a message to you",
}


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at something of a patient's, perhaps more than once in a row."""

    at: datetime
    who: str
    what: str
    purpose: str
    is_own: bool
    times: int = 1


@dataclass(frozen=True, slots=True)
class LogDay:
    """A day of the log, the latest first."""

    on: date
    looks: Sequence[Look]


def look(event: AuditEvent, *, seen_by: Actor) -> Look:
    """One line of the log, in words."""
    is_own = event.user_id is not None and event.user_id == seen_by.user_id
    who = "You" if is_own else "The clinic's system" if event.actor_kind == Kind.SYSTEM else event.actor_name
    return Look(
        event.at, who, f"{DID[AuditEvent.Kind(event.kind)]} {_thing(event.subject_table)}", event.purpose, is_own
    )


def days_of_log(events: Sequence[AuditEvent], *, seen_by: Actor) -> list[LogDay]:
    """The log by days of the clock in force; the same person doing the same on a day is one line, at its last time."""
    looks = [look(event, seen_by=seen_by) for event in events]
    by_day = groupby(looks, key=lambda one: timezone.localtime(one.at).date())
    return [LogDay(day, _together(inside)) for day, inside in by_day]


def _together(looks: Iterable[Look]) -> list[Look]:
    lines: dict[tuple[str, str], Look] = {}
    for one in looks:
        first = lines.setdefault((one.who, one.what), one)
        if first is not one:
            lines[one.who, one.what] = replace(first, times=first.times + 1)
    return list(lines.values())


def _thing(table: str) -> str:
    return THINGS[max((start for start in THINGS if table.startswith(start)), key=len)]
