"""Suppliers' invoices, and what is owed to whom."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.kernel.money import ZERO
from kalon.ledger import queries as ledger
from kalon.purchasing.lifecycles import VIEW, InvoiceStatus
from kalon.purchasing.models import SupplierInvoice
from kalon.purchasing.queries.suppliers import DO

SHOWS = ("owed", "late", "draft", "paid")


@dataclass(frozen=True, slots=True)
class Payables:
    """What is owed to suppliers altogether, and how much of it is late."""

    owed: Decimal
    late: Decimal
    unchecked: int


def invoices(
    *, seen_by: Actor, show: str = "", supplier_id: UUID | None = None, today: date | None = None
) -> "QuerySet[SupplierInvoice]":
    """Invoices, the newest first; `show`: those that are "owed", "late" (on `today`), "draft" or "paid"."""
    seen_by.must(VIEW, do=DO)
    found = SupplierInvoice.objects.filter(organization_id=seen_by.organization_id)
    if supplier_id:
        found = found.filter(supplier_id=supplier_id)
    open_ = Q(status=InvoiceStatus.APPROVED, total__gt=F("paid"))
    by_show = {
        "owed": open_,
        "late": open_ & Q(due_date__lt=today),
        "draft": Q(status=InvoiceStatus.DRAFT),
        "paid": Q(status=InvoiceStatus.APPROVED, total=F("paid")),
    }
    if show in SHOWS:
        found = found.filter(by_show[show])
    return found.select_related("supplier", "branch", "order")


def invoice(pk: UUID | str, *, seen_by: Actor, lock: bool = False) -> SupplierInvoice:
    """One invoice with its supplier."""
    rows = invoices(seen_by=seen_by).filter(pk=pk)
    found = one(rows.select_for_update(of=("self",)) if lock else rows)
    if found is None:
        raise NotFound("There is no such invoice.")
    return found


def payables(today: date, *, seen_by: Actor) -> Payables:
    """What is owed to suppliers on a day, in one statement."""
    late = Q(status=InvoiceStatus.APPROVED, due_date__lt=today)
    seen_by.must(VIEW, do=DO)
    found = SupplierInvoice.objects.filter(organization_id=seen_by.organization_id).aggregate(
        owed=Sum(F("total") - F("paid"), filter=Q(status=InvoiceStatus.APPROVED)),
        late=Sum(F("total") - F("paid"), filter=late),
        unchecked=Sum(1, filter=Q(status=InvoiceStatus.DRAFT)),
    )
    return Payables(found["owed"] or ZERO, found["late"] or ZERO, found["unchecked"] or 0)


def payables_proof(first: date, last: date, *, seen_by: Actor) -> list[str]:
    """Whether the books owe suppliers what their invoices say; a sentence for what differs."""
    owed = payables(last, seen_by=seen_by).owed
    posted = -ledger.totals(first, last, seen_by=seen_by).get("PAYABLES", ZERO)
    return [] if owed == posted else [f"Suppliers are owed {owed} by their invoices, {posted} by the books."]
