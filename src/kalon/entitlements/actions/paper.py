"""The paper of a gift voucher: its worth, who it is for, and the code with its square."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from kalon.billing import queries as bills
from kalon.entitlements import queries, rules
from kalon.entitlements.lifecycles import SELL, VoucherStatus
from kalon.entitlements.models import GiftVoucher
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotReady
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.web.papers import draw, square_code

PAPER = Path(__file__).parent.parent / "templates" / "entitlements" / "paper"


@verb
def voucher_pdf(voucher_id: UUID, *, by: Actor) -> bytes:
    """The voucher on A5 with its code, for its buyer and for the desk that sells it; each time it is read is logged."""
    row = queries.voucher(voucher_id, seen_by=by)
    if not by.is_patient:
        by.must(SELL, at=row.branch_id, do="print gift vouchers")
    if row.status not in (VoucherStatus.PENDING, VoucherStatus.ACTIVE):
        raise NotReady(f"This voucher is {row.get_status_display().lower()}: there is nothing to print.")
    audit.read(by, row, purpose="gift voucher with its code")
    return draw(PAPER / "voucher.typ", voucher_data(row, by=by))


def voucher_data(row: GiftVoucher, *, by: Actor) -> dict[str, Any]:
    """What stands on a voucher, as plain data."""
    currency = people.organization(seen_by=by).currency
    return {
        **people.letterhead(row.branch, seen_by=by),
        "symbol": bills.symbol(currency),
        "number": "",
        "date": "",
        "amount": bills.grouped(row.value, currency),
        "left": "" if row.left == row.value else f"{bills.symbol(currency)}{bills.grouped(row.left, currency)}",
        "service": row.service.name if row.service else "",
        "recipient": row.recipient,
        "message": row.message,
        "buyer": row.patient.name,
        "until": _day(row.valid_until),
        "code": rules.spaced(row.code),
        "qr": square_code(row.code),
    }


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
