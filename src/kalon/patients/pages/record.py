"""The page about a patient: who they are, what comes next, then the story and its tabs."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.patients import queries
from kalon.patients.forms import DuplicateForm, UndoForm
from kalon.patients.lifecycles import CORRECT, READ
from kalon.patients.models import Patient
from kalon.patients.queries import page as frame
from kalon.patients.queries import timeline
from kalon.web.fronts import actor_of, go, render, staff_page
from kalon.web.templatetags.words import when


@staff_page(READ)
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The story, with what the contexts have to say beside it."""
    by = actor_of(request)
    patient = queries.patient(pk, seen_by=by)
    if elsewhere := moved_to(request, patient, by):
        return elsewhere
    audit.read(by, patient, purpose="patient page")
    kinds = [(source.key, source.label) for source in timeline.sources(seen_by=by)]
    shown = request.GET.get("show", "")
    kind = shown if shown in dict(kinds) else ""
    before = timeline.Mark.read(request.GET.get("before", ""))
    context = {
        "story": timeline.page(pk, seen_by=by, kind=kind, before=before),
        "kinds": kinds,
        "kind": kind,
        "is_earlier": before is not None,
        "above": frame.panels(request, patient, "above"),
        "main": frame.panels(request, patient, "main"),
        "side": frame.panels(request, patient, "side"),
        **head(request, patient, by, "timeline"),
    }
    return render(request, "patients/timeline.html", context)


@staff_page(READ)
def tab(request: HttpRequest, pk: UUID, key: str) -> HttpResponse:
    """One of the tabs."""
    by = actor_of(request)
    chosen = next((one for one in frame.tabs(seen_by=by) if one.key == key), None)
    if chosen is None:
        raise NotFound("There is no such part of a patient's page for you. Go back to the timeline.")
    patient = queries.patient(pk, seen_by=by)
    if elsewhere := moved_to(request, patient, by, key):
        return elsewhere
    audit.read(by, patient, purpose=f"patient page, {chosen.label.lower()}")
    context = {"body": chosen.render(request, patient) or "", "tab": chosen, **head(request, patient, by, key)}
    return render(request, "patients/tab.html", context)


def moved_to(request: HttpRequest, patient: Patient, by: Actor, key: str = "") -> HttpResponse | None:
    """To the record that this one was joined into, with a line that says so; None when it stands for itself."""
    merge = queries.joining.absorbed(patient.pk, seen_by=by)
    if merge is None:
        return None
    said = f"{patient.mrn} was joined into this record on {when(merge.created_at)} by {merge.joined_by}"
    if key:
        return go(request, "patients:tab", merge.survivor_id, key, toast=said)
    return go(request, "patients:page", merge.survivor_id, toast=said)


def head(request: HttpRequest, patient: Patient, by: Actor, key: str) -> dict[str, Any]:
    """What stands above every tab: banner, next action, possible duplicate, the tabs themselves."""
    links = [{"label": "Timeline", "url": reverse("patients:page", args=[patient.pk]), "current": key == "timeline"}]
    links += [
        {"label": one.label, "url": reverse("patients:tab", args=[patient.pk, one.key]), "current": one.key == key}
        for one in frame.tabs(seen_by=by)
    ]
    return {
        "patient": patient,
        "banner": queries.banner(patient),
        "next_action": frame.next_action(request, patient),
        "buttons": frame.buttons(request, patient),
        "tabs": links,
        "double": _double(patient, by),
        "joined": _joined(patient, by),
        "duplicate_form": DuplicateForm(),
    }


def _joined(patient: Patient, by: Actor) -> list[dict[str, Any]]:
    """The joins into this record that may still be taken back here, each with a form for the reason."""
    rows = queries.joining.joined_into(patient.pk, seen_by=by)
    return [
        {"merge": one, "form": UndoForm(auto_id=f"undo-{one.pk}-%s")}
        for one in rows
        if queries.joining.may_undo(one, seen_by=by)
    ]


def _double(patient: Patient, by: Actor) -> Patient | None:
    if patient.possible_duplicate_of_id is None or not by.may(CORRECT):
        return None
    double = queries.patient(patient.possible_duplicate_of_id, seen_by=by)
    if patient.pk in queries.joining.records_of(double.pk):
        return None
    audit.read(by, double, purpose="possible duplicate")
    return double
