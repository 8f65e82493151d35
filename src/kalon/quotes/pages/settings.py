"""Settings of quotes: what is asked before booking, and what usually comes with a service."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse

from kalon.catalog import queries as catalog
from kalon.kernel import clock
from kalon.people import queries as people
from kalon.quotes import actions, queries
from kalon.quotes.forms import DefaultForm, PolicyForm
from kalon.quotes.lifecycles import MANAGE
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

Lines = forms.formset_factory(DefaultForm, extra=3, max_num=20, can_delete=True)


@staff_page(MANAGE)
def policy(request: HttpRequest) -> HttpResponse:
    """For which plans a quote is asked, and how a quote begins."""
    by = actor_of(request)
    form = PolicyForm(request.POST or None, initial=PolicyForm.said_of(queries.policy(seen_by=by)))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.set_policy(form.details(), by=by)
        if not form.errors:
            return go(request, "quotes:policy", toast="Kept. It counts for what is booked from now on.")
    context = {"form": form, "services": queries.services_with_defaults(seen_by=by)}
    return render(request, "quotes/policy.html", context, status=422 if form.errors else 200)


@staff_page(MANAGE)
def defaults(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """What usually comes with one service on a quote."""
    by = actor_of(request)
    service = catalog.service(service_id, seen_by=by)
    today = clock.today(people.own_branch(by).timezone)
    held = [_said(row) for row in queries.defaults_of({service.pk}, seen_by=by)]
    lines = Lines(
        request.POST or None, initial=held, form_kwargs={"taxes": sorted(catalog.tax_rates_on(today, seen_by=by))}
    )
    refusal = forms.Form(request.POST or None)
    if request.method == "POST" and lines.is_valid():
        wanted = [form.line() for form in lines if form.cleaned_data.get("description") and not _removed(form)]
        with refusals_on(refusal):
            actions.set_defaults(service.pk, wanted, by=by)
        if not refusal.errors:
            return go(request, "quotes:policy", toast=f"Kept for {service.name}")
    failed = refusal.errors or (request.method == "POST" and not lines.is_valid())
    context = {"service": service, "lines": lines, "refusal": refusal}
    return render(request, "quotes/defaults.html", context, status=422 if failed else 200)


def _said(row: Any) -> dict[str, Any]:
    names = ("section", "description", "quantity", "unit_price", "tax_code")
    return {name: getattr(row, name) for name in names}


def _removed(form: Any) -> bool:
    return bool(form.cleaned_data.pop("DELETE", False))
