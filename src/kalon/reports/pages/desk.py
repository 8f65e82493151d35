"""The overview, each report, the postings under a figure, and the proof of the books."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kalon.kernel.actors import Actor
from kalon.reports import queries
from kalon.reports.pages.asking import asked_in, filters
from kalon.reports.queries import Asked
from kalon.reports.rules import EXPORT, REPORTS, VIEW, Report
from kalon.web.fronts import actor_of, render, staff_page

PER_PAGE = 30
CARDS = (
    ("revenue-by-service", queries.bars),
    ("payments", queries.bars),
    ("receivables", queries.columns),
    ("deposits", queries.bars),
    ("tax", queries.columns),
)


@require_GET
@staff_page(VIEW)
def overview(request: HttpRequest) -> HttpResponse:
    """The clinic's money at a glance, and every report."""
    by, asked = actor_of(request), asked_in(request)
    before = Asked(asked.period.before, asked.today, asked.branch_id)
    doctors = REPORTS["revenue-by-doctor"]
    rows = list(queries.rows_of(doctors, asked, seen_by=by)[:PER_PAGE])
    earlier = {row["key"]: row["c2"] for row in queries.rows_of(doctors, before, seen_by=by)}
    made = queries.table(doctors, rows, asked, seen_by=by)
    year = queries.months(asked, seen_by=by)
    context = {
        **filters(request, asked),
        "year": year,
        "points": " ".join(f"{10 * at},{bar.top}" for at, bar in enumerate(year)),
        "earned": _compared(made.totals[-1], queries.totals(doctors, before, seen_by=by)[-1]),
        "cards": [_card(REPORTS[slug], chart, asked, by) for slug, chart in CARDS],
        "table": made,
        "lines": [
            (line, _compared(line.sums[-1], earlier.get(row["key"], 0)))
            for line, row in zip(made.lines, rows, strict=True)
        ],
        "before": before.period,
        "shelf": REPORTS.values(),
    }
    return render(request, "reports/overview.html", context)


@require_GET
@staff_page(VIEW)
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """One report: its rows, their sums, and whether they agree with the ledger."""
    by, asked, wanted = actor_of(request), asked_in(request), queries.report(slug)
    page = Paginator(queries.rows_of(wanted, asked, seen_by=by), PER_PAGE).get_page(request.GET.get("page"))
    made = queries.table(wanted, list(page.object_list), asked, seen_by=by)
    context = {
        **filters(request, asked),
        "report": wanted,
        "by": queries.DIMENSIONS[wanted.by].label,
        "page": page,
        "table": made,
        "agreement": queries.agreement(wanted, asked, made.totals[-1], seen_by=by),
        "may_export": by.may(EXPORT),
        "shelf": REPORTS.values(),
    }
    return render(request, "reports/report.html", context)


@require_GET
@staff_page(VIEW)
def postings(request: HttpRequest, slug: str) -> HttpResponse:
    """What one figure of a report is the sum of."""
    wanted, key = queries.report(slug), request.GET.get("key", "")[:60]
    return _postings(request, asked_in(request), wanted, key)


@require_GET
@staff_page(VIEW)
def day_book(request: HttpRequest) -> HttpResponse:
    """Every movement of money, in the order it happened; today's when no days are chosen."""
    return _postings(request, asked_in(request, only_today=True))


@require_GET
@staff_page(VIEW)
def proof(request: HttpRequest) -> HttpResponse:
    """Everything counted again: in place on a report, or as a page of its own."""
    found = queries.discrepancies(seen_by=actor_of(request))
    part = "#note" if request.headers.get("HX-Request") else ""
    return render(request, f"reports/proof.html{part}", {"discrepancies": found})


def _postings(request: HttpRequest, asked: Asked, wanted: Report | None = None, key: str = "") -> HttpResponse:
    by = actor_of(request)
    rows = queries.postings_of(asked, wanted, key, seen_by=by)
    page = Paginator(rows.select_related("entry"), PER_PAGE).get_page(request.GET.get("page"))
    named = queries.label_of(wanted, key, seen_by=by) if wanted and key else ""
    context = {
        **filters(request, asked),
        "report": wanted,
        "named": named,
        "key": key,
        "page": page,
        "movements": queries.shown(list(page.object_list), seen_by=by),
        "sums": queries.sides(rows),
        "may_export": by.may(EXPORT),
    }
    return render(request, "reports/postings.html", context)


def _card(wanted: Report, chart: Any, asked: Asked, by: Actor) -> dict[str, Any]:
    bars = chart(wanted, asked, seen_by=by)
    return {"report": wanted, "bars": bars, "total": queries.totals(wanted, asked, seen_by=by)[-1]}


def _compared(now: Any, before: Any) -> dict[str, Any]:
    """An amount beside the one before, and the change in per cent where there is something to compare with."""
    change = round(100 * (now - before) / before, 1) if before > 0 else None
    return {"amount": now, "before": before, "change": change}
