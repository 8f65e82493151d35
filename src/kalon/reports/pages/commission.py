"""What staff earn of what they do, and the terms of it."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kalon.catalog import queries as catalog
from kalon.kernel.money import ZERO
from kalon.people import queries as people
from kalon.reports import actions, queries
from kalon.reports.forms import TermForm
from kalon.reports.pages.asking import asked_in, filters
from kalon.reports.rules import COMMISSIONS, EXPORT, REPORTS, VIEW
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PER_PAGE = 30


@require_GET
@staff_page(VIEW)
def commission(request: HttpRequest) -> HttpResponse:
    """Commission by staff and service, and the terms that hold."""
    return _page(request)


@require_POST
@staff_page(COMMISSIONS)
def add_term(request: HttpRequest) -> HttpResponse:
    """Set terms; the open ones for the same end on that day."""
    form = _form(request, request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.add_commission_term(**form.terms(), by=actor_of(request))
        if not form.errors:
            return go(request, reverse("reports:commission"), toast="Terms set")
    return _page(request, form=form, status=422)


@require_POST
@staff_page(COMMISSIONS)
def end_term(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The terms end today."""
    actions.end_commission_term(pk, asked_in(request).today, by=actor_of(request))
    return go(request, reverse("reports:commission"), toast="Terms ended")


def _page(request: HttpRequest, *, form: TermForm | None = None, status: int = 200) -> HttpResponse:
    by, asked = actor_of(request), asked_in(request)
    rows = queries.commissions(asked, seen_by=by)
    base = REPORTS["revenue-by-doctor"]
    earned = sum((row.earned for row in rows), ZERO)
    may_set = by.may(COMMISSIONS)
    context = {
        **filters(request, asked),
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "earned": earned,
        "commission": sum((row.commission for row in rows), ZERO),
        "agreement": queries.agreement(base, asked, earned, seen_by=by),
        "terms": Paginator(queries.commission_terms(seen_by=by), PER_PAGE).get_page(request.GET.get("terms")),
        "kinds": dict(queries.staff_kinds(seen_by=by)),
        "form": form or (_form(request, None) if may_set else None),
        "may_set": may_set,
        "may_export": by.may(EXPORT),
    }
    return render(request, "reports/commission.html", context, status=status)


def _form(request: HttpRequest, data: Any) -> TermForm:
    by = actor_of(request)
    return TermForm(
        data,
        staff=list(people.staff_list(seen_by=by).prefetch_related(None)),
        kinds=queries.staff_kinds(seen_by=by),
        services=list(catalog.services(seen_by=by).prefetch_related(None)),
        initial={"valid_from": asked_in(request).today.replace(day=1)},
    )
