"""What the calendar draws, as the browser takes it: times are the branch's wall clock, without a zone.

A browser in another zone, or with a wrong one, draws the same picture as the clock on the clinic's wall.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.scheduling import queries, rules
from kalon.scheduling.lifecycles import AHEAD, MANAGE, RELEASED, RESCHEDULE, VIEW, Kind, Priority, Status
from kalon.scheduling.models import Appointment
from kalon.scheduling.pages import looks
from kalon.scheduling.pages.calendar.asked import STATES, Asked, asked
from kalon.scheduling.pages.calendar.fronts import answers_json
from kalon.scheduling.pages.day import HIDE_NAMES
from kalon.scheduling.rules import Span
from kalon.web.fronts import staff_page

Facts = dict[str, Any]

PAUSES = {
    queries.BREAK: looks.Look(css="is-mute", icon="utensils", word="Break"),
    "LEAVE": looks.Look(css="is-mute", icon="tree-palm", word="Leave"),
    "MEETING": looks.Look(css="is-mute", icon="users", word="Meeting"),
    "MAINTENANCE": looks.Look(css="is-mute", icon="wrench", word="Maintenance"),
    "CLEANING": looks.Look(css="is-mute", icon="spray-can", word="Deep cleaning"),
    "HOLIDAY": looks.Look(css="is-mute", icon="party-popper", word="Holiday"),
}
AWAY = looks.Look(css="is-mute", icon="calendar-x", word="Away")


@require_GET
@staff_page(VIEW)
@answers_json
def events(request: HttpRequest) -> HttpResponse:
    """The visits, columns and hours of the address; 304 while nothing changed since the browser asked last."""
    by = request.actor  # type: ignore[attr-defined]
    wanted = asked(request)
    book = queries.calendar(wanted.branch, *wanted.span, seen_by=by)
    columns = _columns(book, wanted)
    shown = list(_shown(book.visits, wanted, {column["id"] for column in columns}))
    hide = request.COOKIES.get(HIDE_NAMES) == "1"
    may_move = by.may(RESCHEDULE, at=wanted.branch.pk)
    body = json.dumps(
        {
            **_frame(book, wanted),
            "columns": columns,
            "visits": [_visit(visit, wanted=wanted, may_move=may_move, hide_names=hide) for visit in shown],
            "closed": list(_closed(book, columns)),
            "pauses": list(_pauses(book, by)),
            "holds": [_hold(held, book) for held in book.holds],
            "counts": _counts(book.visits),
            "hides_names": hide,
        },
        separators=(",", ":"),
    )
    seal = f'"{hashlib.sha256(body.encode()).hexdigest()[:24]}"'
    now = clock.now().astimezone(book.zone)
    headers = {"ETag": seal, "Cache-Control": "no-store", "X-Wall-Clock": _wall(now), "X-Wall-Offset": _offset(now)}
    if request.headers.get("If-None-Match") == seal:
        return HttpResponse(status=304, headers=headers)  # nothing is shown anew, so no reading is logged
    audit.sights(by, shown, screen=looks.screen("calendar", hides_names=hide))
    return HttpResponse(body, content_type="application/json", headers=headers)


def _frame(book: queries.Calendar, wanted: Asked) -> Facts:
    """Which days, and from which hour to which: all that is open or booked, with whole hours around it."""
    opens, closes = wanted.branch.opens_at, wanted.branch.closes_at
    starts = [opens.hour * 60 + opens.minute]
    ends = [closes.hour * 60 + closes.minute]
    spans = [span for stretches in book.hours.values() for span in stretches]
    spans += [Span(visit.period.lower, visit.period.upper) for visit in book.visits]
    for span in spans:
        start, end = span.start.astimezone(book.zone), span.end.astimezone(book.zone)
        over_midnight = start.date() != end.date()
        starts.append(0 if over_midnight else start.hour * 60 + start.minute)
        ends.append(24 * 60 if over_midnight else end.hour * 60 + end.minute)
    return {
        "view": wanted.view,
        "date": wanted.on.isoformat(),
        "first": book.first.isoformat(),
        "last": book.last.isoformat(),
        "from": min(starts) // 60,
        "until": -(-max(ends) // 60),
        "opens": opens.hour,
    }


# -- columns


def _columns(book: queries.Calendar, wanted: Asked) -> list[Facts]:
    """People, then rooms, in the timeline devices too; a choice of some leaves out the others."""
    people = [] if wanted.columns == "rooms" else sorted(book.staff.values(), key=lambda person: str(person.name))
    rooms = [] if wanted.columns == "doctors" else book.rooms
    devices = book.devices if wanted.view == "timeline" and wanted.columns == "all" else []
    minutes = _booked_minutes(book.visits)
    open_for = (wanted.branch.closes_at.hour - wanted.branch.opens_at.hour) * 60 * len(book.days)
    drawn = [
        _column("person", one, one.specialty or one.title, minutes, _minutes(book.hours.get(one.pk, ())))
        for one in people
    ]
    drawn += [_column("room", one, one.get_kind_display(), minutes, open_for) for one in rooms]
    drawn += [_column("device", one, "Device", minutes, open_for) for one in devices]
    chosen = {str(pk) for pk in wanted.doctors | wanted.rooms}
    return [column for column in drawn if not chosen or column["id"] in chosen]


def _column(kind: str, thing: Any, note: str, minutes: dict[UUID, float], open_for: float) -> Facts:
    booked = minutes.get(thing.pk, 0)
    load = round(100 * booked / open_for) if open_for else (100 if booked else 0)
    return {
        "id": str(thing.pk),
        "kind": kind,
        "title": thing.name,
        "note": note,
        "load": min(load, 100),
        "buffer": getattr(thing, "buffer_minutes", 0),  # kept free after each visit; people have none
    }


def _booked_minutes(visits: Iterable[Appointment]) -> dict[UUID, float]:
    minutes: dict[UUID, float] = {}
    for visit in visits:
        if visit.status not in RELEASED:
            for pk in _resources(visit):
                minutes[pk] = minutes.get(pk, 0) + (visit.period.upper - visit.period.lower).total_seconds() / 60
    return minutes


def _minutes(spans: Iterable[Span]) -> float:
    return sum((span.end - span.start).total_seconds() for span in spans) / 60


# -- visits


def _shown(visits: Iterable[Appointment], wanted: Asked, columns: set[str]) -> Iterator[Appointment]:
    """The visits that the filters leave; one without a doctor and a room stands in no column but in the list."""
    statuses = wanted.statuses
    is_whole = not (wanted.doctors or wanted.rooms or wanted.columns != "all")
    for visit in visits:
        if visit.status not in statuses or (wanted.kinds and visit.kind not in wanted.kinds):
            continue
        if is_whole or any(str(pk) in columns for pk in _resources(visit)):
            yield visit


def _resources(visit: Appointment) -> list[UUID]:
    """Everybody and everything the visit needs, the doctor first."""
    return [pk for pk in (visit.doctor_id, visit.room_id, *visit.team, *visit.equipment) if pk]


def _visit(visit: Appointment, *, wanted: Asked, may_move: bool, hide_names: bool) -> Facts:
    start, end = visit.local_start, visit.local_end
    look = looks.look(visit, today=wanted.today)
    name = looks.hidden(visit) if hide_names else visit.patient.name
    facts: Facts = {
        "id": str(visit.pk),
        "start": _wall(start),
        "end": _wall(end),
        "resources": [str(pk) for pk in _resources(visit)],
        "name": name,
        "mrn": "" if hide_names else visit.patient.mrn,
        "phone": "" if hide_names else visit.patient.phone,
        "service": visit.what,
        "kind": "" if visit.kind == Kind.CONSULTATION else visit.kind,
        "status": visit.status,
        "css": look.css,
        "icon": look.icon,
        "word": look.word,
        "doctor": visit.doctor.name if visit.doctor else "",
        "room": visit.room.name if visit.room else "",
        "doctorId": str(visit.doctor_id) if visit.doctor_id else "",
        "roomId": str(visit.room_id) if visit.room_id else "",
        "overbooked": visit.is_overbooked,
        "urgent": visit.priority != Priority.NORMAL,
        "before": visit.preparation_minutes,
        "after": visit.cleaning_minutes,
        "movable": may_move and visit.status in AHEAD,
    }
    if visit.status == Status.CHECKED_IN:
        facts["since"] = _wall(visit.status_at.astimezone(start.tzinfo))
    return facts


def _counts(visits: list[Appointment]) -> dict[str, int]:
    """How many visits stand where, whichever of them are drawn."""
    counts = {key: sum(visit.status in states for visit in visits) for key, states in STATES.items()}
    return {**counts, "booked": len(visits) - counts["cancelled"]}


# -- what is not booked


def _closed(book: queries.Calendar, columns: list[Facts]) -> Iterator[Facts]:
    """Where a column is not open: outside somebody's hours, outside the branch's for a room."""
    for column in columns:
        for on in book.days:
            for span in _gaps(book.frame_of(on), _open(book, column, on)):
                yield {"column": column["id"], **_from_to(span, book)}


def _open(book: queries.Calendar, column: Facts, on: date) -> list[Span]:
    if column["kind"] == "person":
        return sorted(span for span in book.hours.get(UUID(column["id"]), []) if span.overlaps(book.frame_of(on)))
    branch = book.branch
    return [Span(rules.instant(on, branch.opens_at, book.zone), rules.instant(on, branch.closes_at, book.zone))]


def _gaps(frame: Span, stretches: Iterable[Span]) -> Iterator[Span]:
    """What is left of a frame between some stretches of it."""
    at = frame.start
    for stretch in stretches:
        if stretch.start > at:
            yield Span(at, stretch.start)
        at = max(at, stretch.end)
    if at < frame.end:
        yield Span(at, frame.end)


def _pauses(book: queries.Calendar, by: Actor) -> Iterator[Facts]:
    may_open = by.may(MANAGE, at=book.branch.pk)
    for pause in book.pauses:
        look = PAUSES.get(pause.kind, AWAY)
        facts: Facts = {
            "column": str(pause.resource_id) if pause.resource_id else "",
            "kind": pause.kind,
            "word": pause.reason or look.word,
            "icon": look.icon,
            **_from_to(pause.span, book),
        }
        if pause.id and may_open:
            facts["id"] = str(pause.id)
        yield facts


def _hold(held: queries.Held, book: queries.Calendar) -> Facts:
    return {
        "id": str(held.id),
        "column": str(held.resource_id),
        "until": held.until.isoformat(),
        "mine": held.is_mine,
        **_from_to(held.span, book),
    }


def _from_to(span: Span, book: queries.Calendar) -> Facts:
    frame = book.frame
    start, end = max(span.start, frame.start), min(span.end, frame.end)
    return {"start": _wall(start.astimezone(book.zone)), "end": _wall(end.astimezone(book.zone))}


def _wall(local: datetime) -> str:
    """A time as the clock on the wall shows it."""
    return (local - timedelta(seconds=local.second, microseconds=local.microsecond)).strftime("%Y-%m-%dT%H:%M")


def _offset(local: datetime) -> str:
    """How far the branch's clock is from UTC: +05:30."""
    digits = local.strftime("%z")
    return f"{digits[:3]}:{digits[3:5]}"
