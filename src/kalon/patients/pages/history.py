"""The history tab: allergies and the medical history, each line added, put right, verified and ended."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST

from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.patients import actions, queries
from kalon.patients.forms import HistoryForm, OneAllergyForm
from kalon.patients.lifecycles import ALLERGIES
from kalon.patients.models import HistoryKind, Patient
from kalon.patients.pages.sending import sent
from kalon.patients.pages.writing import filled_in
from kalon.web.fronts import actor_of, go, staff_page

TITLES = (
    (HistoryKind.CONDITION, "Conditions"),
    (HistoryKind.MEDICATION, "Medicines taken"),
    (HistoryKind.SURGERY, "Earlier operations"),
    (HistoryKind.FAMILY, "In the family"),
    (HistoryKind.SOCIAL, "Habits"),
)


def tab(request: HttpRequest, patient: Patient) -> str:
    """What the patient reacts to and lives with; who says so, and who verified it."""
    by = actor_of(request)
    lines = list(queries.history(patient.pk, seen_by=by))
    old_allergies, old_lines = queries.ended(patient.pk, seen_by=by)
    context = {
        "patient": patient,
        "allergies": list(queries.allergies(patient.pk, seen_by=by)),
        "groups": [(kind, title, [line for line in lines if line.kind == kind]) for kind, title in TITLES],
        "old_allergies": old_allergies,
        "old_lines": old_lines,
        "may_write": by.may(ALLERGIES),
    }
    return render_to_string("patients/_history.html", context, request)


@staff_page(ALLERGIES)
def add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add a line of history."""
    by, form = actor_of(request), HistoryForm(sent(request), initial={"kind": request.GET.get("kind", "")})
    patient = queries.patient(pk, seen_by=by)

    def save() -> object:
        return actions.add_history(pk, form.details(), by=by)

    return filled_in(request, patient, form, save, title="Add history", back="history", toast="History added")


@staff_page(ALLERGIES)
def change(request: HttpRequest, pk: UUID, item_id: UUID) -> HttpResponse:
    """Put a line of history right."""
    by = actor_of(request)
    patient = queries.patient(pk, seen_by=by)
    item = one(queries.history(pk, seen_by=by).filter(pk=item_id))
    if item is None:
        raise NotFound("There is no such line any more. Go back to the history.")
    form = HistoryForm(sent(request), initial=HistoryForm.of(item))

    def save() -> object:
        return actions.change_history(pk, item_id, form.details(), by=by)

    return filled_in(request, patient, form, save, title="Put history right", back="history", toast="Put right")


@staff_page(ALLERGIES)
def change_allergy(request: HttpRequest, pk: UUID, allergy_id: UUID) -> HttpResponse:
    """Everything about one allergy."""
    by = actor_of(request)
    patient = queries.patient(pk, seen_by=by)
    held = one(queries.allergies(pk, seen_by=by).filter(pk=allergy_id))
    if held is None:
        raise NotFound("There is no such allergy any more. Go back to the history.")
    form = OneAllergyForm(sent(request), initial=OneAllergyForm.of(held))

    def save() -> object:
        return actions.change_allergy(pk, allergy_id, form.details(), by=by)

    return filled_in(request, patient, form, save, title="Allergy", back="history", toast="Allergy put right")


@require_POST
@staff_page(ALLERGIES)
def verify(request: HttpRequest, pk: UUID, item_id: UUID) -> HttpResponse:
    actions.verify_history(pk, item_id, by=actor_of(request))
    return _back(request, pk, "Verified")


@require_POST
@staff_page(ALLERGIES)
def end(request: HttpRequest, pk: UUID, item_id: UUID) -> HttpResponse:
    actions.end_history(pk, item_id, by=actor_of(request))
    return _back(request, pk, "Ended; it can still be read below")


@require_POST
@staff_page(ALLERGIES)
def verify_allergy(request: HttpRequest, pk: UUID, allergy_id: UUID) -> HttpResponse:
    actions.verify_allergy(pk, allergy_id, by=actor_of(request))
    return _back(request, pk, "Verified")


def _back(request: HttpRequest, pk: UUID, toast: str) -> HttpResponse:
    return go(request, reverse("patients:tab", args=[pk, "history"]), toast=toast)
