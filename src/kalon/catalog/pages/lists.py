"""What there is of each part of the catalogue."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kalon.catalog import actions, queries, rules
from kalon.catalog.forms import TaxRateForm
from kalon.catalog.models import Package, Procedure
from kalon.kernel import clock
from kalon.people import queries as people
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PAGE = 30
PARTS = (
    ("catalog:services", "Services"),
    ("catalog:procedures", "Procedures"),
    ("catalog:packages", "Packages"),
    ("catalog:appointment_types", "Appointment types"),
    ("catalog:policies", "Cancellation"),
    ("catalog:tax_rates", "Tax rates"),
    ("catalog:tax_schemes", "Tax schemes"),
)


@staff_page("catalog.manage")
def services(request: HttpRequest) -> HttpResponse:
    """Every service with its price, duration and tax."""
    by, text = actor_of(request), request.GET.get("q", "").strip()[:100]
    rates = queries.tax_rates_on(clock.today(zone_of(request)), seen_by=by)
    page = _page(request, queries.services(seen_by=by, active_only=False, text=text))
    lines = [(service, rates.get(service.tax_code)) for service in page]
    context = {"page": page, "lines": lines, "text": text, "tabs": tabs("catalog:services")}
    return render(request, "catalog/services.html", context)


@staff_page("catalog.manage")
def procedures(request: HttpRequest) -> HttpResponse:
    """What is done, as against what is sold: by name, category and whether it is an operation."""
    by, asked = actor_of(request), request.GET
    text, category, setting = (asked.get(name, "").strip()[:100] for name in ("q", "category", "setting"))
    rows = queries.procedures(seen_by=by, active_only=False, text=text, category=category, setting=setting)
    context = {
        "page": _page(request, rows),
        "text": text,
        "filters": (
            ("category", "Category", category, Procedure.Category.choices),
            ("setting", "Setting", setting, Procedure.Setting.choices),
        ),
        "is_filtered": bool(text or category or setting),
        "tabs": tabs("catalog:procedures"),
    }
    return render(request, "catalog/procedures.html", context)


@staff_page("catalog.manage")
def packages(request: HttpRequest) -> HttpResponse:
    """Every package with what it holds and saves."""
    page = _page(request, queries.packages(seen_by=actor_of(request), active_only=False))
    lines = [(package, _saving(package)) for package in page]
    return render(request, "catalog/packages.html", {"page": page, "lines": lines, "tabs": tabs("catalog:packages")})


@staff_page("catalog.manage")
def appointment_types(request: HttpRequest) -> HttpResponse:
    """The kinds of visit."""
    page = _page(request, queries.appointment_types(seen_by=actor_of(request), active_only=False))
    return render(request, "catalog/appointment_types.html", {"page": page, "tabs": tabs("catalog:appointment_types")})


@staff_page("catalog.manage")
def policies(request: HttpRequest) -> HttpResponse:
    """What cancelling late and not coming cost."""
    page = _page(request, queries.cancellation_policies(seen_by=actor_of(request), active_only=False))
    return render(request, "catalog/policies.html", {"page": page, "tabs": tabs("catalog:policies")})


@staff_page("catalog.manage")
def tax_rates(request: HttpRequest) -> HttpResponse:
    """Rates and the days on which they hold; a new one follows the old."""
    by, zone = actor_of(request), zone_of(request)
    form = TaxRateForm(request.POST or None, zone=zone)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.add_tax_rate(**form.cleaned_data, by=by)
        if not form.errors:
            return go(request, "catalog:tax_rates", toast="Tax rate added")
    today = clock.today(zone)
    page = _page(request, queries.tax_rates(seen_by=by))
    lines = [(rate, rate.holds_on(today), today < rate.valid_from) for rate in page]
    country = people.organization(seen_by=by).country
    context = {
        "page": page,
        "lines": lines,
        "form": form,
        "tabs": tabs("catalog:tax_rates"),
        "scheme": queries.tax_scheme(today, country=country, seen_by=by),
    }
    return render(request, "catalog/tax_rates.html", context, status=422 if form.errors else 200)


def _saving(package: Package) -> Any:
    return rules.saving(package.price, [(item.service.price, item.quantity) for item in package.items.all()])


def _page(request: HttpRequest, rows: "QuerySet[Any]") -> Any:
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


def tabs(current: str) -> list[dict[str, Any]]:
    """The parts of the catalogue, with the one that is shown."""
    return [{"label": label, "url": reverse(name), "current": name == current} for name, label in PARTS]


def zone_of(request: HttpRequest) -> str:
    """The time zone in which the clinic's days begin."""
    return people.organization(seen_by=actor_of(request)).timezone
