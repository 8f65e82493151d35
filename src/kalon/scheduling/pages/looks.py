"""How a visit looks: colour, icon and word of its state, and its moves as buttons."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.lifecycle import Button
from kalon.scheduling.lifecycles import AHEAD, LIFE, Kind, Status
from kalon.scheduling.models import Appointment
from kalon.scheduling.queries import rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Colour, icon and word: always the three together."""

    css: str
    icon: str
    word: str


LOOKS = {
    Status.REQUESTED: Look(css="is-gold dash", icon="hourglass", word="Requested"),
    Status.PENDING_PAYMENT: Look(css="is-rose", icon="wallet", word="To pay"),
    Status.CONFIRMED: Look(css="is-info", icon="calendar-check", word="Confirmed"),
    Status.CHECKED_IN: Look(css="is-gold", icon="map-pin", word="Arrived"),
    Status.IN_PROGRESS: Look(css="is-brand solid", icon="stethoscope", word="With doctor"),
    Status.COMPLETED: Look(css="is-mute", icon="check", word="Done"),
    Status.CANCELLED: Look(css="is-mute", icon="x", word="Cancelled"),
    Status.RESCHEDULED: Look(css="is-mute", icon="calendar-clock", word="Moved"),
    Status.NO_SHOW: Look(css="is-mute", icon="user-x", word="No-show"),
}
EXPECTED = Look(css="is-info", icon="clock", word="Expected")
IN_SESSION = Look(css="is-brand solid", icon="sparkles", word="In session")

WORDS = {
    "approve": "Approve",
    "request_payment": "Approve, ask for payment",
    "check_in": "Check in",
    "start": "Send in",
    "complete": "Complete",
    "no_show": "No-show",
    "leave_unseen": "Left unseen",
    "cancel": "Cancel visit",
    "reschedule": "Move",
    "undo_check_in": "Undo check-in",
    "undo_start": "Undo start",
    "undo_no_show": "Patient came after all",
}
DONE = {
    "approve": "Approved",
    "request_payment": "Approved, payment asked for",
    "check_in": "Checked in",
    "start": "Sent in",
    "complete": "Completed",
    "no_show": "Marked as no-show",
    "leave_unseen": "Recorded as left unseen",
    "cancel": "Visit cancelled",
    "undo_check_in": "Check-in undone",
    "undo_start": "Start undone",
    "undo_no_show": "Back to confirmed",
}
UNDO = {"check_in": "undo_check_in", "start": "undo_start", "no_show": "undo_no_show"}
ONE_TAP = ("approve", "request_payment", "check_in", "start")  # one of them stands in the row itself
FURTHER = ("no_show",)  # one tap, but in the menu; completing is left to the visit and the consultation


@dataclass(frozen=True, slots=True)
class Way:
    """A move as a row draws it."""

    name: str
    word: str
    icon: str
    why_not: str = ""
    address: str = ""  # of a step that belongs to another context


@dataclass(frozen=True, slots=True)
class Row:
    """One visit in a list, with everything the template prints."""

    id: UUID
    patient_id: UUID
    start: datetime
    end: datetime
    name: str
    mrn: str
    service: str
    kind: str
    doctor: str
    room: str
    look: Look
    status: str
    since: str
    is_past: bool
    is_struck: bool
    is_overbooked: bool
    is_urgent: bool
    tap: Way | None
    more: tuple[Way, ...]
    beside: Way | None = None
    is_after_now: bool = False
    series_id: UUID | None = None
    session: str = ""
    is_coming: bool = False


def row(visit: Appointment, *, by: Actor, today: date, hide_names: bool) -> Row:
    """A visit as the day's list shows it."""
    zone = visit.zone
    start, end = (wall(at.astimezone(zone)) for at in (visit.period.lower, visit.period.upper))
    ways = ways_of(visit, by=by, only=(*ONE_TAP, *FURTHER))
    tap = next((way for way in ways if way.name in ONE_TAP), None)
    return Row(
        id=visit.pk,
        patient_id=visit.patient_id,
        start=start,
        end=end,
        name=hidden(visit) if hide_names else visit.patient.name,
        mrn="" if hide_names else visit.patient.mrn,
        service=visit.what,
        kind=_kind(visit),
        doctor=visit.doctor.name if visit.doctor else "",
        room=visit.room.name if visit.room else "",
        look=look(visit, today=today),
        status=visit.status,
        since=waiting(visit.status_at) if visit.status == Status.CHECKED_IN else "",
        is_past=visit.is_over,
        is_struck=visit.status in (Status.NO_SHOW, Status.CANCELLED, Status.RESCHEDULED),
        is_overbooked=visit.is_overbooked,
        is_urgent=visit.priority != "NORMAL",
        tap=tap,
        beside=None if tap else _beside_of(visit, by),
        more=tuple(way for way in ways if way.name in FURTHER),
        series_id=visit.series_id,
        is_coming=visit.patient_confirmed_at is not None and visit.status in AHEAD,
        session=f"{visit.series_number} of {visit.series.count}" if visit.series else "",
    )


def look(visit: Appointment, *, today: date) -> Look:
    """How the state of a visit is shown; a confirmed one is expected on its day."""
    if visit.status == Status.CONFIRMED and visit.local_start.date() == today:
        return EXPECTED
    if visit.status == Status.IN_PROGRESS and visit.kind == Kind.SESSION:
        return IN_SESSION
    return LOOKS[Status(visit.status)]


def ways_of(visit: Appointment, *, by: Actor, only: Iterable[str] | None = None) -> list[Way]:
    """The moves this person could make, without the one of two approvals that does not apply."""
    buttons = LIFE.buttons(visit, by=by, only=None if only is None else tuple(only))
    return [_way(button) for button in buttons if not _beside(button, visit)]


def _kind(visit: Appointment) -> str:
    """The kind of visit in a word, where its name does not say it already."""
    word = str(visit.get_kind_display())
    return "" if visit.kind == Kind.CONSULTATION or word.lower() in visit.what.lower() else word


def hidden(visit: Appointment) -> str:
    """A patient as people in the waiting room may read it: initials."""
    names = (visit.patient.given_name, visit.patient.family_name)
    return " ".join(f"{name[0]}." for name in names if name) or "Patient"


def screen(name: str, *, hides_names: bool) -> str:
    """How the log of reads calls a screen: who sees initials only has not seen who it is."""
    return f"{name}, initials only" if hides_names else name


def wall(local: datetime) -> datetime:
    """A time as the branch's clock shows it, which templates then print as it is."""
    return local.replace(tzinfo=None)


def waiting(since: datetime) -> str:
    """How long somebody waits by now."""
    return lasted(clock.now() - since)


def lasted(time: timedelta) -> str:
    """A length of time in minutes, from an hour on in hours and minutes."""
    minutes = max(0, int(time / timedelta(minutes=1)))
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d}"


def _way(button: Button) -> Way:
    return Way(button.move.name, WORDS.get(button.move.name, button.move.name), button.move.icon, button.why)


def _beside_of(visit: Appointment, by: Actor) -> Way | None:
    """What another context offers on the row, where scheduling has nothing to offer itself."""
    step = rows.step_for(visit.status, by=by)
    return Way(step.url_name, step.word, step.icon, address=step.address(visit.pk)) if step else None


def _beside(button: Button, visit: Appointment) -> bool:
    return button.move.name == ("approve" if visit.amount_due is not None else "request_payment")
