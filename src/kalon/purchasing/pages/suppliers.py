"""Whom the clinic buys from."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from kalon.purchasing import actions, queries
from kalon.purchasing.forms import SupplierForm
from kalon.purchasing.lifecycles import ORDERS, VIEW
from kalon.purchasing.pages import parts
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@staff_page(VIEW)
def suppliers(request: HttpRequest) -> HttpResponse:
    """All suppliers by name, or those that a word fits."""
    by = actor_of(request)
    text = request.GET.get("q", "").strip()[:100]
    page = parts.paged(request, queries.suppliers(seen_by=by, text=text, also_unused=True))
    context = {"page": page, "text": text, "tabs": parts.tabs("suppliers"), "may_order": by.may(ORDERS)}
    return render(request, "purchasing/suppliers.html", context)


@staff_page(ORDERS)
def new(request: HttpRequest) -> HttpResponse:
    """Write down another supplier."""
    by = actor_of(request)
    form = SupplierForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = actions.add_supplier(form.details(), by=by)
        if not form.errors:
            return go(request, "purchasing:supplier", pk=made.pk, toast=f"{made.name} added")
    context = {"form": form, "title": "New supplier"}
    return render(request, "purchasing/supplier.html", context, status=422 if form.errors else 200)


@staff_page(VIEW)
def supplier(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One supplier: what is known of them, what was ordered, what is owed."""
    by = actor_of(request)
    found = queries.supplier(pk, seen_by=by)
    form = SupplierForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_supplier(pk, form.details(), by=by)
        if not form.errors:
            return go(request, "purchasing:supplier", pk=pk, toast="Saved")
    context = {
        "form": form,
        "title": found.name,
        "supplier": found,
        "orders": list(queries.orders(seen_by=by, supplier_id=pk)[:10]),
        "invoices": list(queries.invoices(seen_by=by, supplier_id=pk)[:10]),
        "may_order": by.may(ORDERS),
    }
    return render(request, "purchasing/supplier.html", context, status=422 if form.errors else 200)
