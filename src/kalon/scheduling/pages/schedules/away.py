"""Blocked times: leave and meetings of people, upkeep of rooms and devices."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.scheduling import actions, queries
from kalon.scheduling.forms import TimeOffForm
from kalon.scheduling.lifecycles import MANAGE
from kalon.scheduling.models import TimeOff
from kalon.scheduling.pages.schedules.answers import Question, answers_in, asking
from kalon.scheduling.pages.schedules.frame import address, everybody, frame, with_words
from kalon.scheduling.rules import instant
from kalon.web.fronts import actor_of, go, render, staff_page

SHOWN = 60
WHO = {"staff": "staff_id", "room": "room_id", "equipment": "equipment_id"}


@require_http_methods(["GET", "POST"])
@staff_page(MANAGE)
def block_time(request: HttpRequest) -> HttpResponse:
    """What is blocked at a branch, and blocking more; visits that stand inside are asked about first."""
    by = actor_of(request)
    facts = frame(request, "block_time")
    here = facts["here"]
    choices = _choices(here.pk, by)
    form = TimeOffForm(request.POST or None, choices=choices, initial=_initial(request, facts["today"]))
    question = Question()
    if request.method == "POST" and form.is_valid():
        with asking(request, form) as question:
            _block(form, here, answers_in(request.POST), by)
        if not question.is_open and not form.errors:
            return go(request, address("block_time", branch=here.pk), toast="Time blocked")
    rows = queries.time_off(seen_by=by).filter(period__endswith__gt=clock.now()).exclude(kind=TimeOff.Kind.HOLIDAY)
    rows = rows.select_related("staff", "room", "equipment", "branch")
    shown = [off for off in rows[: SHOWN * 2] if off.branch_id in (None, here.pk)][:SHOWN]
    rows_shown = with_words(shown, facts["zone"])
    facts |= {"form": form, "question": question, "rows": rows_shown, "more": len(shown) == SHOWN}
    return render(request, "scheduling/schedules_blocked.html", facts, status=422 if request.method == "POST" else 200)


@require_POST
@staff_page(MANAGE)
def open_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open a blocked time for booking again; of a series this one, or all that are still to come."""
    by = actor_of(request)
    off = queries.blocked_time(pk, seen_by=by)
    following: list[UUID] = []
    if request.POST.get("all") and off.series:
        series = queries.time_off(seen_by=by).filter(series=off.series, period__startswith__gte=off.period.lower)
        following = list(series.values_list("pk", flat=True))
    actions.unblock(pk, following=following, by=by)
    back = request.POST.get("next", "")
    return go(
        request, back if back.startswith("/doctor-schedules/") else "/doctor-schedules/time-off", toast="Open again"
    )


def _block(form: TimeOffForm, here: Any, answers: actions.Answers, by: Actor) -> None:
    typed = form.cleaned_data
    kind, _, pk = typed["who"].partition(":")
    start = datetime.combine(typed["first"], typed["starts_at"] or time(0))
    end = datetime.combine(typed["last"], typed["ends_at"]) if typed["ends_at"] else None
    end = end or datetime.combine(typed["last"] + timedelta(days=1), time(0))
    zone = ZoneInfo(here.timezone)
    if not typed["until"]:  # said in this branch's clock, wherever else it holds
        start, end = instant(start.date(), start.time(), zone), instant(end.date(), end.time(), zone)
    target = {WHO[kind]: UUID(pk)}
    # Leave holds wherever somebody works; a meeting that repeats is told in the clock of this branch.
    at_branch = here.pk if typed["until"] or kind != "staff" else None
    actions.block(
        start,
        end,
        **target,
        branch_id=at_branch,
        kind=typed["kind"],
        reason=typed["reason"],
        until=typed["until"],
        answers=answers,
        by=by,
    )


def _choices(branch_id: UUID, by: Actor) -> list[Any]:
    """Everybody and everything that can be blocked at a branch, in groups."""
    staff = [(f"staff:{one.pk}", one.name) for one in everybody(branch_id, by)]
    rooms = [(f"room:{one.pk}", one.name) for one in people.rooms(seen_by=by, branch_id=branch_id)]
    devices = [(f"equipment:{one.pk}", one.name) for one in people.equipment_of(seen_by=by, branch_id=branch_id)]
    groups = [("People", staff), ("Rooms", rooms), ("Equipment", devices)]
    return [(label, rows) for label, rows in groups if rows]


def _initial(request: HttpRequest, today: Any) -> dict[str, Any]:
    asked = request.GET.get("staff") or ""
    return {"who": f"staff:{asked}" if asked else "", "first": today, "last": today, "kind": TimeOff.Kind.LEAVE}
