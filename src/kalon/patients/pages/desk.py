"""Registering a patient at the desk."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.patients import actions, queries
from kalon.patients.forms import RegisterForm
from kalon.patients.forms.desk import REFERRALS, RELATIONS
from kalon.patients.lifecycles import REGISTER
from kalon.patients.pages.sending import sent
from kalon.patients.queries.duplicates import Double
from kalon.people import queries as people
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@staff_page(REGISTER)
def register(request: HttpRequest) -> HttpResponse:
    """A new patient; somebody who looks the same is shown first."""
    by = actor_of(request)
    form = RegisterForm(sent(request), initial=_typed(request), **_here(by))
    if request.method != "POST":
        return render(request, "patients/new.html", _context(form))
    if form.is_valid():
        details = form.details()
        if not details.confirmed_not_duplicate and (doubles := _doubles(form, by)):
            return render(request, "patients/new.html", {**_context(form), "doubles": doubles})
        with refusals_on(form):
            patient = actions.register(details, by=by)
        if not form.errors:
            return go(request, "patients:page", pk=patient.pk, toast=f"Registered as {patient.mrn}")
    return render(request, "patients/new.html", _context(form), status=422)


def _doubles(form: RegisterForm, by: Actor) -> list[Double]:
    """Looked up here, so that whom the desk was shown stays in the log: a refusal would take that back."""
    doubles = queries.possible_duplicates(form.details().checked(**_here(by)), seen_by=by)
    audit.reads(by, [double.patient for double in doubles], purpose="possible duplicate")
    return doubles


def _here(by: Actor) -> dict[str, Any]:
    here = people.organization(seen_by=by)
    return {"region": here.country, "today": clock.today(here.timezone)}


def _typed(request: HttpRequest) -> dict[str, str]:
    """What was typed into the search box, when it found nobody."""
    text = request.GET.get("name", "").strip()[:200]
    if not text:
        return {}
    if any(letter.isdigit() for letter in text):
        return {"phone": text}
    given, _, family = text.partition(" ")
    return {"given_name": given, "family_name": family}


def _context(form: RegisterForm) -> dict[str, Any]:
    return {"form": form, "referrals": REFERRALS, "relations": RELATIONS, "doubles": []}
