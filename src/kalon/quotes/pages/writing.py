"""A line of a draft: added, changed, taken away."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from kalon.catalog import queries as catalog
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.patients import queries as patients
from kalon.quotes import actions, queries
from kalon.quotes.forms import LineForm, OptionForm
from kalon.quotes.lifecycles import WRITE
from kalon.quotes.models import Quote
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@staff_page(WRITE)
def add_line(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One more thing on an option."""
    by = actor_of(request)
    option = queries.option(pk, seen_by=by)
    quote = queries.quote(option.quote_id, seen_by=by)
    form = _form(request, quote, by)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.add_line(pk, form.details(), by=by)
        if not form.errors:
            return go(request, "quotes:quote", pk=quote.pk, toast="Line added")
    return _page(request, quote, form, title=f"Add a line to option {option.letter}")


@staff_page(WRITE)
def line(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write a line anew."""
    by = actor_of(request)
    found = queries.line(pk, seen_by=by)
    quote = queries.quote(found.quote_id, seen_by=by)
    form = _form(request, quote, by, initial=LineForm.said_of(found))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_line(pk, form.details(), by=by)
        if not form.errors:
            return go(request, "quotes:quote", pk=quote.pk, toast="Line changed")
    return _page(request, quote, form, title="Change a line")


@require_POST
@staff_page(WRITE)
def remove_line(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a line off."""
    by = actor_of(request)
    found = queries.line(pk, seen_by=by)
    actions.remove_line(pk, by=by)
    return go(request, "quotes:quote", pk=found.quote_id, toast="Line taken away")


@staff_page(WRITE)
def option(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Name an option anew."""
    by = actor_of(request)
    found = queries.option(pk, seen_by=by)
    quote = queries.quote(found.quote_id, seen_by=by)
    form = OptionForm(request.POST or None, options=[], initial={"title": found.title, "words": found.words})
    del form.fields["like"]
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_option(pk, title=form.cleaned_data["title"], words=form.cleaned_data["words"], by=by)
        if not form.errors:
            return go(request, "quotes:quote", pk=quote.pk, toast="Option named anew")
    return _page(request, quote, form, title=f"Option {found.letter}")


def _form(request: HttpRequest, quote: Quote, by: Actor, **more: Any) -> LineForm:
    today = clock.today(quote.branch.timezone)
    return LineForm(
        request.POST or None,
        services=list(catalog.services(seen_by=by)),
        taxes=sorted(catalog.tax_rates_on(today, seen_by=by)),
        **more,
    )


def _page(request: HttpRequest, quote: Quote, form: Any, *, title: str) -> HttpResponse:
    context = {
        "quote": quote, "patient": quote.patient, "banner": patients.banner(quote.patient), "form": form, "title": title
    }  # fmt: skip
    return render(request, "quotes/line.html", context, status=422 if form.errors else 200)
