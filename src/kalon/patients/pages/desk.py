"""Registering a patient at the desk."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.patients import actions, queries
from kalon.patients.forms import RegisterForm
from kalon.patients.forms.desk import REFERRALS, RELATIONS
from kalon.patients.lifecycles import REGISTER
from kalon.patients.models import Patient
from kalon.patients.pages.sending import sent
from kalon.patients.queries.duplicates import Double
from kalon.patients.rules import introduced
from kalon.people import queries as people
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@staff_page(REGISTER)
def register(request: HttpRequest) -> HttpResponse:
    """A new patient; somebody who looks the same is shown first."""
    by = actor_of(request)
    form = RegisterForm(sent(request), initial=introduced(request.GET.get("name", "")), **_here(by))
    if request.method != "POST":
        return render(request, "patients/new.html", _context(form))
    if form.is_valid():
        details = form.details()
        if not details.confirmed_not_duplicate and (doubles := _doubles(form, by)):
            return render(request, "patients/new.html", {**_context(form), "doubles": doubles})
        with refusals_on(form):
            patient = actions.register(details, by=by)
        if not form.errors:
            return go(request, _back(request, patient), toast=f"Registered as {patient.mrn}")
    return render(request, "patients/new.html", _context(form), status=422)


def _back(request: HttpRequest, patient: Patient) -> str:
    """Their page; or the page of ours that asked for a new patient, with the patient in its address."""
    asked = request.GET.get("next", "")
    if not (asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)):
        return reverse("patients:page", args=[patient.pk])
    path, _, query = asked.partition("?")
    wish = QueryDict(query, mutable=True)
    wish["patient"] = str(patient.pk)
    return f"{path}?{wish.urlencode()}"


def _doubles(form: RegisterForm, by: Actor) -> list[Double]:
    """Looked up here, so that whom the desk was shown stays in the log: a refusal would take that back."""
    doubles = queries.possible_duplicates(form.details().checked(**_here(by)), seen_by=by)
    audit.reads(by, [double.patient for double in doubles], purpose="possible duplicate")
    return doubles


def _here(by: Actor) -> dict[str, Any]:
    here = people.organization(seen_by=by)
    return {"region": here.country, "today": clock.today(here.timezone)}


def _context(form: RegisterForm) -> dict[str, Any]:
    return {"form": form, "referrals": REFERRALS, "relations": RELATIONS, "doubles": []}
