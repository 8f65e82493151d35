"""Arriving: the desk scans a phone, the door shows its code, the waiting room shows whose turn it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kalon.kernel import actors, clock, live
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.tenancy import acting_as
from kalon.people import queries as people
from kalon.scheduling import actions, queries
from kalon.scheduling.forms import CodeForm, ScreenForm
from kalon.scheduling.lifecycles import CHECK_IN, MANAGE, Status
from kalon.scheduling.models import Screen
from kalon.scheduling.pages import looks
from kalon.scheduling.pages.queue import token
from kalon.scheduling.rules.queue import rounded
from kalon.web import live as lines
from kalon.web.fronts import actor_of, go, public_page, refusals_on, render, staff_page

CALLED_FOR = timedelta(minutes=10)  # a call is shown so long while nobody came
GONE_IN_FOR = timedelta(minutes=2)  # and so long after the doctor took them in
SOON = timedelta(minutes=5)
SHOWN_NEXT = 6

ScreenPage = Callable[[HttpRequest, Screen, Actor], HttpResponse]


@require_http_methods(["GET", "POST"])
@staff_page(CHECK_IN)
def scan(request: HttpRequest) -> HttpResponse:
    """Scan the code on a patient's phone, or type the number of a visit."""
    by = actor_of(request)
    text = request.POST.get("code", "") or request.GET.get("code", "")
    form = CodeForm({"code": text} if text else None)
    if request.method == "POST" and form.is_valid():
        if found := queries.by_number(form.cleaned_data["code"], seen_by=by):
            return go(request, "scheduling:visit", pk=found.pk)
        with refusals_on(form):
            visit = actions.scan(form.cleaned_data["code"], by=by)
        if not form.errors:
            words = f"Checked in: {visit.patient.name}, number {token(visit.number)} in the waiting room"
            undo = reverse("scheduling:undo", args=[visit.pk, "undo_check_in"])
            return go(request, "scheduling:scan", toast=words, undo=undo)
        request.refusal = getattr(form, "refusal", None)  # type: ignore[attr-defined]  # the log keeps it
    refused = request.method == "POST"
    return render(request, "scheduling/arrive_scan.html", {"form": form}, status=422 if refused else 200)


@require_http_methods(["GET", "POST"])
@staff_page(MANAGE)
def screens(request: HttpRequest) -> HttpResponse:
    """The screens of the house: which are open, and the link of a new one, shown once."""
    by = actor_of(request)
    branches = list(people.branches(seen_by=by))
    form = ScreenForm(request.POST or None, branches=branches)
    opened, link = None, ""
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            opened, word = actions.open_screen(
                form.cleaned_data["branch"], form.cleaned_data["kind"], form.cleaned_data["name"], by=by
            )
            link = request.build_absolute_uri(_path(opened.kind, word))
    facts = {"form": form, "screens": list(queries.screens(seen_by=by)), "opened": opened, "link": link}
    return render(request, "scheduling/arrive_screens.html", facts, status=422 if form.errors else 200)


@require_POST
@staff_page(MANAGE)
def close_screen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a screen: its link opens nothing any more."""
    actions.close_screen(pk, by=actor_of(request))
    return go(request, "scheduling:screens", toast="Screen ended")


def _screen_page(kind: str) -> Callable[[ScreenPage], Callable[..., HttpResponse]]:
    """A page that nobody is signed in on: its link's word names the screen, and the system looks for it."""

    def frame(view: ScreenPage) -> Callable[..., HttpResponse]:
        @never_cache
        @require_GET
        @public_page
        @wraps(view)
        def page(request: HttpRequest, word: str) -> HttpResponse:
            organization_id = people.public_organization_id(request.get_host().split(":")[0])
            if organization_id is None:
                raise NotFound("There is no clinic here yet.")
            by = actors.system(f"the screen: {Screen.Kind(kind).label.lower()}", organization_id)
            with acting_as(by):
                return view(request, queries.screen_of_link(word, kind, seen_by=by), by)

        page.opens_own_unit = True  # type: ignore[attr-defined]
        return page

    return frame


@_screen_page(Screen.Kind.DOOR)
def door(request: HttpRequest, screen: Screen, by: Actor) -> HttpResponse:
    """The code at the door: another one every minute, each good for two."""
    code = queries.door_code(screen.branch, seen_by=by)
    link = request.build_absolute_uri(f"/my/arrive?code={code}")
    return render(request, "scheduling/arrive_door.html", {**_frame(request, screen, by), "link": link})


@_screen_page(Screen.Kind.WAITING)
def waiting(request: HttpRequest, screen: Screen, by: Actor) -> HttpResponse:
    """Whose turn it is, by numbers: no names, no reasons."""
    zone = ZoneInfo(screen.branch.timezone)
    board = queries.board(screen.branch_id, clock.today(zone), seen_by=by)
    called = sorted(filter(None, map(_called, board.standings)), key=lambda one: one.at, reverse=True)
    shown = {one.token for one in called}
    next_in_line = [_coming(one) for one in board.standings if one.turn and token(one.visit.number) not in shown]
    facts = {
        **_frame(request, screen, by),
        "now": looks.wall(clock.now().astimezone(zone)),
        "called": called,
        "next": next_in_line[:SHOWN_NEXT],
        "more": max(0, len(next_in_line) - SHOWN_NEXT),
        "behind": int(board.behind / timedelta(minutes=1)),
    }
    return render(request, "scheduling/waiting.html", facts)


@_screen_page(Screen.Kind.WAITING)
def waiting_ticket(request: HttpRequest, screen: Screen, by: Actor) -> HttpResponse:
    """A fresh ticket for the screen's stream."""
    return JsonResponse({"ticket": _ticket(request, screen).signed()})


@dataclass(frozen=True, slots=True)
class Called:
    """A number that is asked to come in, and where to."""

    token: str
    where: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Coming:
    """A number that waits, with whom, and about how long."""

    token: str
    where: str
    about: str


def _called(one: queries.Standing) -> Called | None:
    if one.called is None:
        return None
    shown_for = {Status.CHECKED_IN: CALLED_FOR, Status.IN_PROGRESS: GONE_IN_FOR}.get(Status(one.visit.status))
    if shown_for is None or clock.now() - one.called.called_at > shown_for:
        return None
    room = one.called.room or one.visit.room
    where = room.name if room else one.visit.doctor.name if one.visit.doctor else "the desk"
    return Called(token(one.visit.number), where, one.called.called_at)


def _coming(one: queries.Standing) -> Coming:
    assert one.turn is not None
    minutes = int(rounded(one.turn.about) / timedelta(minutes=1))
    about = "Soon" if one.turn.about <= SOON else f"About {minutes} min"
    return Coming(token(one.visit.number), one.visit.doctor.name if one.visit.doctor else "", about)


def _frame(request: HttpRequest, screen: Screen, by: Actor) -> dict[str, Any]:
    word = request.resolver_match.kwargs["word"] if request.resolver_match else ""
    facts: dict[str, Any] = {
        "here": screen.branch,
        "clinic_name": people.organization(seen_by=by).name,
        "theme": "dusk" if request.GET.get("dark") else "",
    }
    if screen.kind == Screen.Kind.WAITING:
        renew = reverse("scheduling:waiting_ticket", args=[word])
        facts["line"] = lines.line_of(request, _ticket(request, screen), renew=renew)
    return facts


def _ticket(request: HttpRequest, screen: Screen) -> live.Ticket:
    return live.for_screen(
        screen.organization_id,
        {"visits": (str(screen.branch_id),)},
        secret=f"screen {screen.pk}",
        origin=lines.origin_of(request),
    )


def _path(kind: str, word: str) -> str:
    return reverse("scheduling:waiting" if kind == Screen.Kind.WAITING else "scheduling:door", args=[word])
