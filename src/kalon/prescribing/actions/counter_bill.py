"""What was handed out, on a bill: the visit's while it is a draft, else one of its own that the desk finalises.

Who hands out need not be allowed to make bills: these lines are written by the clinic itself, as a visit's are.
"""

from decimal import Decimal
from typing import Any
from uuid import UUID

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.billing.actions import LineDetails
from kalon.billing.lifecycles import BillStatus
from kalon.consultations import queries as consultations
from kalon.inventory.actions import Issued
from kalon.kernel import actors
from kalon.kernel.actors import Actor
from kalon.kernel.lookup import one
from kalon.prescribing.models import DispensedLine, Prescription

CLOSED = (BillStatus.VOID, BillStatus.WRITTEN_OFF)


def charge(prescription: Prescription, item: Any, part: Issued, *, by: Actor) -> Any | None:
    """The line that charges what left of one batch, at the store's price; None for what costs nothing."""
    if not item.price:
        return None
    till = actors.system("prescribing", by.organization_id)
    batch = [f"batch {part.batch_number}"] if part.batch_number else []
    until = [f"use by {part.expires_on:%m/%Y}"] if part.expires_on else []
    details = LineDetails(
        description=" ".join(word for word in (item.name, item.form) if word),
        note=", ".join([f"Prescription {prescription.number}", *batch, *until]),
        quantity=part.quantity, unit_price=item.price, tax_code=item.tax_code, hsn_sac=item.hsn,
    )  # fmt: skip
    return billing.add_line(_open_bill(prescription, till).pk, details, by=till)


def take_back(row: DispensedLine, quantity: Decimal, left: Decimal, reason: str, *, by: Actor) -> UUID | None:
    """No longer charge so much of a row: less on a draft, a credit note on a numbered bill.

    The line that charges what is still out, or None.
    """
    charged = _charged_now(row)
    if row.bill_id is None or charged is None:
        return None
    till = actors.system("prescribing", by.organization_id)
    bill = bills.bill(row.bill_id, seen_by=till)
    line = one(bill.lines.filter(pk=charged))
    if line is None or bill.status in CLOSED:
        return None  # the desk took it off already
    if bill.status != BillStatus.DRAFT:
        billing.credit_line(bill.pk, line.pk, quantity, reason, by=till)
        return line.pk if left else None
    billing.remove_line(bill.pk, line.pk, by=till)
    if left:
        details = LineDetails(
            description=line.description, note=line.note, quantity=left, unit_price=line.unit_price,
            tax_code=line.tax_code, hsn_sac=line.hsn_sac,
        )  # fmt: skip
        kept: UUID = billing.add_line(bill.pk, details, by=till).pk
        return kept
    if bill.appointment_id is None and not bill.lines.exists():
        billing.void_bill(bill.pk, "Everything on it came back", by=till)
    return None


def _charged_now(row: DispensedLine) -> UUID | None:
    """The line that charges a row now: a part that came back may have left another one."""
    last = row.came_back.order_by("-created_at", "-id").first()
    return last.bill_line if last else row.bill_line


def _open_bill(prescription: Prescription, till: Actor) -> Any:
    encounter = consultations.consultation(prescription.consultation_id, seen_by=till)
    visit = bills.bill_for_appointment(encounter.appointment_id, seen_by=till) if encounter.appointment_id else None
    if visit is not None and visit.status == BillStatus.DRAFT:
        return visit
    of_consultation = DispensedLine.objects.filter(
        prescription__consultation_id=prescription.consultation_id, bill__status=BillStatus.DRAFT
    )
    if known := of_consultation.order_by("-created_at").values_list("bill_id", flat=True).first():
        return bills.bill(known, seen_by=till)
    return billing.draft_bill(prescription.patient_id, prescription.branch_id, by=till)
