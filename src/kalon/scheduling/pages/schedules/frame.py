"""What the pages of hours have in common: who is meant, which branch, and the way from one page to the next."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.scheduling import queries
from kalon.scheduling.lifecycles import MANAGE
from kalon.scheduling.models import TimeOff
from kalon.scheduling.pages.asked import asked_branch, asked_id
from kalon.web.fronts import actor_of

# Who is booked, or stands beside who is booked; the desk and the office have no slots.
BOOKED = ("DOCTOR", "SURGEON", "PROVIDER", "ANAESTHETIST", "NURSE", "THERAPIST", "TECHNICIAN")


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    current: bool
    count: int = 0


def frame(request: HttpRequest, current: str) -> dict[str, Any]:
    """The branch, its clock and its people, and the tabs with the present one marked."""
    by = actor_of(request)
    branch = asked_branch(request)
    today = clock.today(branch.timezone)
    return {
        "here": branch,
        "zone": ZoneInfo(branch.timezone),
        "today": today,
        "branches": list(people.branches(seen_by=by)),
        "tabs": _tabs(by, branch.pk, current, today),
        "may_manage": by.may(MANAGE, at=branch.pk),
    }


def everybody(branch_id: UUID, by: Actor) -> list[Any]:
    """Who may be scheduled at a branch: who is booked there, and whoever has hours already."""
    with_hours = set(queries.scheduled_staff(branch_id, seen_by=by))
    staff: list[Any] = list(people.staff_list(seen_by=by))
    return [
        person
        for person in staff
        if person.pk in with_hours
        or (person.kind in BOOKED and any(held.branch_id in (None, branch_id) for held in person.held))
        or (person.kind in BOOKED and not person.held)
    ]


def chosen(request: HttpRequest, staff: list[Any]) -> Any:
    """The person in the address, or the first of the list; None where there is nobody."""
    asked = asked_id(request, "staff")
    return next((person for person in staff if person.pk == asked), staff[0] if staff else None)


def address(name: str, **query: Any) -> str:
    """A page with its filters; those that are empty are left out."""
    text = urlencode({key: value for key, value in query.items() if value})
    return f"{reverse(f'scheduling:{name}')}{'?' if text else ''}{text}"


def with_words(rows: list[TimeOff], zone: ZoneInfo) -> list[TimeOff]:
    """Blocked times with their time as people say it (`words`), on the clock of a branch."""
    for off in rows:
        begins, ends = off.period.lower.astimezone(zone), off.period.upper.astimezone(zone)
        off.words = in_words(begins, ends)  # type: ignore[attr-defined]
    return rows


def in_words(begins: datetime, ends: datetime) -> str:
    """A stretch of time: "Tue 24 Nov", "Tue 24 Nov, 13:00–14:00", "Tue 24 to Fri 27 Nov"."""
    if begins.time() == ends.time() == time(0):
        last = ends - timedelta(days=1)
        return f"{begins:%a %-d %b}" if begins.date() == last.date() else f"{begins:%a %-d %b} to {last:%a %-d %b}"
    if begins.date() == ends.date():
        return f"{begins:%a %-d %b}, {begins:%H:%M}–{ends:%H:%M}"
    return f"{begins:%a %-d %b}, {begins:%H:%M} to {ends:%a %-d %b}, {ends:%H:%M}"


def _tabs(by: Actor, branch_id: UUID, current: str, today: date) -> list[Tab]:
    waiting = queries.leave_waiting(seen_by=by)
    tabs = [("month", "Who works when", 0), ("leave", "Leave", waiting)]
    if by.may(MANAGE):
        undecided = queries.holidays_to_decide(seen_by=by, after=today).get(branch_id, 0)
        tabs = [
            ("schedules", "Hours", 0),
            *tabs,
            ("block_time", "Blocked times", 0),
            ("holidays", "Holidays", undecided),
        ]
    return [Tab(label, address(name, branch=branch_id), name == current, count) for name, label, count in tabs]
