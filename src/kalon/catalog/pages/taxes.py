"""Tax schemes and rates: put into use from a day on, ended, and followed by another; never changed."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kalon.catalog import actions, queries
from kalon.catalog.forms import EndForm, SuccessorForm, TaxSchemeForm, first_of_next_month
from kalon.catalog.models import TaxScheme
from kalon.catalog.pages.lists import tabs, zone_of
from kalon.kernel import clock
from kalon.people import queries as people
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

MANAGE = "catalog.manage"


@staff_page(MANAGE)
def schemes(request: HttpRequest) -> HttpResponse:
    """The clinic's own schemes and the delivered ones, by country and day; what bills carry today."""
    by = actor_of(request)
    today, country = clock.today(zone_of(request)), people.organization(seen_by=by).country
    now = queries.tax_scheme(today, country=country, seen_by=by)
    own = [(row, row.holds_on(today), today < row.valid_from) for row in queries.tax_schemes(seen_by=by)]
    context = {
        "own": own,
        "delivered": queries.delivered_schemes(),
        "country": country,
        "now": now,
        "preview": queries.tax_preview(now, seen_by=by),
        "tabs": tabs("catalog:tax_schemes"),
    }
    return render(request, "catalog/tax_schemes.html", context)


@staff_page(MANAGE)
def new_scheme(request: HttpRequest) -> HttpResponse:
    """Put a scheme into use from a day on; it begins as what holds today, or as a delivered one."""
    by, today = actor_of(request), clock.today(zone_of(request))
    country = request.GET.get("like") or people.organization(seen_by=by).country
    like = queries.tax_scheme(today, country=country, seen_by=by)
    if "like" in request.GET:
        like = next((row for code, row in reversed(queries.delivered_schemes()) if code == country), like)
    form = TaxSchemeForm(request.POST or None, initial=_beginning(like, today), by=by)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.add_tax_scheme(**form.details(), by=by)
        if not form.errors:
            return go(request, "catalog:tax_schemes", toast="Tax scheme added")
    context = {"form": form, "countries": sorted({code for code, _ in queries.delivered_schemes()})}
    return render(request, "catalog/new_tax_scheme.html", context, status=422 if form.errors else 200)


@require_GET
@staff_page(MANAGE)
def preview(request: HttpRequest) -> HttpResponse:
    """What bills of each kind will carry under what was typed; nothing is put into use yet."""
    by = actor_of(request)
    form = TaxSchemeForm(request.GET, by=by)
    lines = queries.tax_preview(TaxScheme(**form.details()), seen_by=by) if form.is_valid() else []
    return render(request, "catalog/_tax_preview.html", {"preview": lines})


@staff_page(MANAGE)
def scheme(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One scheme of the clinic's own, what bills carry under it, and its end."""
    by = actor_of(request)
    row = queries.tax_scheme_of_own(pk, seen_by=by)
    form = EndForm(request.POST or None, initial={"valid_to": row.valid_to})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.end_tax_scheme(pk, form.cleaned_data["valid_to"], by=by)
        if not form.errors:
            return go(request, "catalog:tax_schemes", toast="Tax scheme ended")
    context = {"scheme": row, "form": form, "preview": queries.tax_preview(row, seen_by=by)}
    return render(request, "catalog/tax_scheme.html", context, status=422 if form.errors else 200)


@staff_page(MANAGE)
def rate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One rate: what follows it, or its end without another."""
    by, zone = actor_of(request), zone_of(request)
    row = queries.tax_rate_row(pk, seen_by=by)
    ending = request.POST.get("what") == "end"
    follow = SuccessorForm(
        None if ending else request.POST or None, zone=zone,
        initial={"name": row.name, "valid_from": first_of_next_month(clock.today(zone))},
    )  # fmt: skip
    end = EndForm(request.POST if ending else None, initial={"valid_to": row.valid_to})
    form: Any = end if ending else follow
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            if ending:
                actions.end_tax_rate(pk, form.cleaned_data["valid_to"], by=by)
            else:
                actions.add_tax_rate(row.code, **form.cleaned_data, by=by)
        if not form.errors:
            return go(request, "catalog:tax_rates", toast="Tax rate ended" if ending else "Tax rate added")
    context = {"rate": row, "follow": follow, "end": end}
    return render(request, "catalog/tax_rate.html", context, status=422 if form.errors else 200)


def _beginning(like: TaxScheme, today: Any) -> dict[str, Any]:
    facts = {name: getattr(like, name) for name in TaxSchemeForm.Meta.fields}
    return {**facts, "valid_from": first_of_next_month(today), "source": ""}
