"""A supplier's invoice: written down, compared with what was ordered and what came, approved, paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from kalon.catalog import queries as catalog
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, KeyReused, NotFound, NotReady
from kalon.kernel.reasons import reason_given
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.purchasing import queries, rules
from kalon.purchasing.lifecycles import INVOICE, INVOICES, PAY, InvoiceStatus, OrderStatus
from kalon.purchasing.models import InvoiceLine, OrderLine, PurchaseOrder, SupplierInvoice, SupplierPayment

Method = SupplierPayment.Method
REFUSALS = {
    "purchasing_invoice_number_once": Clash(
        "This supplier's invoice of this number is written down already. Look at it under invoices.", field="number"
    ),
    "purchasing_invoice_received": NotReady(
        "It asks for more than came, or for what another invoice asked for. Take the goods in first, or put it aside."
    ),
    "purchasing_invoice_not_overpaid": Clash("This is more than is still owed. Look at the invoice again."),
    "purchasing_invoiceline_line_once": Invalid("A line of the order stands on the invoice once.", field="lines"),
}


@dataclass(frozen=True, slots=True)
class InvoiceLineDetails:
    """A line as the supplier wrote it: of a line of the order, or in words."""

    quantity: Decimal
    unit_price: Decimal
    tax_percent: Decimal
    line_id: UUID | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceDetails:
    """What stands on the paper. Without `due_date` it is due when the supplier is usually paid."""

    supplier_id: UUID
    branch_id: UUID
    number: str
    invoice_date: date
    lines: Sequence[InvoiceLineDetails]
    order_id: UUID | None = None
    due_date: date | None = None


@verb
def enter_invoice(details: InvoiceDetails, *, by: Actor) -> SupplierInvoice:
    """Write a supplier's invoice down as it came, to be checked; its tax is worked out afresh."""
    by.must(INVOICES, at=details.branch_id, do="write down suppliers' invoices")
    branch = people.branch(details.branch_id, seen_by=by)
    supplier = queries.supplier(details.supplier_id, seen_by=by)
    if details.invoice_date > clock.today(branch.timezone):
        raise Invalid("This day has not come yet. Copy the date from the invoice.", field="invoice_date")
    if not details.number.strip():
        raise Invalid("Write the number that stands on the invoice.", field="number")
    row = SupplierInvoice(
        organization_id=by.organization_id,
        branch=branch,
        supplier=supplier,
        order=_order(details, by),
        number=details.number.strip()[:40],
        invoice_date=details.invoice_date,
        due_date=details.due_date or rules.due(details.invoice_date, supplier.payment_days),
        written_by_name=by.name[:120],
    )
    if row.due_date < row.invoice_date:
        raise Invalid("It cannot be due before it was written.", field="due_date")
    with refusing(REFUSALS):
        INVOICE.born(row, name="enter")
        _lines(row, details.lines, by)
        row.save(update_fields=["note"])  # the database sums its lines up
    row.refresh_from_db()
    return row


@verb
def approve_invoice(pk: UUID, *, note: str = "", by: Actor) -> SupplierInvoice:
    """Agree that an invoice is owed: for what came, at the price that was ordered.

    A higher price than was ordered takes a note; more than came is refused.
    """
    row = queries.invoice(pk, seen_by=by, lock=True)
    by.must(PAY, at=row.branch_id, do="approve suppliers' invoices")
    if (dearer := dearer_than_ordered(row)) and not note.strip():
        raise Invalid(f"Dearer than ordered: {', '.join(dearer)}. Write why it is approved.", field="note")
    with refusing(REFUSALS):
        INVOICE.move(
            row, "approve", by=by, approved_at=clock.now(), approved_by_name=by.name[:120], note=note.strip()[:500]
        )
    row.refresh_from_db()
    return row


@verb
def drop_invoice(pk: UUID, reason: str, *, by: Actor) -> SupplierInvoice:
    """Put an invoice aside that is not ours or is wrong; the supplier's right one may come with its number."""
    row = queries.invoice(pk, seen_by=by, lock=True)
    by.must(INVOICES, at=row.branch_id, do="put invoices aside")
    INVOICE.move(row, "drop", by=by, reason=reason_given(reason, "put the invoice aside"))
    return row


@verb
def reverse_invoice(pk: UUID, reason: str, *, by: Actor) -> SupplierInvoice:
    """Take an approval back while nothing is paid: it is owed no more, and the books say so."""
    row = queries.invoice(pk, seen_by=by, lock=True)
    by.must(PAY, at=row.branch_id, do="take approvals back")
    INVOICE.move(row, "reverse", by=by, reason=reason_given(reason, "take the approval back"))
    return row


@verb
def pay_invoice(
    pk: UUID, amount: Decimal, method: str, *, reference: str = "", key: str = "", by: Actor
) -> SupplierPayment:
    """Write down that an invoice was paid from the bank, all of it or a part; the same key pays once."""
    row = queries.invoice(pk, seen_by=by, lock=True)
    by.must(PAY, at=row.branch_id, do="pay suppliers")
    if method not in Method.values:
        raise Invalid("Choose how it was paid.", field="method")
    amount = rules.money(amount, field="amount")
    if key and (before := row.payments.filter(key=key).first()):
        if (before.amount, before.method) != (amount, method):
            raise KeyReused("This key was used for another payment. Send a new key.")
        return before
    if row.status != InvoiceStatus.APPROVED:
        raise IllegalMove(f"Only an approved invoice is paid; this one is {row.get_status_display().lower()}.")
    if amount <= 0 or amount > row.owed:
        raise Invalid(f"Between 0.01 and {row.owed} is still owed. Write that, or less.", field="amount")
    return _paid(row, method=method, amount=amount, reference=reference.strip()[:80], key=key[:100], by=by)


@verb
def take_payment_back(payment_id: UUID, reason: str, *, by: Actor) -> SupplierPayment:
    """A payment bounced or was written down by mistake: it is owed again."""
    found = SupplierPayment.objects.filter(organization_id=by.organization_id, pk=payment_id).first()
    if found is None:
        raise NotFound("There is no such payment.")
    row = queries.invoice(found.invoice_id, seen_by=by, lock=True)
    by.must(PAY, at=row.branch_id, do="take payments back")
    why = reason_given(reason, "take the payment back")
    if found.reverses_id or SupplierPayment.objects.filter(reverses=found).exists():
        raise IllegalMove("This payment is taken back already.")
    return _paid(
        row, method=found.method, amount=found.amount, reference=found.reference, key=f"back:{found.pk}",
        reverses=found, reason=why, by=by,
    )  # fmt: skip


def dearer_than_ordered(row: SupplierInvoice) -> list[str]:
    """The lines that ask for a higher price than was ordered, in words."""
    lines = row.lines.filter(line__isnull=False).select_related("line", "line__item")
    return [
        f"{one.words} {one.unit_price} in place of {one.line.unit_price}"
        for one in lines
        if one.line is not None and one.unit_price > one.line.unit_price
    ]


def _paid(row: SupplierInvoice, *, key: str, by: Actor, **facts: object) -> SupplierPayment:
    payment = SupplierPayment(organization_id=row.organization_id, invoice=row, made_by_name=by.name[:120], **facts)
    payment.key = key or str(payment.pk)
    with refusing(REFUSALS):
        payment.save(force_insert=True)
    return payment


def _order(details: InvoiceDetails, by: Actor) -> PurchaseOrder | None:
    if details.order_id is None:
        return None
    order = queries.order(details.order_id, seen_by=by)
    if order.supplier_id != details.supplier_id or order.branch_id != details.branch_id:
        raise Invalid("This order is another supplier's or another branch's.", field="order_id")
    if order.status in (OrderStatus.DRAFT, OrderStatus.CANCELLED):
        raise Invalid("This order was never placed, or is cancelled. Look for the right one.", field="order_id")
    return order


def _lines(row: SupplierInvoice, told: Sequence[InvoiceLineDetails], by: Actor) -> None:
    if not 1 <= len(told) <= rules.MOST_LINES:
        raise Invalid(f"An invoice has between 1 and {rules.MOST_LINES} lines.", field="lines")
    clinic = people.organization(seen_by=by)
    scheme = catalog.tax_scheme(row.invoice_date, country=clinic.country, seen_by=by)
    halves = rules.by_halves(
        has_halves=scheme.has_halves, own_state=row.branch.state_code, their_state=row.supplier.state_code
    )
    of_order = {line.pk: line for line in OrderLine.objects.filter(order=row.order).select_related("item")}
    for position, one in enumerate(told, 1):
        line = of_order.get(one.line_id) if one.line_id else None
        if one.line_id and line is None:
            raise Invalid("A line of the invoice is of another order.", field="lines")
        words = (one.words.strip() or (line.item.name if line else ""))[:200]
        if not words:
            raise Invalid("Write what each line is for.", field="words")
        if not one.quantity.is_finite() or not 0 < one.quantity <= rules.MOST or one.quantity != round(one.quantity, 3):
            raise Invalid(f"{words}: write how many, with at most three places.", field="quantity")
        price, rate = rules.money(one.unit_price, field="unit_price"), rules.rate(one.tax_percent)
        sums = rules.sums(one.quantity, price, rate, by_halves=halves, rounding=clinic.rounding)
        InvoiceLine.objects.create(
            organization_id=row.organization_id, invoice=row, position=position, line=line, words=words,
            quantity=one.quantity, unit_price=price, tax_percent=rate,
            taxable=sums.taxable, cgst=sums.cgst, sgst=sums.sgst, igst=sums.igst,
        )  # fmt: skip
