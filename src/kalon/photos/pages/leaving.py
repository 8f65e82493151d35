"""Pages of what leaves the clinic: a copy is made for somebody, fetched, taken back; what was given out."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kalon.kernel import audit
from kalon.patients import queries as patients
from kalon.photos import actions, queries
from kalon.photos.forms import ExportForm
from kalon.photos.lifecycles import EXPORT, VIEW
from kalon.web import files
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

ON_A_PAGE = 30


@staff_page(EXPORT)
def export_photo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give a copy of one photograph to somebody."""
    by = actor_of(request)
    found = actions.look(pk, purpose="about to give out a copy", by=by)
    part, side = queries.part_and_side(found, seen_by=by)
    form = ExportForm(request.POST or None, initial={"body_part": part, "laterality": side})
    back = reverse("photos:photo", args=[pk])
    return _made(request, form, found.patient, actions.export_photo, pk, {"photos": [found], "back": back})


@staff_page(EXPORT)
def export_pair(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give a copy of a before and after to somebody."""
    by = actor_of(request)
    found = actions.look_at_pair(pk, purpose="about to give out a copy", by=by)
    form = ExportForm(request.POST or None, alone=False)
    context = {"photos": [found.earlier, found.later], "back": reverse("photos:pair", args=[pk])}
    return _made(request, form, found.patient, actions.export_pair, pk, context)


@staff_page(VIEW)
def copies(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """What was given out of a patient's photographs, to whom, and what was removed or corrected."""
    by = actor_of(request)
    patient = patients.patient(patient_id, seen_by=by)
    page = Paginator(queries.exports_of(patient_id, seen_by=by), ON_A_PAGE).get_page(request.GET.get("page"))
    past = list(queries.past_photos(patient_id, seen_by=by)[:100])
    audit.reads(by, [patient, *page, *past], purpose="copies of photographs")
    context = {
        "patient": patient,
        "banner": patients.banner(patient),
        "page": page,
        "past": past,
        "may_fetch": by.may(EXPORT),
    }
    return render(request, "photos/copies.html", context)


@require_GET
@staff_page(EXPORT)
def export_file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The file of a copy, while its consent holds."""
    by = actor_of(request)
    found = actions.fetch_export(pk, by=by)
    return files.taken_away(queries.exported(found, seen_by=by), **files.facts_of(found))


@require_POST
@staff_page(EXPORT)
def withdraw_export(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a copy back: nobody fetches it again."""
    found = actions.withdraw_export(pk, by=actor_of(request))
    return go(request, "photos:copies", patient_id=found.patient_id, toast="Taken back; its key is destroyed")


def _made(
    request: HttpRequest, form: ExportForm, patient: Any, verb: Any, pk: UUID, context: dict[str, Any]
) -> HttpResponse:
    by = actor_of(request)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            verb(pk, form.wish(), by=by)
        if not form.errors:
            return go(request, "photos:copies", patient_id=patient.pk, toast="Copy ready: fetch it here")
    context |= {
        "form": form,
        "patient": patient,
        "banner": patients.banner(patient),
        "agreed": queries.consent_to("PHOTOGRAPHY", patient.pk, seen_by=by),
        "for_adverts": queries.consent_to("MARKETING", patient.pk, seen_by=by),
    }
    return render(request, "photos/export.html", context, status=422 if form.errors else 200)
