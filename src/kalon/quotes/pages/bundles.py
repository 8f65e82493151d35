"""Bundles: the clinic's list of what is offered together, making one, and planning one in a consultation."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from kalon.catalog import queries as catalog
from kalon.consultations.lifecycles import Outcome
from kalon.consultations.lifecycles import Status as Encounter
from kalon.plans.lifecycles import WRITE as PLAN_WRITE
from kalon.quotes import actions, queries
from kalon.quotes.forms import BundleForm, PartForm
from kalon.quotes.lifecycles import MANAGE, WRITE
from kalon.quotes.models import Bundle
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

Parts = forms.formset_factory(PartForm, extra=3, max_num=10, absolute_max=12)


@require_GET
@staff_page(MANAGE)
def bundles(request: HttpRequest) -> HttpResponse:
    """What is offered together, and what was."""
    rows = list(queries.bundles(seen_by=actor_of(request)))
    context = {
        "offered": [row for row in rows if row.retired_at is None],
        "retired": [row for row in rows if row.retired_at is not None],
    }
    return render(request, "quotes/bundles.html", context)


@staff_page(MANAGE)
def new(request: HttpRequest) -> HttpResponse:
    """Offer several treatments together."""
    return _page(request, None)


@staff_page(MANAGE)
def bundle(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write a bundle anew."""
    return _page(request, queries.bundle(pk, seen_by=actor_of(request)))


@require_POST
@staff_page(MANAGE)
def retire(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Offer it no more."""
    done = actions.retire_bundle(pk, by=actor_of(request))
    return go(request, "quotes:bundles", toast=f"{done.name} is offered no more")


@require_POST
@staff_page(PLAN_WRITE)
def plan(request: HttpRequest, consultation_id: UUID, pk: UUID) -> HttpResponse:
    """Plan all of it in a consultation, and look at the quote."""
    quote = actions.plan_bundle(consultation_id, pk, by=actor_of(request))
    said = "Planned, each part by itself. Look at the quote over all of it, then send it."
    return go(request, "quotes:quote", pk=quote.pk, toast=said)


def on_consultation(request: HttpRequest, consultation: Any) -> str | None:
    """In a consultation that decided on a procedure: what can be planned together."""
    by = actor_of(request)
    decided = consultation.status in (Encounter.PLAN_CREATED, Encounter.CLOSED)
    if not (decided and consultation.outcome == Outcome.PROCEDURE_PLANNED and by.may(PLAN_WRITE) and by.may(WRITE)):
        return None
    rows = [row for row in queries.bundles(seen_by=by) if row.retired_at is None]
    if not rows:
        return None
    context = {"consultation": consultation, "bundles": rows}
    return render_to_string("quotes/_on_consultation.html", context, request=request)


def _page(request: HttpRequest, found: Bundle | None) -> HttpResponse:
    by = actor_of(request)
    services = [(str(one.pk), one.name) for one in catalog.services(seen_by=by)]
    data = request.POST or None
    form = BundleForm(data, initial=BundleForm.said_of(found) if found else {})
    held = [PartForm.said_of(part) for part in found.parts.all()] if found else []
    parts = Parts(data, prefix="parts", initial=held, form_kwargs={"services": services})
    if request.method == "POST" and form.is_valid() and parts.is_valid():
        details = form.details([one.part() for one in parts if one.cleaned_data.get("service")])
        with refusals_on(form):
            if found:
                actions.change_bundle(found.pk, details, by=by)
            else:
                actions.add_bundle(details, by=by)
        if not form.errors:
            return go(request, "quotes:bundles", toast=f"{details.name} can be planned in a consultation")
    context = {"bundle": found, "form": form, "parts": parts}
    return render(request, "quotes/bundle.html", context, status=422 if request.method == "POST" else 200)
