"""What is put aside for whom, and what each procedure takes."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse

from kalon.catalog import queries as catalog
from kalon.inventory import actions, queries
from kalon.inventory.forms import ReasonForm, kit_forms
from kalon.inventory.lifecycles import ISSUE, MANAGE, VIEW, ReservationStatus
from kalon.inventory.models import KitLine
from kalon.kernel import audit
from kalon.people import queries as people
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PAGE = 30


@staff_page(VIEW)
def reserved(request: HttpRequest) -> HttpResponse:
    """Everything that is put aside at this branch, by the day it is needed."""
    by = actor_of(request)
    branch = people.own_branch(by)
    rows = queries.reservations(seen_by=by).filter(status=ReservationStatus.HELD, location__branch_id=branch.pk)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    audit.reads(by, list(page), purpose="stock reserved for patients")
    today = queries.today_at(branch.pk, seen_by=by)
    context = {"page": page, "branch": branch, "today": today, "may_release": by.may(ISSUE, at=branch.pk)}
    return render(request, "inventory/reserved.html", context)


@staff_page(ISSUE)
def release(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was put aside is to be had again, with the reason."""
    by = actor_of(request)
    row = queries.reservation(pk, seen_by=by)
    audit.read(by, row, purpose="stock reserved for patients")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.release(pk, form.cleaned_data["reason"], by=by)
        if not form.errors:
            return go(request, "inventory:for_plan", plan_id=row.plan_id, toast=f"{row.item.name} is free again")
    return render(request, "inventory/release.html", {"row": row, "form": form}, status=422 if form.errors else 200)


@staff_page(VIEW)
def kits(request: HttpRequest) -> HttpResponse:
    """The procedures of the clinic, and how much each takes out of the store."""
    by = actor_of(request)
    page = Paginator(catalog.procedures(seen_by=by), PAGE).get_page(request.GET.get("page"))
    counts = KitLine.objects.filter(procedure_id__in=[one.pk for one in page]).values_list("procedure_id")
    found: dict[Any, int] = dict(counts.annotate(lines=Count("pk")).order_by())
    lines = [(one, found.get(one.pk, 0)) for one in page]
    return render(request, "inventory/kits.html", {"page": page, "lines": lines, "may_manage": by.may(MANAGE)})


@staff_page(MANAGE)
def kit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What one procedure takes: items with how much, required or good to have."""
    by = actor_of(request)
    procedure = catalog.procedure(pk, seen_by=by)
    known = [{"item": line.item, "quantity": line.quantity, "need": line.need} for line in queries.kit(pk, seen_by=by)]
    forms = kit_forms(request.POST if request.method == "POST" else None, known=known, by=by)
    if request.method == "POST" and forms.is_valid():
        parts = [
            actions.KitPart(item_id=row["item"].pk, quantity=row["quantity"], need=row["need"])
            for row in forms.cleaned_data
            if row.get("item") and not row.get("DELETE")
        ]
        first = forms.forms[0]
        with refusals_on(first):
            actions.set_kit(pk, parts, by=by)
        if not first.errors:
            return go(request, "inventory:kits", toast=f"Kit of {procedure.name} saved")
    wrong = request.method == "POST"
    return render(request, "inventory/kit.html", {"procedure": procedure, "forms": forms}, status=422 if wrong else 200)
