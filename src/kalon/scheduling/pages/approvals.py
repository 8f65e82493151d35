"""What patients asked for and nobody has answered yet: approved in one tap, placed anew, moved or declined."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.people import queries as people
from kalon.scheduling import actions, queries
from kalon.scheduling.forms import MoveForm, PlaceForm, ReasonForm
from kalon.scheduling.lifecycles import APPROVE, Side, Status
from kalon.scheduling.models import Appointment
from kalon.scheduling.pages import looks
from kalon.scheduling.pages.asked import asked_id
from kalon.scheduling.pages.offers import Select, selects
from kalon.scheduling.rules import Chosen, Place, Span
from kalon.web import navigation
from kalon.web.fronts import go, refusals_on, render, staff_page

PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the page draws it."""

    visit: Appointment
    start: datetime
    end: datetime
    offered: str
    place: str


def waiting(by: navigation.MayAct) -> int | None:
    """The number beside the entry in the navigation; none when nothing waits."""
    return queries.waiting_for_approval(seen_by=by) or None if isinstance(by, Actor) else None


@require_GET
@staff_page(APPROVE)
def requests(request: HttpRequest) -> HttpResponse:
    """Every request that waits, the oldest first; one of them open for a closer look."""
    return _page(request)


@require_POST
@staff_page(APPROVE)
def answer(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """One answer to one request; what could not be done is said where it was asked."""
    if name not in ANSWERS:
        raise NotFound("There is no such answer.")
    form = ANSWERS[name](request.POST, auto_id=f"{name}_%s")
    visit = None
    if form.is_valid():
        with refusals_on(form):
            visit = _do(name, pk, form.cleaned_data, by=request.actor)  # type: ignore[attr-defined]
    if visit is None or form.errors:
        return _page(request, open_pk=pk, failed=(name, form))
    words = {"approve": _approved(visit), "place": _approved(visit), "decline": "Declined", "move": "Moved"}
    return go(request, reverse("scheduling:approvals"), toast=f"{words[name]}: {visit.patient.name}")


ANSWERS: dict[str, Any] = {"approve": PlaceForm, "place": PlaceForm, "decline": ReasonForm, "move": MoveForm}


def _do(name: str, pk: UUID, typed: dict[str, Any], *, by: Actor) -> Appointment:
    match name:
        case "decline":
            return actions.cancel(pk, typed["reason"], Side.CLINIC, by=by)
        case "move":
            start = datetime.combine(typed["date"], typed["time"])
            return actions.reschedule(pk, start, typed["reason"], by=by)
        case "place":
            actions.allocate(pk, Chosen(typed["room"], typed["team"], typed["equipment"]), by=by)
    return actions.approve(pk, by=by)


def _approved(visit: Appointment) -> str:
    return "Approved, payment asked for" if visit.status == Status.PENDING_PAYMENT else "Approved"


def _page(request: HttpRequest, *, open_pk: UUID | None = None, failed: tuple[str, Any] | None = None) -> HttpResponse:
    by = request.actor  # type: ignore[attr-defined]
    page = Paginator(queries.requests(seen_by=by), PER_PAGE).get_page(request.GET.get("page"))
    visits = list(page.object_list)
    audit.reads(by, visits, purpose="requests")
    names = _names(visits, by)
    opened = next((visit for visit in visits if visit.pk == (open_pk or asked_id(request, "open"))), None)
    facts = {
        "page_obj": page,
        "requests": [_request(visit, names) for visit in visits],
        "opened": opened,
        **(_closer(opened, by) if opened else {}),
        **_forms(opened, failed),
    }
    return render(request, "scheduling/approvals.html", facts, status=422 if failed else 200)


def _names(visits: Sequence[Appointment], by: Actor) -> dict[UUID, str]:
    """Who and what the requests were given, by name; nothing is read where they take nobody."""
    names: dict[UUID, str] = {}
    if any(visit.team for visit in visits):
        names |= {one.pk: one.name for one in people.staff_list(seen_by=by, also_left=True)}
    if any(visit.equipment for visit in visits):
        names |= {one.pk: one.name for one in people.equipment_of_clinic(seen_by=by)}
    return names


def _request(visit: Appointment, names: dict[UUID, str]) -> Request:
    given = [visit.room.name] if visit.room else []
    given += [names[one] for one in (*visit.team, *visit.equipment) if one in names]
    return Request(
        visit,
        looks.wall(visit.local_start),
        looks.wall(visit.local_end),
        visit.what,
        ", ".join(given),
    )


def _closer(visit: Appointment, by: Actor) -> dict[str, Any]:
    """Rooms and people that could take the visit instead, and the next times it could have."""
    span = Span(visit.local_start, visit.local_end)
    minutes = int((span.end - span.start).total_seconds() // 60)
    demand = queries.demand(visit.service, visit.package, minutes=minutes)
    wanted = queries.Wanted(visit.branch, demand, visit.doctor_id, but=visit.pk)
    seen = queries.look(wanted, span.start.date(), span.end.date(), seen_by=by)
    place = Place(visit.room_id, tuple(visit.team), tuple(visit.equipment))
    needs: list[Select] = list(selects(seen, span, place))
    return {"selects": needs, "free": [looks.wall(slot.start) for slot in queries.next_times(visit, 3, seen_by=by)]}


def _forms(visit: Appointment | None, failed: tuple[str, Any] | None) -> dict[str, Any]:
    if visit is None:
        return {"refused": failed[1]} if failed else {}
    initial = {"date": visit.local_start.date(), "time": visit.local_start.time()}
    forms: dict[str, Any] = {
        "decline": ReasonForm(auto_id="decline_%s"),
        "move": MoveForm(initial=initial, auto_id="move_%s"),
    }
    return {**forms, **({failed[0]: failed[1]} if failed else {})}
