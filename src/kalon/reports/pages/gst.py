"""GSTR-1 of a month: its tables, whether they agree with the bills, and the files."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from kalon.kernel import audit, clock
from kalon.kernel.errors import Invalid, NotFound
from kalon.people import queries as people
from kalon.reports import queries
from kalon.reports.rules import EXPORT, VIEW
from kalon.reports.rules.gst import Return
from kalon.reports.rules.gst_json import as_json
from kalon.web import sheets
from kalon.web.fronts import actor_of, render, staff_page

TAXES = ("taxable", "igst", "cgst", "sgst")
NAMED = ("number", "date", "buyer", "place", "rate", *TAXES)
TABLES = {
    "b2b": ("Registered buyers", (*NAMED, "value")),
    "b2cl": ("Large, across states", ("number", "date", "place", "rate", "taxable", "igst", "value")),
    "b2cs": ("Everybody else", ("place", "rate", *TAXES)),
    "cdnr": ("Credit notes, registered", NAMED),
    "cdnur": ("Credit notes, large", ("number", "date", "place", "rate", "taxable", "igst")),
    "nil": ("Exempt and non-GST", ("crosses", "registered", "exempt", "taxable")),
    "hsn": ("By HSN or SAC", ("registered", "hsn", "unit", "quantity", "rate", *TAXES)),
}
HEADS = {
    "number": "Number", "date": "Date", "buyer": "GSTIN", "place": "Place", "rate": "Rate %", "taxable": "Taxable",
    "igst": "IGST", "cgst": "CGST", "sgst": "SGST", "value": "Value", "crosses": "To another state",
    "registered": "Registered buyer", "exempt": "Exempt", "hsn": "HSN/SAC", "unit": "Unit", "quantity": "Quantity",
}  # fmt: skip
SERIES = ("Kind", "From", "To", "Numbers", "Found", "Missing", "Cancelled by credit note")
MOST = 100  # rows of a table on the page; the files hold all


@require_GET
@staff_page(VIEW)
def gst_return(request: HttpRequest) -> HttpResponse:
    """The return of a month, table by table, beside what the bills come to."""
    by = actor_of(request)
    known = queries.registrations(seen_by=by)
    context: dict[str, Any] = {"registrations": known, "month": _month(request), "may_export": by.may(EXPORT)}
    if known:
        made = _made(request, known)
        agreements = queries.return_agrees(made, seen_by=by)
        context |= {
            "made": made,
            "agrees": all(one.holds for one in agreements.values()),
            "sums": [(HEADS[name], one) for name, one in agreements.items()],
            "tables": [_drawn(made, name) for name in TABLES if made.tables[name]],
        }
    return render(request, "reports/gst.html", context)


@require_GET
@staff_page(EXPORT)
def gst_json(request: HttpRequest) -> JsonResponse:
    """The return for the GSTN's offline tool."""
    made = _exported(request, "json")
    name = f"gstr1-{made.gstin}-{made.month:%Y-%m}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return JsonResponse(as_json(made), headers=headers)


@require_GET
@staff_page(EXPORT)
def gst_file(request: HttpRequest, kind: str) -> FileResponse:
    """The return for a spreadsheet: a sheet for each table, or one table as CSV."""
    made = _exported(request, kind)
    name = f"gstr1-{made.gstin}-{made.month:%Y-%m}"
    if kind == "xlsx":
        every = [*((table, _rows(made, table)) for table in TABLES), ("docs", _numbers(made))]
        return sheets.attachment(sheets.as_xlsx(every), f"{name}.xlsx", sheets.XLSX)
    table = request.GET.get("table", "b2cs")
    if table not in (*TABLES, "docs"):
        raise NotFound("There is no such table in the return.")
    rows = _numbers(made) if table == "docs" else _rows(made, table)
    return sheets.attachment(sheets.as_csv(rows), f"{name}-{table}.csv", sheets.CSV)


def _exported(request: HttpRequest, kind: str) -> Return:
    by = actor_of(request)
    made = _made(request, queries.registrations(seen_by=by))
    facts = {"report": f"GSTR-1 {made.gstin} {made.month:%Y-%m}", "format": kind}
    audit.note(by, audit.Kind.EXPORT, people.organization(seen_by=by), facts=facts)
    return made


def _made(request: HttpRequest, known: list[str]) -> Return:
    gstin = request.GET.get("gstin", "") or next(iter(known), "")
    return queries.gstr1(gstin, _month(request), seen_by=actor_of(request))


def _month(request: HttpRequest) -> date:
    text = request.GET.get("month", "")
    if not text:
        return clock.today(people.organization(seen_by=actor_of(request)).timezone).replace(day=1)
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Invalid("Write a month like 2026-11.", field="month") from None


def _drawn(made: Return, name: str) -> dict[str, Any]:
    title, columns = TABLES[name]
    rows = made.tables[name]
    return {
        "name": name, "title": title, "heads": [HEADS[column] for column in columns], "count": len(rows),
        "rows": [[_shown(row[column]) for column in columns] for row in rows[:MOST]],
    }  # fmt: skip


def _rows(made: Return, name: str) -> Iterator[sheets.Row]:
    _, columns = TABLES[name]
    yield [HEADS[column] for column in columns]
    for row in made.tables[name]:
        yield [_shown(row[column]) for column in columns]


def _numbers(made: Return) -> Iterator[sheets.Row]:
    yield SERIES
    for one in made.series:
        yield (one.kind, one.first, one.last, one.numbers, one.found, one.missing, one.cancelled)


def _shown(value: Any) -> sheets.Cell:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    cell: str | Decimal | date = value
    return cell
