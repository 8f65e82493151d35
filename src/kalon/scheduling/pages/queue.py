"""Today's board: who is expected, here, in triage, with the doctor, done; and calling somebody in."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.scheduling import actions, queries
from kalon.scheduling.lifecycles import CHECK_IN, MANAGE, START, VIEW, Status
from kalon.scheduling.pages import looks
from kalon.scheduling.pages.asked import asked_branch
from kalon.scheduling.pages.day import HIDE_NAMES
from kalon.scheduling.queries import desk_panels
from kalon.scheduling.queries.queue import ARRIVED, DONE, EXPECTED, TRIAGE, WITH_DOCTOR
from kalon.scheduling.rules.queue import wait_tone
from kalon.web.fronts import actor_of, go, render, staff_page
from kalon.web.toasts import toast

IN_TRIAGE = looks.Look(css="is-info", icon="heart-pulse", word="In triage")
# The columns, each with its words when nobody stands in it.
COLUMNS: tuple[tuple[str, looks.Look, str], ...] = (
    (EXPECTED, looks.EXPECTED, "Nobody else is expected today."),
    (ARRIVED, looks.LOOKS[Status.CHECKED_IN], "Nobody waits."),
    (TRIAGE, IN_TRIAGE, "Nobody is in triage."),
    (WITH_DOCTOR, looks.LOOKS[Status.IN_PROGRESS], "No doctor is busy."),
    (DONE, looks.LOOKS[Status.COMPLETED], "Nobody is done yet."),
)
TONES = {"mute": "is-mute", "gold": "is-gold", "rose": "is-rose"}


@dataclass(frozen=True, slots=True)
class Card:
    """One visit on the board, with everything the template prints."""

    row: looks.Row
    token: str
    waited: str
    wait_css: str
    arrived: datetime | None
    is_next: bool
    called: datetime | None
    to: str
    may_call: bool
    triage_url: str


@require_GET
@staff_page(VIEW)
def queue(request: HttpRequest) -> HttpResponse:
    """Today at one branch, by where everybody is; filters stand in the address."""
    by = actor_of(request)
    branch = asked_branch(request)
    zone = ZoneInfo(branch.timezone)
    today = clock.today(zone)
    board = queries.board(branch.pk, today, seen_by=by)
    doctors = {one.visit.doctor.pk: one.visit.doctor for one in board.standings if one.visit.doctor}
    doctor = request.GET.get("doctor", "")
    hide = request.COOKIES.get(HIDE_NAMES) == "1"
    audit.sights(by, [one.visit for one in board.standings], screen=looks.screen("queue", hides_names=hide))
    columns = [
        (name, look, empty, [_card(one, by, zone, hide) for one in board.column(name) if _of(one, doctor)])
        for name, look, empty in COLUMNS
    ]
    facts = {
        "here": branch,
        "on": today,
        "branches": people.branches(seen_by=by),
        "columns": columns,
        "is_empty": not board.standings,
        "behind": int(board.behind / timedelta(minutes=1)),
        "doctors": sorted(doctors.values(), key=lambda one: str(one.name)),
        "doctor": doctor,
        "hides_names": hide,
        "panels": desk_panels.panels(request, branch),
        "may_scan": by.may(CHECK_IN, at=branch.pk),
        "may_manage": by.may(MANAGE, at=branch.pk),
    }
    return render(request, "scheduling/queue.html", facts)


@require_POST
@staff_page(VIEW)
def call(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Call a patient in, with one tap."""
    called = actions.call_in(pk, by=actor_of(request))
    words = f"Called{f' to {called.room.name}' if called.room else ''}"
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"day-changed": True})})
        return toast(response, words)
    return go(request, "scheduling:queue", toast=words)


def token(number: str) -> str:
    """What the waiting room calls somebody: the first half of the visit's number, another one for each visit."""
    return number.partition("-")[0]


def _of(one: queries.Standing, doctor: str) -> bool:
    return not doctor or str(one.visit.doctor_id) == doctor


def _card(one: queries.Standing, by: Actor, zone: ZoneInfo, hide: bool) -> Card:
    visit, here = one.visit, one.visit.status == Status.CHECKED_IN
    call = one.called if here else None
    return Card(
        row=looks.row(visit, by=by, today=visit.local_start.date(), hide_names=hide),
        token=token(visit.number),
        waited=looks.lasted(one.waited) if one.waited is not None else "",
        wait_css=TONES[wait_tone(one.waited)] if one.waited is not None else "",
        arrived=looks.wall(one.arrived_at.astimezone(zone)) if one.arrived_at else None,
        is_next=one.is_next,
        called=looks.wall(call.called_at.astimezone(zone)) if call else None,
        to=call.room.name if call and call.room else "",
        may_call=here and (by.may(START, at=visit.branch_id) or by.may(CHECK_IN, at=visit.branch_id)),
        triage_url=one.station.url if here else "",
    )
