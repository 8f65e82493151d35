"""Small forms about a patient: allergies, details put right, contacts, policies."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from kalon.kernel import audit, clock
from kalon.patients import actions, queries
from kalon.patients.forms import (
    AllergyForm,
    ContactForm,
    CorrectionForm,
    CoverageForm,
    DuplicateForm,
)
from kalon.patients.lifecycles import ALLERGIES, CORRECT
from kalon.patients.models import Patient
from kalon.patients.pages.sending import sent
from kalon.people import queries as people
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

WIDE = ("allergy_state", "allergies", "reason", "text")  # fields over both columns


@staff_page(ALLERGIES)
def allergies(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask about allergies, and write the answer down."""
    by = actor_of(request)
    patient = queries.patient(pk, seen_by=by)
    form = AllergyForm(sent(request), initial=AllergyForm.of(patient, list(queries.allergies(pk, seen_by=by))))

    def save() -> object:
        return actions.record_allergies(pk, form.cleaned_data["allergy_state"], form.substances(), by=by)

    return filled_in(request, patient, form, save, title="Allergies", back="", toast="Allergies recorded")


@staff_page(CORRECT)
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put details right, with the reason."""
    by = actor_of(request)
    patient = queries.patient(pk, seen_by=by)
    here = people.organization(seen_by=by)
    form = CorrectionForm(
        sent(request),
        initial=CorrectionForm.of(patient),
        region=here.country,
        today=clock.today(here.timezone),
    )

    def save() -> object:
        told = form.cleaned_data
        return actions.correct(pk, form.changes(), version=told["version"], reason=told["reason"], by=by)

    return filled_in(request, patient, form, save, title="Correct details", back="details", toast="Details corrected")


@staff_page(CORRECT)
def contact(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add somebody near the patient."""
    by, form = actor_of(request), ContactForm(sent(request))
    patient = queries.patient(pk, seen_by=by)

    def save() -> object:
        return actions.add_contact(pk, form.details(), by=by)

    return filled_in(request, patient, form, save, title="Add a contact", back="family", toast="Contact added")


@staff_page(CORRECT)
def coverage(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add a policy."""
    by, form = actor_of(request), CoverageForm(sent(request))
    patient = queries.patient(pk, seen_by=by)

    def save() -> object:
        return actions.add_coverage(pk, form.details(), by=by)

    return filled_in(request, patient, form, save, title="Add insurance", back="details", toast="Insurance added")


@require_POST
@staff_page(CORRECT)
def settle(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Two records that look alike are two people."""
    by, form = actor_of(request), DuplicateForm(request.POST)
    patient = queries.patient(pk, seen_by=by)

    def save() -> object:
        return actions.settle_duplicate(pk, form.cleaned_data["reason"], by=by)

    title = "This is a different person"
    return filled_in(request, patient, form, save, title=title, back="", toast="Noted: two people")


def filled_in(
    request: HttpRequest,
    patient: Patient,
    form: forms.Form,
    save: Callable[[], object],
    *,
    title: str,
    back: str,
    toast: str,
) -> HttpResponse:
    """Draw the form under the patient's banner; when it is good, save and go back to where it came from."""
    there: str = (
        reverse("patients:tab", args=[patient.pk, back]) if back else reverse("patients:page", args=[patient.pk])
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            save()
        if not form.errors:
            return go(request, there, toast=toast)
    audit.read(actor_of(request), patient, purpose=title.lower())
    context: dict[str, Any] = {"form": form, "title": title, "back": there, "patient": patient}
    context |= {"banner": queries.banner(patient), "wide": WIDE}
    return render(request, "patients/form.html", context, status=422 if form.errors else 200)
