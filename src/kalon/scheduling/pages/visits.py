"""One visit with its story, the list of all, and the moves."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kalon.kernel import audit, clock
from kalon.kernel.errors import NotFound
from kalon.people import queries as people
from kalon.scheduling import actions, queries
from kalon.scheduling.forms import CancelForm, MoveForm, ReasonForm
from kalon.scheduling.lifecycles import AHEAD, LIFE, VIEW, Status
from kalon.scheduling.models import Appointment
from kalon.scheduling.pages import looks
from kalon.scheduling.pages.asked import asked_id
from kalon.scheduling.queries import visit_page
from kalon.web.fronts import go, refusals_on, render, staff_page
from kalon.web.toasts import toast

PER_PAGE = 30
UNDONE = "Tapped by mistake, undone at once"

ONE_TAP: dict[str, Any] = {
    "approve": actions.approve,
    "request_payment": actions.request_payment,
    "check_in": actions.check_in,
    "start": actions.start,
    "complete": actions.complete,
    "no_show": actions.no_show,
}
WITH_REASON: dict[str, Any] = {
    "cancel": actions.cancel,
    "leave_unseen": actions.leave_unseen,
    "undo_check_in": actions.undo_check_in,
    "undo_start": actions.undo_start,
    "undo_no_show": actions.undo_no_show,
}


def _asks(name: str) -> type[ReasonForm]:
    """The form of a move that is explained; its fields are called as the verb calls them."""
    return CancelForm if name == "cancel" else ReasonForm


@require_GET
@staff_page(VIEW)
def visit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything about one visit: facts, what may be done next, and its history."""
    return _visit_page(request, pk)


def _visit_page(
    request: HttpRequest, pk: UUID, *, reason_form: ReasonForm | None = None, move_form: MoveForm | None = None,
    asking: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    by = request.actor  # type: ignore[attr-defined]
    found = queries.appointment(pk, seen_by=by)
    audit.read(by, found, purpose="visit page")
    zone = found.zone
    ways = looks.ways_of(found, by=by, only=[move.name for move in LIFE.moves if move.name != "reschedule"])
    wanted = asking or request.GET.get("move", "")
    facts = {
        "visit": found,
        "start": looks.wall(found.local_start),
        "end": looks.wall(found.local_end),
        "look": looks.look(found, today=clock.today(zone)),
        "taps": [way for way in ways if way.name in ONE_TAP],
        "corrections": [way for way in ways if way.name in WITH_REASON],
        "asking": next((way for way in ways if way.name == wanted), None),
        "reason_form": reason_form or _asks(wanted)(),
        "move_form": move_form or _move_form(found),
        "may_move": found.status in AHEAD and by.may("scheduling.reschedule", at=found.branch_id),
        "free": [looks.wall(slot.start) for slot in _free(request, found)] if found.status in AHEAD else [],
        "steps": queries.history(found, seen_by=by),
        "sources": found.get_source_display(),
        "team": people.staff_list(seen_by=by, also_left=True).filter(pk__in=found.team),
        "devices": people.equipment_of_clinic(seen_by=by).filter(pk__in=found.equipment),
        "panels": visit_page.panels(request, found),
    }
    return render(request, "scheduling/visit.html", facts, status=status)


@require_GET
@staff_page(VIEW)
def visits(request: HttpRequest) -> HttpResponse:
    """All visits, newest first; filters stand in the address."""
    by = request.actor  # type: ignore[attr-defined]
    rows = queries.appointments(seen_by=by).order_by("-starts_at", "-id")
    status = request.GET.get("status", "")
    if status in Status.values:
        rows = rows.filter(status=status)
    if doctor_id := asked_id(request, "doctor"):
        rows = rows.filter(doctor_id=doctor_id)
    if patient_id := asked_id(request, "patient"):
        rows = rows.filter(patient_id__person=patient_id)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    audit.reads(by, shown, purpose="list of visits")
    facts = {
        "page_obj": page,
        "rows": [looks.row(v, by=by, today=clock.today(v.zone), hide_names=False) for v in shown],
        "states": Status.choices,
        "status": status,
        "doctors": people.doctors(seen_by=by),
        "doctor": request.GET.get("doctor", ""),
    }
    return render(request, "scheduling/list.html", facts)


@require_POST
@staff_page(VIEW)
def move(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """One move of one visit, from a row's button or from the form that asks why."""
    by = request.actor  # type: ignore[attr-defined]
    if name in ONE_TAP:
        found = ONE_TAP[name](pk, by=by)
        return _moved(request, found, name)
    if name not in WITH_REASON:
        raise NotFound("There is no such move.")
    form = _asks(name)(request.POST)
    if form.is_valid():
        with refusals_on(form):
            found = WITH_REASON[name](pk, **form.cleaned_data, by=by)
        if not form.errors:
            return _moved(request, found, name)
    return _visit_page(request, pk, reason_form=form, asking=name, status=422)


@require_POST
@staff_page(VIEW)
def undo(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """Take back what was tapped a moment ago, from the toast that offered it."""
    if name not in looks.UNDO.values():
        raise NotFound("There is nothing to undo.")
    found = WITH_REASON[name](pk, UNDONE, by=request.actor)  # type: ignore[attr-defined]
    return _moved(request, found, name)


@require_POST
@staff_page(VIEW)
def reschedule(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give a visit another time."""
    by = request.actor  # type: ignore[attr-defined]
    form = MoveForm(request.POST)
    if form.is_valid():
        when = datetime.combine(form.cleaned_data["date"], form.cleaned_data["time"])
        with refusals_on(form):
            found = actions.reschedule(pk, when, form.cleaned_data["reason"], by=by)
        if not form.errors:
            told = f"Moved to {found.local_start:%a %-d %b, %H:%M}"
            return go(request, reverse("scheduling:visit", args=[found.pk]), toast=told)
    return _visit_page(request, pk, move_form=form, status=422)


def _moved(request: HttpRequest, found: Appointment, name: str) -> HttpResponse:
    """Back to where the button was; the list there refreshes itself."""
    word = f"{looks.DONE[name]}: {found.patient.name}"
    back = looks.UNDO.get(name)
    undo_url = reverse("scheduling:undo", args=[found.pk, back]) if back else ""
    if request.headers.get("HX-Request") and not request.POST.get("next"):
        response = HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"day-changed": True})})
        return toast(response, word, undo=undo_url)
    return go(request, _next(request, found), toast=word, undo=undo_url)


def _next(request: HttpRequest, found: Appointment) -> str:
    wanted = request.POST.get("next", "")
    if wanted.startswith(("/day", "/appointments/")):
        return wanted
    return reverse("scheduling:visit", args=[found.pk])


def _move_form(found: Appointment) -> MoveForm:
    return MoveForm(initial={"date": found.local_start.date(), "time": found.local_start.time()})


def _free(request: HttpRequest, found: Appointment) -> list[Any]:
    """The next times for the same visit, whoever and whatever it takes."""
    return queries.next_times(found, 3, seen_by=request.actor)  # type: ignore[attr-defined]
