"""The page about a patient: who they are, what comes next, then the story and its tabs."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.patients import queries
from kalon.patients.forms import DuplicateForm
from kalon.patients.lifecycles import CORRECT, READ
from kalon.patients.models import Patient
from kalon.patients.queries import page as frame
from kalon.patients.queries import timeline
from kalon.web.fronts import actor_of, render, staff_page


@staff_page(READ)
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The story, with what the contexts have to say beside it."""
    by = actor_of(request)
    patient = queries.patient(pk, seen_by=by)
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
    audit.read(by, patient, purpose=f"patient page, {chosen.label.lower()}")
    context = {"body": chosen.render(request, patient) or "", "tab": chosen, **head(request, patient, by, key)}
    return render(request, "patients/tab.html", context)


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
        "duplicate_form": DuplicateForm(),
    }


def _double(patient: Patient, by: Actor) -> Patient | None:
    if patient.possible_duplicate_of_id is None or not by.may(CORRECT):
        return None
    double = queries.patient(patient.possible_duplicate_of_id, seen_by=by)
    audit.read(by, double, purpose="possible duplicate")
    return double
