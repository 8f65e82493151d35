"""What one procedure costs in each fee schedule: now, from when on, and what it did cost."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from kalon.catalog import queries as catalog
from kalon.kernel.actors import Actor
from kalon.pricing import actions, queries
from kalon.pricing.forms import ProcedurePriceForm, today
from kalon.pricing.lifecycles import MANAGE
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PAGE = 30


@staff_page(MANAGE)
def procedure(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The prices of a procedure, and a form for another."""
    by = actor_of(request)
    found = catalog.procedure(pk, seen_by=by)
    form = ProcedurePriceForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        with refusals_on(form):
            actions.add_procedure_price(pk, typed["schedule"].pk, typed["price"], typed["valid_from"], by=by)
        if not form.errors:
            return go(request, "pricing:procedure", pk=pk, toast=f"Price of {found.name} added")
    return _page(request, found, form, by)


@require_POST
@staff_page(MANAGE)
def end(request: HttpRequest, pk: UUID, item_id: UUID) -> HttpResponse:
    """A price ends today: from now on the next one, or the catalogue's, holds."""
    by = actor_of(request)
    actions.end_price(item_id, today(by), by=by)
    return go(request, "pricing:procedure", pk=pk, toast="Price ended")


def _page(request: HttpRequest, found: Any, form: ProcedurePriceForm, by: Actor) -> HttpResponse:
    rows = queries.items_of_procedure(found, seen_by=by)
    context = {
        "procedure": found, "form": form, "today": today(by),
        "service": catalog.service(found.service_id, seen_by=by) if found.service_id else None,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "has_schedules": form.fields["schedule"].queryset.exists(),  # type: ignore[attr-defined]
    }  # fmt: skip
    return render(request, "pricing/procedure.html", context, status=422 if form.errors else 200)
