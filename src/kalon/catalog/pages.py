"""Pages of the catalogue, for whoever looks after prices."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kalon.catalog import actions, queries, rules
from kalon.catalog.forms import AppointmentTypeForm, PackageForm, ServiceForm, TaxRateForm
from kalon.catalog.models import Package
from kalon.kernel import clock
from kalon.people import queries as people
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PAGE = 30
PARTS = (
    ("catalog:services", "Services"),
    ("catalog:packages", "Packages"),
    ("catalog:appointment_types", "Appointment types"),
    ("catalog:tax_rates", "Tax rates"),
)
HISTORY = 20


@staff_page("catalog.manage")
def services(request: HttpRequest) -> HttpResponse:
    """Every service with its price, duration and tax."""
    by, text = actor_of(request), request.GET.get("q", "").strip()[:100]
    rates = queries.tax_rates_on(clock.today(_zone(request)), seen_by=by)
    page = _page(request, queries.services(seen_by=by, active_only=False, text=text))
    lines = [(service, rates.get(service.tax_code)) for service in page]
    context = {"page": page, "lines": lines, "text": text, "tabs": _tabs("catalog:services")}
    return render(request, "catalog/services.html", context)


@staff_page("catalog.manage")
def new_service(request: HttpRequest) -> HttpResponse:
    """Put a new service on offer."""
    by = actor_of(request)
    form = ServiceForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.add_service(form.cleaned_data, by=by)
        if not form.errors:
            return go(request, "catalog:services", toast="Service added")
    return _form(request, form, title="New service", back="catalog:services")


@staff_page("catalog.manage")
def service(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a service, and see what it was before."""
    by = actor_of(request)
    found = queries.service(pk, seen_by=by)
    form = ServiceForm(request.POST or None, instance=found, by=by)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_service(pk, form.cleaned_data, by=by)
        if not form.errors:
            return go(request, "catalog:services", toast="Service saved")
    return _form(request, form, title=found.name, back="catalog:services", history=_history(found, by))


@staff_page("catalog.manage")
def packages(request: HttpRequest) -> HttpResponse:
    """Every package with what it holds and saves."""
    page = _page(request, queries.packages(seen_by=actor_of(request), active_only=False))
    lines = [(package, _saving(package)) for package in page]
    return render(request, "catalog/packages.html", {"page": page, "lines": lines, "tabs": _tabs("catalog:packages")})


@staff_page("catalog.manage")
def new_package(request: HttpRequest) -> HttpResponse:
    """Put a package together."""
    by = actor_of(request)
    form = PackageForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.add_package(form.details(), form.held(), by=by)
        if not form.errors:
            return go(request, "catalog:packages", toast="Package added")
    return _form(request, form, title="New package", back="catalog:packages")


@staff_page("catalog.manage")
def package(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a package; those already sold keep what they held."""
    by = actor_of(request)
    found = queries.package(pk, seen_by=by)
    form = PackageForm(request.POST or None, instance=found, by=by)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_package(pk, form.details(), form.held(), by=by)
        if not form.errors:
            return go(request, "catalog:packages", toast="Package saved")
    return _form(request, form, title=found.name, back="catalog:packages", history=_history(found, by))


@staff_page("catalog.manage")
def appointment_types(request: HttpRequest) -> HttpResponse:
    """The kinds of visit."""
    page = _page(request, queries.appointment_types(seen_by=actor_of(request), active_only=False))
    return render(request, "catalog/appointment_types.html", {"page": page, "tabs": _tabs("catalog:appointment_types")})


@staff_page("catalog.manage")
def new_appointment_type(request: HttpRequest) -> HttpResponse:
    """Add a kind of visit."""
    by = actor_of(request)
    form = AppointmentTypeForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.add_appointment_type(form.cleaned_data, by=by)
        if not form.errors:
            return go(request, "catalog:appointment_types", toast="Kind of visit added")
    return _form(request, form, title="New kind of visit", back="catalog:appointment_types")


@staff_page("catalog.manage")
def appointment_type(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a kind of visit."""
    by = actor_of(request)
    found = queries.appointment_type(pk, seen_by=by)
    form = AppointmentTypeForm(request.POST or None, instance=found, by=by)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_appointment_type(pk, form.cleaned_data, by=by)
        if not form.errors:
            return go(request, "catalog:appointment_types", toast="Kind of visit saved")
    return _form(request, form, title=found.name, back="catalog:appointment_types", history=_history(found, by))


@staff_page("catalog.manage")
def tax_rates(request: HttpRequest) -> HttpResponse:
    """Rates and the days on which they hold; a new one follows the old."""
    by, zone = actor_of(request), _zone(request)
    form = TaxRateForm(request.POST or None, zone=zone)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.add_tax_rate(**form.cleaned_data, by=by)
        if not form.errors:
            return go(request, "catalog:tax_rates", toast="Tax rate added")
    today = clock.today(zone)
    page = _page(request, queries.tax_rates(seen_by=by))
    lines = [(rate, rate.holds_on(today), today < rate.valid_from) for rate in page]
    context = {"page": page, "lines": lines, "form": form, "tabs": _tabs("catalog:tax_rates")}
    return render(request, "catalog/tax_rates.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, form: Any, *, title: str, back: str, history: Any = ()) -> HttpResponse:
    context = {"form": form, "title": title, "back": reverse(back), "history": history}
    return render(request, "catalog/form.html", context, status=422 if form.errors else 200)


def _history(subject: Any, by: Any) -> list[tuple[Any, list[tuple[str, Any, Any]]]]:
    """Each change with its fields as a person reads them: name, before, after."""
    events = queries.changes(subject, seen_by=by)[:HISTORY]
    return [(event, [(_label(subject, name), *pair) for name, pair in event.facts.items()]) for event in events]


def _label(subject: Any, name: str) -> str:
    return "what it holds" if name == "items" else str(subject._meta.get_field(name).verbose_name)


def _saving(package: Package) -> Any:
    return rules.saving(package.price, [(item.service.price, item.quantity) for item in package.items.all()])


def _page(request: HttpRequest, rows: "QuerySet[Any]") -> Any:
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


def _tabs(current: str) -> list[dict[str, Any]]:
    return [{"label": label, "url": reverse(name), "current": name == current} for name, label in PARTS]


def _zone(request: HttpRequest) -> str:
    return people.organization(seen_by=actor_of(request)).timezone
