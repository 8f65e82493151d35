"""Reports as files: CSV and XLSX, row by row."""

from collections.abc import Iterator
from typing import Any

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_GET

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.reports import queries
from kalon.reports.pages.asking import asked_in
from kalon.reports.queries import Asked
from kalon.reports.rules import EXPORT, Report
from kalon.web import sheets
from kalon.web.fronts import actor_of, staff_page

AT_ONCE = 500
MOVEMENT = ("Date", "Entry", "What", "Account", "Source", "By", "Debit", "Credit")


@require_GET
@staff_page(EXPORT)
def report_file(request: HttpRequest, slug: str, kind: str) -> FileResponse:
    """All rows of a report, and their sums."""
    by, asked, wanted = actor_of(request), asked_in(request), queries.report(slug)
    return file_of(rows_of_report(wanted, asked, by), f"{slug}-{_days(asked)}", wanted.title, kind, by)


@require_GET
@staff_page(EXPORT)
def postings_file(request: HttpRequest, kind: str, slug: str = "") -> FileResponse:
    """All postings of some days, or those under one figure."""
    by, asked = actor_of(request), asked_in(request, only_today=not slug)
    wanted = queries.report(slug) if slug else None
    rows = _movements(asked, wanted, request.GET.get("key", "")[:60], by)
    return file_of(rows, f"{slug or 'day-book'}-postings-{_days(asked)}", "Postings", kind, by)


@require_GET
@staff_page(EXPORT)
def commission_file(request: HttpRequest, kind: str) -> FileResponse:
    """Commission by staff and service."""
    by, asked = actor_of(request), asked_in(request)
    rows: list[sheets.Row] = [("Staff", "Service", "Per cent", "Earned", "Commission")]
    rows += [
        (one.staff.text, one.service.text, one.percent, one.earned, one.commission)
        for one in queries.commissions(asked, seen_by=by)
    ]
    return file_of(iter(rows), f"commission-{_days(asked)}", "Commission", kind, by)


def file_of(rows: Iterator[sheets.Row], name: str, title: str, kind: str, by: Actor) -> FileResponse:
    """The rows as a file to be saved; that it was taken out is logged."""
    by.must(EXPORT, do="export reports")
    audit.note(by, audit.Kind.EXPORT, people.organization(seen_by=by), facts={"report": name, "format": kind})
    if kind == "xlsx":
        return sheets.attachment(sheets.as_xlsx([(title, rows)]), f"{name}.xlsx", sheets.XLSX)
    return sheets.attachment(sheets.as_csv(rows), f"{name}.csv", sheets.CSV)


def rows_of_report(wanted: Report, asked: Asked, by: Actor) -> Iterator[sheets.Row]:
    """Heading, rows some hundreds at a time, sums."""
    yield [queries.DIMENSIONS[wanted.by].label, *(column.label for column in wanted.columns)]
    for some in _in_parts(queries.rows_of(wanted, asked, seen_by=by)):
        names = queries.names_of(wanted, [row["key"] for row in some], seen_by=by)
        for row in some:
            name = queries.named(wanted, row["key"], names)
            yield [name.text, *(row[f"c{at}"] for at in range(len(wanted.columns)))]
    yield ["All", *queries.totals(wanted, asked, seen_by=by)]


def _movements(asked: Asked, wanted: Report | None, key: str, by: Actor) -> Iterator[sheets.Row]:
    yield MOVEMENT
    rows = queries.postings_of(asked, wanted, key, seen_by=by).select_related("entry")
    for some in _in_parts(rows):
        for one in queries.shown(some, seen_by=by):
            source = one.source.text if one.source else ""
            yield (one.date, one.entry, one.kind, one.account, source, one.by, one.debit, one.credit)


def _in_parts(rows: Any) -> Iterator[list[Any]]:
    some: list[Any] = []
    for row in rows.iterator(chunk_size=AT_ONCE):
        some.append(row)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _days(asked: Asked) -> str:
    return f"{asked.period.since}-{asked.period.until}"
