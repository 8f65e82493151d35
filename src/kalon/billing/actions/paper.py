"""Papers: the receipt of a payment, the tax invoice or bill of supply of a bill, a credit note, as PDF/A."""

from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kalon.billing import queries, rules
from kalon.billing.lifecycles import BillStatus
from kalon.billing.models import Bill, BillLine, CreditNote, Payment
from kalon.billing.rules.words import SYMBOLS
from kalon.catalog import queries as catalog
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid, NotReady
from kalon.kernel.gstin import state_name
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.web.papers import draw, square_code

ORIGINAL, DUPLICATE = "original", "duplicate"
COPIES = {ORIGINAL: "Original for recipient", DUPLICATE: "Duplicate for supplier"}  # CGST rule 48(2)
PAPER = Path(__file__).parent.parent / "templates" / "billing" / "paper"


@verb
def receipt_pdf(payment_id: UUID, *, by: Actor) -> bytes:
    """The receipt of money received, on A5."""
    payment = queries.payment(payment_id, seen_by=by)
    if not payment.is_received:
        raise NotReady("There is no receipt yet: the money has not come.")
    audit.read(by, payment, purpose="receipt")
    return draw(PAPER / "receipt.typ", receipt_data(payment, by=by))


@verb
def invoice_pdf(bill_id: UUID, copy: str = ORIGINAL, *, by: Actor) -> bytes:
    """The bill on A4: tax invoice, bill of supply, or both in one, as the law asks."""
    bill = queries.bill(bill_id, seen_by=by)
    if bill.number is None:
        raise NotReady("Finalise the bill first: a draft has no number.")
    audit.read(by, bill, purpose="invoice")
    return draw(PAPER / "invoice.typ", invoice_data(bill, copy, by=by))


@verb
def credit_note_pdf(note_id: UUID, copy: str = ORIGINAL, *, by: Actor) -> bytes:
    """The credit note on A4, with the bill it corrects (CGST rule 53)."""
    note = queries.credit_note(note_id, seen_by=by)
    audit.read(by, note.bill, purpose="credit note")
    return draw(PAPER / "credit_note.typ", credit_note_data(note, copy, by=by))


def receipt_data(payment: Payment, *, by: Actor) -> dict[str, Any]:
    """What stands on a receipt, as plain data."""
    zone = ZoneInfo(payment.branch.timezone)
    assert payment.received_at is not None
    put_on = [
        {"bill": number, "amount": rules.grouped(sum((row.amount for row in rows), Decimal(0)), payment.currency)}
        for number, rows in groupby(
            payment.allocations.select_related("bill").order_by("bill__number"), key=lambda row: row.bill.number
        )
    ]
    return {
        **_letterhead(payment, by),
        "number": payment.receipt_number,
        "date": _date(payment.received_at.astimezone(zone)),
        "time": f"{payment.received_at.astimezone(zone):%H:%M}",
        "patient": _patient_name(payment),
        "mrn": payment.patient.mrn,
        "method": payment.get_method_display(),
        "reference": payment.reference,
        "received_by": payment.received_by_name,
        "amount": rules.grouped(payment.amount, payment.currency),
        "words": rules.in_words(payment.amount, payment.currency),
        "put_on": [row for row in put_on if row["amount"] != "0.00"],
        "on_account": rules.grouped(payment.on_account, payment.currency) if payment.on_account else "",
        "refunded": rules.grouped(payment.refunded, payment.currency) if payment.refunded else "",
        "owed": rules.grouped(payment.bill.owed, payment.currency) if payment.bill and payment.bill.owed else "",
        "deposit": _deposit_sentence(payment.bill, by=by) if payment.bill else "",
    }


def invoice_data(bill: Bill, copy: str = ORIGINAL, *, by: Actor) -> dict[str, Any]:
    """What stands on a bill, as plain data: the fields of CGST rule 46 and nothing that could change."""
    lines = list(bill.lines.all())
    credit_note = bill.credit_notes.first() if bill.status == BillStatus.VOID else None
    money = _money(bill.currency)
    return {
        **_head(bill, bill.bill_date, copy, by),
        "title": _title(bill, by),
        "number": bill.number,
        "date": _date(bill.bill_date),
        "lines": [_line(line, money) for line in lines],
        "taxes": _tax_table(lines, money),
        "has_discount": bill.discount > 0,
        "discount": money(bill.discount),
        **_sums(bill, bill.currency),
        "paid": money(bill.allocated) if bill.allocated else "",
        "credited": money(bill.credited) if bill.credited else "",
        "written_off": money(bill.written_off) if bill.written_off else "",
        "owed": money(bill.owed),
        "is_owed": bill.owed > 0,
        "cancelled": f"Cancelled by credit note {credit_note.number}, {_date(credit_note.credit_date)}"
        if credit_note
        else "",
        "upi_qr": upi_qr(bill, by=by) if bill.owed > 0 else "",
    }


def credit_note_data(note: CreditNote, copy: str = ORIGINAL, *, by: Actor) -> dict[str, Any]:
    """What stands on a credit note, as plain data: the fields of CGST rule 53(1A)."""
    bill = note.bill
    parts = queries.credited_lines(note, bill.lines.all(), bill.credit_notes.all())
    money = _money(bill.currency)
    return {
        **_head(bill, bill.bill_date, copy, by),
        "title": "Credit note",
        "number": note.number,
        "date": _date(note.credit_date),
        "bill": f"{_title(bill, by)} {bill.number}",
        "bill_date": _date(bill.bill_date),
        "reason": note.reason,
        "lines": [
            {
                "description": part.line.description,
                "hsn": part.line.hsn_sac,
                "quantity": _counted(part.quantity, part.line),
                "taxable": money(part.taxable),
                "rate": _percent(part.line.tax_percent),
                "tax": money(part.cgst + part.sgst + part.igst),
                "total": money(part.total),
            }
            for part in parts
        ],
        **_sums(note, bill.currency),
    }


def _head(bill: Bill, on: date | None, copy: str, by: Actor) -> dict[str, Any]:
    """Who sells to whom, where it is supplied, and how the taxes are named on the day."""
    if copy not in COPIES:
        raise Invalid("A paper is the original or the duplicate.", field="copy")
    scheme = catalog.tax_scheme(
        on or bill.created_at.date(), country=people.organization(seen_by=by).country, seen_by=by
    )
    place = bill.place_of_supply if scheme.has_halves else ""
    is_large = scheme.address_from is not None and bill.taxable >= scheme.address_from
    return {
        **_letterhead(bill, by),
        "gstin": bill.supplier_gstin,
        "registration": scheme.registration,
        "copy": COPIES[copy],
        "patient": bill.billed_to or _patient_name(bill),
        "mrn": bill.patient.mrn,
        "buyer": bill.buyer_name,
        "buyer_gstin": bill.buyer_gstin,
        "billed_address": bill.billed_address if bill.buyer_gstin or is_large else "",
        "place": f"{state_name(place)} ({place})" if place else "",
        "reverse_charge": "No" if bill.supplier_gstin and scheme.has_halves else "",
        "has_halves": scheme.has_halves,
        "names": [scheme.first_half, scheme.second_half, scheme.whole],
        "tax_name": rules.tax_name(scheme),
    }


def _title(bill: Bill, by: Actor) -> str:
    """What the paper is called: India names four kinds, elsewhere an invoice is an invoice."""
    if people.organization(seen_by=by).country == "IN":
        return str(bill.get_document_display())
    return "Tax invoice" if bill.document == Bill.Document.TAX_INVOICE or bill.tax else "Invoice"


def _sums(record: Bill | CreditNote, currency: str) -> dict[str, Any]:
    money = _money(currency)
    return {
        "taxable": money(record.taxable),
        "cgst": money(record.cgst) if record.cgst else "",
        "sgst": money(record.sgst) if record.sgst else "",
        "igst": money(record.igst) if record.igst else "",
        "total": money(record.total),
        "words": rules.in_words(
            record.total, record.bill.currency if isinstance(record, CreditNote) else record.currency
        ),
    }


def _counted(quantity: Decimal, line: BillLine) -> str:
    """A quantity with its unit; a service is just counted."""
    number, unit = f"{quantity.normalize():f}", queries.unit_of(line)
    return number if unit == queries.NO_UNIT else f"{number} {unit}"


def _percent(rate: Decimal) -> str:
    return f"{rate.normalize():f}%"


def upi_qr(bill: Bill, *, by: Actor) -> str:
    """The UPI code for what is owed, as SVG; nothing where the clinic has no UPI address."""
    if link := upi_link_of(bill, by=by):
        return square_code(link)
    return ""


def upi_link_of(bill: Bill, *, amount: Decimal | None = None, by: Actor) -> str:
    """The UPI link for what is owed on a bill, or a part of it; empty where there is no UPI address or nothing owed."""
    organization = people.organization(seen_by=by)
    upi_id = str(organization.settings.get("upi_id", ""))
    if not upi_id or bill.owed <= 0 or bill.currency != "INR":
        return ""
    return rules.upi_link(
        upi_id=upi_id,
        payee=organization.name,
        amount=amount or bill.owed,
        note=f"Bill {bill.number}" if bill.number else bill.patient.mrn,
    )


def _deposit_sentence(bill: Bill, *, by: Actor) -> str:
    """What a part payment was for, where it keeps a visit; nothing once the whole is paid."""
    if bill.appointment_id is None or bill.is_fee or not bill.is_open:
        return ""
    visit = queries.standing(bill.appointment_id, seen_by=by)
    if visit.amount_due is None or visit.amount_due >= bill.total or not queries.covers(bill, visit):
        return ""
    start = visit.local_start
    return f"This is the deposit for the visit on {_date(start)}, {start:%H:%M}. It is confirmed."


def _letterhead(record: Bill | Payment, by: Actor) -> dict[str, Any]:
    return {
        **people.letterhead(record.branch, seen_by=by),
        "symbol": SYMBOLS.get(record.currency, f"{record.currency} "),
    }


def _line(line: BillLine, money: Any) -> dict[str, str]:
    return {
        "description": line.description,
        "note": line.note,
        "tax_note": line.tax_note,
        "hsn": line.hsn_sac,
        "quantity": _counted(line.quantity, line),
        "price": money(line.unit_price),
        "discount": money(line.discount) if line.discount else "",
        "discount_reason": line.discount_reason,
        "taxable": money(line.taxable),
        "rate": _percent(line.tax_percent),
        "total": money(line.total),
        "payer": line.get_payer_display() if line.payer == BillLine.Payer.INSURER else "",
    }


def _tax_table(lines: list[BillLine], money: Any) -> list[dict[str, str]]:
    """Taxable value and tax by HSN or SAC code and rate."""

    def key(line: BillLine) -> tuple[str, Decimal]:
        return line.hsn_sac, line.tax_percent

    rows = []
    for (hsn, rate), group in groupby(sorted(lines, key=key), key=key):
        of_rate = list(group)
        rows.append(
            {
                "hsn": hsn or "–",
                "rate": _percent(rate),
                **{
                    name: money(sum((getattr(line, name) for line in of_rate), Decimal(0)))
                    for name in ("taxable", "cgst", "sgst", "igst")
                },
            }
        )
    return rows


def _money(currency: str) -> Any:
    return lambda amount: rules.grouped(amount, currency)


def _date(on: date | datetime | None) -> str:
    return f"{on.day} {on:%B %Y}" if on else ""


def _patient_name(record: Bill | Payment) -> str:
    return " ".join(part for part in (record.patient.given_name, record.patient.family_name) if part)
