"""The month's bills and credit notes of one GSTIN, sorted into GSTR-1."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from kalon.billing import queries as billing
from kalon.catalog import queries as catalog
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.money import ZERO
from kalon.people import queries as people
from kalon.reports.queries.access import branches_of, must_see
from kalon.reports.queries.engine import Agreement
from kalon.reports.rules.gst import AMOUNTS, Document, Part, Return, Series, sorted_into

VOUCHERS = "VOUCHERS"  # a voucher's sale is no supply: what it buys is
IS_VOUCHER = Q(lines__earns=VOUCHERS)


def registrations(*, seen_by: Actor) -> list[str]:
    """The GSTINs of the branches they may see."""
    return sorted({one.gstin for one in branches_of(seen_by) if one.gstin})


def gstr1(gstin: str, month: date, *, seen_by: Actor) -> Return:
    """The return of one GSTIN for the month of a day, of all its branches."""
    _must_see(gstin, seen_by)
    first, last = _month(month)
    bills = list(_bills(gstin, seen_by).filter(bill_date__range=(first, last)).order_by("serial", "id"))
    noted = _bills(gstin, seen_by).filter(credit_notes__credit_date__range=(first, last)).distinct().order_by("id")
    documents = [_document(bill) for bill in bills]
    notes = [(bill, note) for bill in noted for note in bill.credit_notes.all() if first <= note.credit_date <= last]
    documents += [_credit(bill, note) for bill, note in notes]
    scheme = catalog.tax_scheme(last, country=people.organization(seen_by=seen_by).country, seen_by=seen_by)
    made = sorted_into(gstin, first, documents, large_from=scheme.large_from)
    made.series.extend(_series("bill", ((bill.number, bill.status == "VOID") for bill in bills)))
    made.series.extend(_series("credit", ((note.number, False) for _, note in notes)))
    return made


def return_agrees(made: Return, *, seen_by: Actor) -> dict[str, Agreement]:
    """Each amount of the return beside what the bills less the credit notes come to, summed by the database."""
    first, last = _month(made.month)
    own = billing.bills(seen_by=seen_by).order_by().filter(supplier_gstin=made.gstin, number__isnull=False)
    of = {name: Sum(name) for name in AMOUNTS}
    billed = own.filter(bill_date__range=(first, last)).aggregate(**of)
    back = own.filter(credit_notes__credit_date__range=(first, last)).aggregate(
        **{name: Sum(f"credit_notes__{name}") for name in AMOUNTS}
    )
    selling = _bills(made.gstin, seen_by).filter(pk__in=own.filter(IS_VOUCHER).values("pk"))
    sold = (
        selling.order_by()
        .filter(bill_date__range=(first, last))
        .aggregate(sum=Sum("lines__taxable", filter=IS_VOUCHER))["sum"]
    )
    taken = (
        part.taxable
        for bill in selling.filter(credit_notes__credit_date__range=(first, last))
        for note in bill.credit_notes.all()
        if first <= note.credit_date <= last
        for part in billing.credited_lines(note, bill.lines.all(), bill.credit_notes.all())
        if part.line.earns == VOUCHERS
    )
    counted = {name: (billed[name] or ZERO) - (back[name] or ZERO) for name in AMOUNTS}
    counted["taxable"] -= (sold or ZERO) - sum(taken, ZERO)
    return {name: Agreement(made.total(name), counted[name]) for name in AMOUNTS}


def _must_see(gstin: str, by: Actor) -> None:
    places = [one for one in people.branches(seen_by=by, also_closed=True) if one.gstin == gstin]
    if not gstin or not places:
        raise NotFound("No branch has this GSTIN. Choose one from the list.")
    for place in places:
        must_see(place.pk, by)


def _bills(gstin: str, by: Actor) -> Any:
    rows = billing.bills(seen_by=by).filter(supplier_gstin=gstin, number__isnull=False)
    return rows.select_related(None).select_related("branch").prefetch_related("lines", "credit_notes")


def _document(bill: Any) -> Document:
    parts = [_part(line, line.quantity, line) for line in bill.lines.all() if line.earns != VOUCHERS]
    return Document(bill.number, bill.bill_date, bill.buyer_gstin, bill.place_of_supply, bill.supplier_gstin[:2], parts)


def _credit(bill: Any, note: Any) -> Document:
    taken = billing.credited_lines(note, bill.lines.all(), bill.credit_notes.all())
    parts = [_part(one.line, one.quantity, one) for one in taken if one.line.earns != VOUCHERS]
    return Document(
        note.number, note.credit_date, bill.buyer_gstin, bill.place_of_supply, bill.supplier_gstin[:2], parts,
        is_credit=True, of_value=bill.total,
    )  # fmt: skip


def _part(line: Any, quantity: Decimal, amounts: Any) -> Part:
    return Part(
        line.hsn_sac, billing.unit_of(line), quantity, line.tax_percent, bool(line.tax_code), amounts.taxable,
        amounts.igst, amounts.cgst, amounts.sgst,
    )  # fmt: skip


def _series(kind: str, numbers: Iterable[tuple[str, bool]]) -> list[Series]:
    """Each series of numbers (all but the last figures): first, last, and whether one is missing between."""
    found: dict[str, list[tuple[int, str, bool]]] = {}
    for number, is_cancelled in numbers:
        before, serial = re.fullmatch(r"(.*?)(\d+)", number).groups()  # type: ignore[union-attr]
        found.setdefault(before, []).append((int(serial), number, is_cancelled))
    made = []
    for some in (sorted(found[before]) for before in sorted(found)):
        count = some[-1][0] - some[0][0] + 1
        cancelled = sum(is_cancelled for _, _, is_cancelled in some)
        made.append(Series(kind, some[0][1], some[-1][1], count, len(some), cancelled))
    return made


def _month(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
