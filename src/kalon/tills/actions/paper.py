"""Papers of the till: the Z-report of a closed day."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kalon.billing import queries as bills
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound, NotReady
from kalon.kernel.lookup import one
from kalon.kernel.money import ZERO
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.tills import queries
from kalon.tills.lifecycles import DayStatus
from kalon.tills.models import Checkout, DayClose, DrawerSession
from kalon.web.papers import draw

PAPER = Path(__file__).parent.parent / "templates" / "tills" / "paper"
WORDS = {
    "draft_bills": "Bills that are still drafts",
    "waiting_payments": "Online payments that wait",
    "refunds_to_pay": "Refunds to be paid",
    "cash_without_drawer": "Cash that went into no drawer",
    "online_after_close": "Paid online after the last close",
}


@verb
def z_report_pdf(close_id: UUID, *, by: Actor) -> bytes:
    """The close of a day on A4: every tender expected and counted, every drawer, what is left open."""
    close = one(queries.closes(seen_by=by).filter(pk=close_id))
    if close is None:
        raise NotFound("There is no such closed day.")
    if close.status != DayStatus.CLOSED:
        raise NotReady("This day was reopened. Close it again, then print its report.")
    return draw(PAPER / "day.typ", z_report_data(close, by=by))


def z_report_data(close: DayClose, *, by: Actor) -> dict[str, Any]:
    """What stands on a Z-report, as plain data."""
    day = queries.day(close.branch, close.day, seen_by=by)
    zone = ZoneInfo(close.branch.timezone)

    def cash(amount: Decimal | None) -> str:
        return "" if amount is None else bills.grouped(amount, close.currency)

    return {
        **people.letterhead(close.branch, seen_by=by),
        "symbol": bills.symbol(close.currency),
        "number": str(close),
        "date": _date(close.day),
        "day": _date(close.day),
        "closed": f"{_date(close.closed_at.astimezone(zone))}, {close.closed_at.astimezone(zone):%H:%M}",
        "closed_by": close.closed_by_name,
        "note": close.note,
        "tenders": [
            {
                "label": row.label,
                "times": str(row.times),
                "received": cash(row.received),
                "paid_back": cash(row.paid_back) if row.paid_back else "",
                "net": cash(row.net),
                "counted": cash(row.counted),
                "variance": cash(row.variance) if row.variance else "",
            }
            for row in day.tenders
        ],
        "total": cash(day.total),
        "drawers": [_drawer(one, cash, zone) for one in day.sessions],
        "unsettled": [{"what": WORDS[name], "count": str(count)} for name, count in close.unsettled.items()],
    }


def _drawer(session: DrawerSession, cash: Any, zone: ZoneInfo) -> dict[str, str]:
    return {
        "name": session.drawer.name,
        "who": session.opened_by_name,
        "open": f"{session.opened_at.astimezone(zone):%H:%M}",
        "float": cash(session.float_amount),
        "expected": cash(session.expected),
        "counted": cash(session.counted_amount),
        "variance": cash(session.variance) if session.variance else "",
        "explanation": session.explanation,
        "closed_by": session.closed_by_name,
    }


def _date(on: date | datetime) -> str:
    return f"{on.day} {on:%B %Y}"


@verb
def checkout_pdf(checkout_id: UUID, *, by: Actor) -> bytes:
    """Everything of one checkout on one receipt, A5: what was billed, and by which tenders it was paid."""
    made = queries.checkout(checkout_id, seen_by=by)
    if made is None:
        raise NotFound("There is no such checkout.")
    audit.read(by, made, purpose="receipt")
    return draw(PAPER / "checkout.typ", checkout_data(made, by=by))


def checkout_data(made: Checkout, *, by: Actor) -> dict[str, Any]:
    """What stands on a combined receipt, as plain data."""
    bill = bills.bill(made.bill_id, seen_by=by)
    at = made.created_at.astimezone(ZoneInfo(made.branch.timezone))

    def cash(amount: Decimal) -> str:
        return bills.grouped(amount, bill.currency)

    return {
        **people.letterhead(made.branch, seen_by=by),
        "symbol": bills.symbol(bill.currency),
        "number": bill.number or "",
        "date": _date(at),
        "time": f"{at:%H:%M}",
        "patient": bill.patient.name,
        "mrn": bill.patient.mrn,
        "lines": [{"what": _what(line), "amount": cash(line.taxable)} for line in bills.lines_of(bill.pk, seen_by=by)],
        "tax": cash(bill.tax) if bill.tax else "",
        "total": cash(bill.total),
        "parts": [
            {
                "how": "From your account" if part.tender == "WALLET" else part.payment.get_method_display(),
                "reference": part.payment.reference if part.tender != "WALLET" else "",
                "receipt": part.payment.receipt_number or "",
                "amount": cash(part.amount),
            }
            for part in made.parts.all()
        ],
        "on_account": cash(extra) if (extra := sum((p.amount - p.on_bill for p in made.parts.all()), ZERO)) else "",
        "given": cash(made.given) if made.given else "",
        "change": cash(made.change) if made.change else "",
        "owed": cash(bill.owed) if bill.owed else "",
        "taken_by": made.taken_by_name,
    }


def _what(line: Any) -> str:
    return line.description if line.quantity == 1 else f"{line.description} × {line.quantity.normalize():f}"
