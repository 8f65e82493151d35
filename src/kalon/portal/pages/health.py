"""What the clinic knows of a patient's health, and the lines they add themselves."""

from django.http import HttpRequest, HttpResponse

from kalon.patients import actions, queries
from kalon.portal import queries as own
from kalon.portal.forms import OwnAllergyForm, OwnHistoryForm
from kalon.web.fronts import actor_of, go, patient_page, refusals_on, render


@patient_page
def health(request: HttpRequest) -> HttpResponse:
    """Allergies, conditions, medicines, operations, family, habits; each with who said so."""
    by = actor_of(request)
    me = own.me(seen_by=by)
    context = {
        "me": me,
        "allergies": list(queries.allergies(me.pk, seen_by=by)),
        "history": list(queries.history(me.pk, seen_by=by)),
    }
    return render(request, "portal/health.html", context)


@patient_page
def add_allergy(request: HttpRequest) -> HttpResponse:
    """Something the patient reacts to."""
    by, form = actor_of(request), OwnAllergyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.add_own_allergy(actions.AllergyDetails(**form.cleaned_data), by=by)
        if not form.errors:
            return go(request, "portal:health", toast="Added. Your doctor sees it from now on.")
    context = {"form": form, "title": "Add an allergy"}
    return render(request, "portal/health_add.html", context, status=422 if form.errors else 200)


@patient_page
def add_history(request: HttpRequest) -> HttpResponse:
    """A condition, a medicine, an operation, the family, habits."""
    by, form = actor_of(request), OwnHistoryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.add_own_history(actions.HistoryDetails(**form.cleaned_data), by=by)
        if not form.errors:
            return go(request, "portal:health", toast="Added. Your doctor sees it from now on.")
    context = {"form": form, "title": "Add to your history"}
    return render(request, "portal/health_add.html", context, status=422 if form.errors else 200)
