"""The page about a patient: who they are, what comes next, then the story and its tabs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.patients import queries
from kalon.patients.forms import DuplicateForm
from kalon.patients.lifecycles import CORRECT, READ
from kalon.patients.models import Patient
from kalon.patients.queries import page as frame
from kalon.web.fronts import actor_of, render, staff_page

ENTRIES = 20


@staff_page(READ)
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The story, with what the contexts have to say beside it."""
    by = actor_of(request)
    patient = queries.patient(pk, seen_by=by)
    audit.read(by, patient, purpose="patient page")
    entries = frame.timeline(pk, seen_by=by, limit=ENTRIES + 1, before=_before(request))
    context = {
        "entries": entries[:ENTRIES],
        "earlier": entries[ENTRIES - 1].at if len(entries) > ENTRIES else None,
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


def _before(request: HttpRequest) -> datetime | None:
    try:
        found = parse_datetime(request.GET.get("before", ""))
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
