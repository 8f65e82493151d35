"""How a patient wishes to be reached: their own page on the portal, and the desk's page about them."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from kalon.kernel import audit
from kalon.kernel.errors import DomainError, Invalid
from kalon.messaging import actions, queries
from kalon.messaging.actions import senders
from kalon.messaging.forms import PreferenceForm
from kalon.messaging.lifecycles import VIEW
from kalon.messaging.models import Channel, Preference
from kalon.web.fronts import actor_of, go, patient_page, refusals_on, render, staff_page

CORRECT = "patients.correct"


@staff_page(VIEW)
def wishes(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """How one patient is reached, what they declined, and what they wrote to us lately."""
    by = actor_of(request)
    patient: Any = queries.reachable_patient(patient_id, seen_by=by)
    wish = queries.preference(patient_id, seen_by=by)
    form = PreferenceForm(request.POST or None, wish=wish)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_preference(patient_id, **form.wishes(), by=by)
        if not form.errors:
            return go(request, "messaging:wishes", patient_id=patient_id, toast="Saved")
    answers = list(queries.answers(seen_by=by, patient_id=patient_id)[:20])
    audit.read(by, patient, purpose="how the patient is reached")
    context = {
        "patient": patient,
        "contacts": [("Mobile", patient.readable_phone or "None"), ("E-mail", patient.email or "None")],
        "form": form,
        "wish": wish,
        "answers": answers,
        "devices": queries.devices(patient_id, seen_by=by).count(),
        "may_change": by.may(CORRECT),
        "stopped": _stopped(wish),
    }
    return render(request, "messaging/wishes.html", context, status=422 if form.errors else 200)


@patient_page
def my_wishes(request: HttpRequest) -> HttpResponse:
    """The patient says how and when they are written to, and whether this device shows notifications."""
    by = actor_of(request)
    patient_id = by.own_patient_id
    wish = queries.preference(patient_id, seen_by=by)
    form = PreferenceForm(request.POST or None, wish=wish)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_preference(patient_id, **form.wishes(), by=by)
        if not form.errors:
            return go(request, "messaging:my_wishes", toast="Saved. Thank you.")
    context = {
        "form": form,
        "wish": wish,
        "stopped": _stopped(wish),
        "push_key": queries.push_public_key(seen_by=by) if senders.carrier(Channel.PUSH) != "embedded" else "",
        "devices": list(queries.devices(patient_id, seen_by=by)),
    }
    return render(request, "messaging/my_wishes.html", context, status=422 if form.errors else 200)


@require_POST
@patient_page
def devices(request: HttpRequest) -> HttpResponse:
    """The patient's browser asks for notifications, or for no more of them (JSON from our own script)."""
    by = actor_of(request)
    try:
        said = json.loads(request.body)
        endpoint, wanted = str(said["endpoint"]), str(said.get("wanted", "on"))
        keys = {name: str(said.get("keys", {}).get(name, "")) for name in ("p256dh", "auth")}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        refusal: DomainError = Invalid("The browser sent something that could not be read. Load the page again.")
        return JsonResponse(refusal.as_problem(), status=refusal.status)
    try:
        if wanted == "off":
            actions.unsubscribe(by.own_patient_id, endpoint=endpoint, by=by)
        else:
            device = request.headers.get("User-Agent", "")[:120]
            actions.subscribe(by.own_patient_id, endpoint=endpoint, **keys, device=device, by=by)
    except DomainError as error:
        return JsonResponse(error.as_problem(), status=error.status)
    return HttpResponse(status=204)


def _stopped(wish: Preference) -> str:
    return ", ".join(Channel(channel).label for channel in wish.stopped)
