"""The implant registry: found from serial, lot, model or patient; the patient's card; taking out."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from kalon.inventory import actions, queries
from kalon.inventory.forms import ReasonForm
from kalon.inventory.lifecycles import IMPLANTS, ISSUE
from kalon.kernel import audit
from kalon.kernel.errors import DomainError
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PAGE = 30
SHOWN = 50


@staff_page(IMPLANTS)
def registry(request: HttpRequest) -> HttpResponse:
    """Which implant is in which patient; one step from a serial, a lot, a model or a scanned code."""
    by = actor_of(request)
    text, refused = request.GET.get("q", "")[:200], ""
    try:
        rows = queries.implants(seen_by=by, text=text)
    except DomainError as refusal:
        rows, refused = queries.implants(seen_by=by).none(), refusal.detail
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    audit.reads(by, list(page), purpose="implant registry")
    return render(request, "inventory/registry.html", {"page": page, "text": text, "refused": refused})


@staff_page(ISSUE)
def explant(request: HttpRequest, pk: UUID) -> HttpResponse:
    """An implant was taken out again: when, and why."""
    by = actor_of(request)
    entry = queries.implant(pk, seen_by=by)
    audit.read(by, entry, purpose="implant registry")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.explant(entry.unit_id, form.cleaned_data["reason"], by=by)
        if not form.errors:
            return go(
                request, "patients:tab", pk=entry.patient_id, key="implants", toast=f"Serial {entry.serial}: taken out"
            )
    return render(request, "inventory/explant.html", {"entry": entry, "form": form}, status=422 if form.errors else 200)


@staff_page(IMPLANTS)
def card(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient's implant card as PDF."""
    return pdf(*actions.implant_card(pk, by=actor_of(request)))


def pdf(name: str, content: bytes) -> HttpResponse:
    """A paper to open in the browser."""
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


def patient_tab(request: HttpRequest, patient: Any) -> str:
    """The implants a patient has, and had."""
    by = request.actor  # type: ignore[attr-defined]
    rows = list(queries.implants_of(patient.pk, seen_by=by)[:SHOWN])
    audit.reads(by, rows, purpose="implants of the patient")
    return render_to_string("inventory/_implants_tab.html", {"rows": rows, "patient": patient}, request=request)
