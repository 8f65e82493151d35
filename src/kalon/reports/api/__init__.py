"""/api/reports: every report as rows, the postings under a figure, the proof of the books, commission, GSTR-1."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest
from ninja import Query, Schema
from pydantic import Field, PlainSerializer

from kalon.api import Page, Router, paged
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.people import queries as people
from kalon.reports import actions, queries
from kalon.reports.models import CommissionTerm
from kalon.reports.queries import Asked
from kalon.reports.rules import EXPORT, REPORTS, VIEW, period_of
from kalon.reports.rules.gst_json import as_json

router = Router(tags=["reports"])

PER_PAGE = 100
Money = Annotated[Decimal, PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str)]


class DaysIn(Schema):
    """Which days and branch: from and until (the last one included), or a period that ends today."""

    period: str = ""
    since: Annotated[str, Field(alias="from")] = ""
    until: str = ""
    branch_id: UUID | None = None


class ReportOut(Schema):
    """A report of the shelf."""

    slug: str
    title: str
    note: str
    columns: list[str]


class RowOut(Schema):
    """A row: what it is about, its key for the postings under it, and its sums in the order of the columns."""

    key: str
    name: str
    sums: list[Money]


class ReportDetailOut(ReportOut):
    """A report of some days."""

    since: date
    until: date
    rows: list[RowOut]
    page: int
    pages: int
    totals: list[Money]
    agrees_with_ledger: bool


class PostingOut(Schema):
    """One posting: a debit above zero or a credit below."""

    id: int
    entry_id: int
    kind: str
    date: date
    account: str
    amount: Money
    patient_id: UUID | None
    bill_id: UUID | None
    payment_id: UUID | None
    doctor_id: UUID | None
    service_id: UUID | None
    plan_id: UUID | None


class DiscrepancyOut(Schema):
    """Something that does not agree."""

    what: str
    account: str
    subject: str
    says: Money
    counted: Money


class TermIn(Schema):
    """Terms of commission: one member of staff's, or a kind's; for one service, or for all."""

    percent: Annotated[Decimal, Field(gt=0, le=100, decimal_places=2, allow_inf_nan=False)]
    valid_from: date
    staff_id: UUID | None = None
    staff_kind: Annotated[str, Field(max_length=16, pattern=r"^[A-Z_]*$")] = ""
    service_id: UUID | None = None


class TermOut(TermIn):
    """Terms as they stand; `valid_to` is the first day on which they no longer hold."""

    id: UUID
    valid_to: date | None


class TermEnd(Schema):
    """When terms end."""

    valid_to: date


class CommissionOut(Schema):
    """What one member of staff earned by one service, and the commission of it."""

    staff: str
    service: str
    percent: Decimal | None
    earned: Money
    commission: Money


@router.get("", response=list[ReportOut])
def list_reports(request: HttpRequest) -> Any:
    """Every report there is."""
    _by(request).must(VIEW, do="see reports")
    return [_shelf(slug) for slug in REPORTS]


@router.get("/proof", response=list[DiscrepancyOut])
def proof(request: HttpRequest) -> Any:
    """The books counted again: what does not agree, nothing when all does."""
    return [
        {"what": one.what, "account": one.account, "subject": one.subject, "says": one.says, "counted": one.counted}
        for one in queries.discrepancies(seen_by=_by(request))
    ]


@router.get("/day-book", response=Page[PostingOut])
def day_book(request: HttpRequest, days: Query[DaysIn], cursor: str = "", limit: str = "") -> dict[str, Any]:
    """Every posting of some days, in the order it was written."""
    rows = queries.postings_of(_asked(days, _by(request)), seen_by=_by(request)).select_related("entry")
    return paged(request, rows, _posting, by="id")


@router.get("/commission", response=list[CommissionOut])
def commission(request: HttpRequest, days: Query[DaysIn]) -> Any:
    """Commission by staff and service."""
    by = _by(request)
    return [
        {"staff": one.staff.text, "service": one.service.text, "percent": one.percent, "earned": one.earned,
         "commission": one.commission}
        for one in queries.commissions(_asked(days, by), seen_by=by)
    ]  # fmt: skip


@router.get("/commission/terms", response=Page[TermOut])
def commission_terms(request: HttpRequest, cursor: str = "", limit: str = "") -> dict[str, Any]:
    """Every set of terms, newest first."""
    return paged(request, queries.commission_terms(seen_by=_by(request)), _term)


@router.post("/commission/terms", response={201: TermOut})
def add_commission_term(request: HttpRequest, body: TermIn) -> Any:
    """Set terms; the open ones for the same end on that day."""
    return 201, _term(actions.add_commission_term(**body.dict(), by=_by(request)))


@router.patch("/commission/terms/{uuid:term_id}", response=TermOut)
def end_commission_term(request: HttpRequest, term_id: UUID, body: TermEnd) -> Any:
    """End terms."""
    return _term(actions.end_commission_term(term_id, body.valid_to, by=_by(request)))


@router.get("/gstr1/{gstin}/{month}", response=dict[str, Any])
def gstr1(request: HttpRequest, gstin: str, month: str) -> Any:
    """GSTR-1 of a month (2026-11) in the shape of the GSTN's offline tool."""
    by = _by(request)
    by.must(EXPORT, do="export reports")
    try:
        day = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Invalid("Write a month like 2026-11.", field="month") from None
    made = queries.gstr1(gstin[:15], day, seen_by=by)
    facts = {"report": f"GSTR-1 {made.gstin} {month}", "format": "json"}
    audit.note(by, audit.Kind.EXPORT, people.organization(seen_by=by), facts=facts)
    return as_json(made)


@router.get("/{slug}", response=ReportDetailOut)
def report(request: HttpRequest, slug: str, days: Query[DaysIn], page: int = 1) -> Any:
    """One report of some days, a hundred rows a page."""
    by, wanted = _by(request), queries.report(slug)
    asked = _asked(days, by)
    shown = Paginator(queries.rows_of(wanted, asked, seen_by=by), PER_PAGE).get_page(page)
    made = queries.table(wanted, list(shown.object_list), asked, seen_by=by)
    return {
        **_shelf(slug),
        "since": asked.period.since,
        "until": asked.period.until,
        "rows": [{"key": line.key, "name": line.name.text, "sums": line.sums} for line in made.lines],
        "page": shown.number,
        "pages": shown.paginator.num_pages,
        "totals": made.totals,
        "agrees_with_ledger": queries.agreement(wanted, asked, made.totals[-1], seen_by=by).holds,
    }


@router.get("/{slug}/postings", response=Page[PostingOut])
def postings(
    request: HttpRequest, slug: str, days: Query[DaysIn], key: str = "", cursor: str = "", limit: str = ""
) -> dict[str, Any]:
    """The postings that one row of a report is the sum of, or the whole report without a key."""
    by = _by(request)
    rows = queries.postings_of(_asked(days, by), queries.report(slug), key[:60], seen_by=by)
    return paged(request, rows.select_related("entry"), _posting, by="id")


def _asked(days: DaysIn, by: Actor) -> Asked:
    if days.branch_id:
        queries.must_see(days.branch_id, by)
        zone = people.branch(days.branch_id, seen_by=by).timezone
    else:
        zone = people.organization(seen_by=by).timezone
    today = clock.today(zone)
    period = period_of(today, name=days.period, since=days.since, until=days.until)
    return Asked(period, today, days.branch_id)


def _shelf(slug: str) -> dict[str, Any]:
    one = REPORTS[slug]
    columns = [column.label for column in one.columns]
    return {"slug": slug, "title": one.title, "note": one.note, "columns": columns}


def _posting(row: Any) -> dict[str, Any]:
    names = set(PostingOut.model_fields) - {"kind"}
    return {name: getattr(row, name) for name in names} | {"kind": row.entry.kind}


def _term(row: CommissionTerm) -> dict[str, Any]:
    return {name: getattr(row, name) for name in TermOut.model_fields}


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
