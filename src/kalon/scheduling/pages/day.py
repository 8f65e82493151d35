"""The desk's day: who comes, who is here, who is in, in order of time."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from kalon.kernel import audit, clock
from kalon.people import queries as people
from kalon.scheduling import queries
from kalon.scheduling.lifecycles import VIEW, Status
from kalon.scheduling.models import Appointment
from kalon.scheduling.pages import looks, table
from kalon.scheduling.pages.asked import asked_branch, asked_date, asked_id
from kalon.scheduling.queries import desk_panels
from kalon.web.fronts import go, render, staff_page

HIDE_NAMES = "hide_names"

# The rail: the word, its icon, its colour, and which states it counts.
TILES: tuple[tuple[str, str, looks.Look, tuple[str, ...]], ...] = (
    ("expected", "Expected", looks.EXPECTED, (Status.CONFIRMED,)),
    ("arrived", "Arrived", looks.LOOKS[Status.CHECKED_IN], (Status.CHECKED_IN,)),
    ("with-doctor", "With doctor", looks.LOOKS[Status.IN_PROGRESS], (Status.IN_PROGRESS,)),
    ("done", "Done", looks.LOOKS[Status.COMPLETED], (Status.COMPLETED,)),
    ("on-hold", "On hold", looks.LOOKS[Status.REQUESTED], (Status.REQUESTED, Status.PENDING_PAYMENT)),
    ("no-show", "No-show", looks.LOOKS[Status.NO_SHOW], (Status.NO_SHOW,)),
)
COUNTED = {key: states for key, _, _, states in TILES}
NOT_COMING = (Status.CANCELLED, Status.RESCHEDULED)


@require_GET
@staff_page(VIEW)
def day(request: HttpRequest) -> HttpResponse:
    """The visits of one day at one branch; filters stand in the address."""
    by = request.actor  # type: ignore[attr-defined]
    branch = asked_branch(request)
    zone = ZoneInfo(branch.timezone)
    today = clock.today(zone)
    on = asked_date(request, "date", today)
    visits = queries.day(branch.pk, on, seen_by=by)
    shown = _filtered(request, visits)
    hide = request.COOKIES.get(HIDE_NAMES) == "1"
    audit.sights(by, visits, screen=looks.screen("day view", hides_names=hide))
    now = looks.wall(clock.now().astimezone(zone))
    rows = [looks.row(visit, by=by, today=today, hide_names=hide) for visit in shown]
    facts: dict[str, Any] = {
        "on": on,
        "today": today,
        "is_today": on == today,
        "yesterday": on - timedelta(days=1),
        "tomorrow": on + timedelta(days=1),
        "here": branch,
        "branches": people.branches(seen_by=by),
        "rows": rows,
        "table": table.drawn(_with_now_line(rows, now) if on == today else rows, now=now),
        "tiles": _tiles(request, visits),
        "waiting": [r for r in rows if r.status == Status.CHECKED_IN],
        "booked": sum(visit.status not in NOT_COMING for visit in visits),
        "doctors": _distinct(visits, "doctor"),
        "rooms": _distinct(visits, "room"),
        "doctor": request.GET.get("doctor", ""),
        "room": request.GET.get("room", ""),
        "status": request.GET.get("status", ""),
        "is_filtered": len(shown) != len(visits),
        "hides_names": hide,
        "panels": desk_panels.panels(request, branch) if on == today else [],
    }
    return render(request, "scheduling/day.html", facts)


@require_POST
@staff_page(VIEW)
def names(request: HttpRequest) -> HttpResponse:
    """Hide the names on this screen, or show them again."""
    response = go(request, request.POST.get("next", "") if _is_ours(request.POST.get("next", "")) else "/day")
    if request.COOKIES.get(HIDE_NAMES) == "1":
        response.delete_cookie(HIDE_NAMES, samesite="Lax")
    else:
        response.set_cookie(HIDE_NAMES, "1", samesite="Lax", secure=request.is_secure(), httponly=True)
    return response


def _filtered(request: HttpRequest, visits: list[Appointment]) -> list[Appointment]:
    doctor_id, room_id = asked_id(request, "doctor"), asked_id(request, "room")
    states = COUNTED.get(request.GET.get("status", ""))
    return [
        visit
        for visit in visits
        if (doctor_id is None or visit.doctor_id == doctor_id)
        and (room_id is None or visit.room_id == room_id)
        and (states is None or visit.status in states)
    ]


def _tiles(request: HttpRequest, visits: list[Appointment]) -> list[dict[str, Any]]:
    count = Counter(visit.status for visit in visits)
    chosen = request.GET.get("status", "")
    return [
        {
            "key": key,
            "word": word,
            "look": shape,
            "count": sum(count[state] for state in states),
            "is_chosen": key == chosen,
        }
        for key, word, shape, states in TILES
    ]


def _with_now_line(rows: list[looks.Row], now: datetime) -> list[looks.Row]:
    """Mark the first visit that is still to begin; the line is drawn above it."""
    for index, row in enumerate(rows):
        if row.start > now:
            return [*rows[:index], replace(row, is_after_now=True), *rows[index + 1 :]]
    return rows


def _distinct(visits: list[Appointment], what: str) -> list[Any]:
    found = {thing.pk: thing for visit in visits if (thing := getattr(visit, what)) is not None}
    return sorted(found.values(), key=lambda thing: str(thing.name))


def _is_ours(address: str) -> bool:
    return address.startswith(("/day", "/appointments/calendar"))
