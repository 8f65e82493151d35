"""Fee schedules: the list, one with its prices, and prices from a file."""

import csv
import io
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from kalon.kernel.errors import Invalid
from kalon.pricing import actions, queries
from kalon.pricing.forms import EndForm, PriceForm, PricesFileForm, ScheduleForm, today
from kalon.pricing.lifecycles import MANAGE
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PAGE = 30
LARGEST = 1_000_000
PARTS = (
    ("pricing:schedules", "Fee schedules"),
    ("pricing:discounts", "Discounts and campaigns"),
    ("pricing:groups", "Groups"),
    ("pricing:policy", "Rules"),
)


@staff_page(MANAGE)
def schedules(request: HttpRequest) -> HttpResponse:
    """Every list of prices, and a form for another one."""
    by = actor_of(request)
    form = ScheduleForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        with refusals_on(form):
            made = actions.add_schedule(
                typed["name"], typed["valid_from"], branch_id=UUID(typed["branch"]) if typed["branch"] else None,
                payer=typed["payer"], includes_tax=typed["includes_tax"], by=by,
            )  # fmt: skip
            return go(request, "pricing:schedule", pk=made.pk, toast="Fee schedule added")
    page = Paginator(queries.schedules(seen_by=by), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "tabs": tabs("pricing:schedules"), "today": today(by)}
    return render(request, "pricing/schedules.html", context, status=422 if form.errors else 200)


@staff_page(MANAGE)
def schedule(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One list with its prices, and a form for another price."""
    by = actor_of(request)
    form = PriceForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.add_price(pk, form.cleaned_data["price"], form.cleaned_data["valid_from"], **form.of(), by=by)
            return go(request, "pricing:schedule", pk=pk, toast="Price added")
    return _one(request, pk, form=form, status=422 if form.errors else 200)


@require_POST
@staff_page(MANAGE)
def end_schedule(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The list holds no longer from a day on."""
    form = EndForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.end_schedule(pk, form.cleaned_data["valid_to"], by=actor_of(request))
            return go(request, "pricing:schedule", pk=pk, toast="Fee schedule ended")
    return _one(request, pk, end_form=form, status=422)


@require_POST
@staff_page(MANAGE)
def end_price(request: HttpRequest, pk: UUID, item_id: UUID) -> HttpResponse:
    """A price ends today: from now on the next one, or the catalogue's, holds."""
    by = actor_of(request)
    actions.end_price(item_id, today(by), by=by)
    return go(request, "pricing:schedule", pk=pk, toast="Price ended")


@require_POST
@staff_page(MANAGE)
def import_prices(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Prices of a file: shown first, written when that is confirmed."""
    by = actor_of(request)
    if text := request.POST.get("confirmed", ""):
        form = PricesFileForm({"valid_from": request.POST.get("valid_from")})
        form.fields["file"].required = False
    else:
        form = PricesFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _one(request, pk, file_form=form, status=422)
    lines: list[actions.CheckedLine] = []
    with refusals_on(form):
        text = text or _text(form.cleaned_data["file"])
        lines = actions.check_prices(pk, _rows(text), form.cleaned_data["valid_from"], by=by)
        if "confirmed" in request.POST and all(line.fault == "" for line in lines):
            added = actions.import_prices(pk, _rows(text), form.cleaned_data["valid_from"], by=by)
            return go(request, "pricing:schedule", pk=pk, toast=f"{added} prices added")
    if form.errors:
        return _one(request, pk, file_form=form, status=422)
    context = {
        "schedule": queries.schedule(pk, seen_by=by), "lines": lines, "text": text,
        "valid_from": form.cleaned_data["valid_from"], "faults": sum(bool(line.fault) for line in lines),
    }  # fmt: skip
    return render(request, "pricing/import.html", context)


def tabs(current: str) -> list[dict[str, Any]]:
    """The parts of prices, as tabs."""
    return [{"label": label, "url": reverse(name), "current": name == current} for name, label in PARTS]


def _one(request: HttpRequest, pk: UUID, *, status: int = 200, **forms: Any) -> HttpResponse:
    by = actor_of(request)
    context = {
        "schedule": queries.schedule(pk, seen_by=by),
        "page": Paginator(queries.items(pk, seen_by=by), PAGE).get_page(request.GET.get("page")),
        "today": today(by),
        "form": PriceForm(by=by),
        "end_form": EndForm(),
        "file_form": PricesFileForm(initial={"valid_from": today(by)}),
        **forms,
    }
    return render(request, "pricing/schedule.html", context, status=status)


def _text(file: Any) -> str:
    if file.size > LARGEST:
        raise Invalid("The file is larger than 1 MB. Send a part of it.", field="file")
    try:
        return str(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Invalid("Save the file as CSV in UTF-8, then send it again.", field="file") from None


def _rows(text: str) -> list[tuple[str, Decimal | None]]:
    reader = csv.DictReader(io.StringIO(text.replace("\x00", "")))
    if not {"code", "price"} <= {name.strip().lower() for name in reader.fieldnames or []}:
        raise Invalid("The first line names the columns: code and price.", field="file")
    rows = ({(name or "").strip().lower(): value for name, value in row.items()} for row in reader)
    return [((row.get("code") or "").strip(), _price(row.get("price") or "")) for row in rows]


def _price(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        return None
