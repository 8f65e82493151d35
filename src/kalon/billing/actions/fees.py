"""The fee for a missed visit: charged by the clinic's policy, waived with a reason, taken back after a slip."""

from typing import Any
from uuid import UUID

from kalon.billing import queries
from kalon.billing.actions.charging import LineDetails, bill_appointment, finalize_now, open_draft, write_line
from kalon.billing.actions.correcting import cancel_bill
from kalon.billing.actions.locks import locked_bill
from kalon.billing.actions.receiving import apply_on_account
from kalon.billing.lifecycles import CHARGE, WAIVE_FEE, BillStatus
from kalon.billing.models import Bill, PaymentAllocation
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid
from kalon.kernel.reasons import reason_given
from kalon.kernel.tenancy import verb
from kalon.scheduling import queries as scheduling
from kalon.scheduling.lifecycles import Status

NOT_TAKEN_PLACE = "The visit did not take place; a fee is charged in its place."
CAME_AFTER_ALL = "The patient came after all."
CLOSED = (BillStatus.VOID, BillStatus.WRITTEN_OFF)


@verb
def charge_fee(appointment_id: UUID, *, by: Actor) -> Bill | None:
    """Charge a visit that was not come to, or cancelled late, by the policy it is under; None when nothing is due.

    The visit's own bill is cancelled, and what was paid on it is put on the fee first. Charged once for each time
    the visit is missed, however often it is asked for; a fee that was waived stays waived.
    """
    visit = scheduling.appointment(appointment_id, seen_by=by)
    by.must(CHARGE, at=visit.branch_id, do="charge fees")
    policy = queries.policy_of(visit, seen_by=by)
    kind = queries.missed(visit, policy, seen_by=by) if policy else None
    if kind is None:
        return None
    occasion = f"{kind} {queries.occasion_of(visit)}"
    if known := queries.bills(seen_by=by).filter(occasion=occasion).first():
        return known
    price = queries.price_of(visit, seen_by=by)
    fee = policy.no_show_fee(price) if kind == Bill.Kind.NO_SHOW else policy.late_cancel_fee(price)
    _let_go(visit, NOT_TAKEN_PLACE, by)
    if fee == 0:
        return None
    bill = _charged(visit, kind, occasion, policy, fee, by)
    _put_on(bill, _paid_for(visit, by), by)
    return queries.bill(bill.pk, seen_by=by)


@verb
def waive_fee(bill_id: UUID, reason: str, *, by: Actor) -> Bill:
    """Let a patient off a fee, with a reason; what was paid of it goes on their account."""
    bill = locked_bill(bill_id, by=by)
    by.must(WAIVE_FEE, at=bill.branch_id, do="waive fees")
    if not bill.is_fee:
        raise Invalid("This bill is for a visit, not for missing one. Cancel it by a credit note instead.")
    return cancel_bill(bill, f"Waived: {reason_given(reason, 'waive the fee')}", by=by)


@verb
def take_back_fee(appointment_id: UUID, *, by: Actor) -> Bill | None:
    """The patient came after all: the fee is cancelled, and the visit is billed again where it was before."""
    visit = scheduling.appointment(appointment_id, seen_by=by)
    by.must(CHARGE, at=visit.branch_id, do="take fees back")
    if visit.status == Status.NO_SHOW:
        return None
    fee = queries.fee_for_appointment(appointment_id, seen_by=by)
    if fee is not None and fee.kind == Bill.Kind.NO_SHOW and fee.status not in CLOSED:
        cancel_bill(locked_bill(fee.pk, by=by), CAME_AFTER_ALL, by=by)
    before = queries.visit_bill(appointment_id, seen_by=by)
    if before is None or not _was_let_go(before):
        return None
    bill = bill_appointment(appointment_id, by=by)
    _put_on(bill, _paid_for(visit, by), by)
    return bill


def _charged(visit: Any, kind: "Bill.Kind", occasion: str, policy: Any, fee: Any, by: Actor) -> Bill:
    twice = Clash("This fee is being charged already. Look at the patient's bills.")
    with refusing({"billing_bill_occasion_once": twice}):
        bill = open_draft(
            visit.patient, visit.branch, appointment_id=visit.pk, kind=kind, occasion=occasion, by=by
        )  # fmt: skip
    offered = visit.service or visit.package
    what = offered.name if offered else visit.get_kind_display()
    details = LineDetails(
        description=kind.label,
        note=f"{what}, {visit.local_start:%-d %b %Y, %H:%M}",
        unit_price=fee,
        tax_code=policy.tax_code,
        hsn_sac=policy.hsn_sac,
    )
    write_line(bill, details, by)
    return finalize_now(locked_bill(bill.pk, by=by), by=by)


def _let_go(visit: Any, reason: str, by: Actor) -> None:
    """Cancel the visit's own bill: what it was for did not take place."""
    bill = queries.bill_for_appointment(visit.pk, seen_by=by)
    if bill is not None and bill.status not in CLOSED and bill.total > 0:
        cancel_bill(locked_bill(bill.pk, by=by), reason, by=by)


def _was_let_go(bill: Bill) -> bool:
    return bill.credit_notes.filter(reason=NOT_TAKEN_PLACE).exists()


def _paid_for(visit: Any, by: Actor) -> list[UUID]:
    """The payments that were made for a visit and still hold money on account, oldest first."""
    dates = queries.dates_of(visit.pk, seen_by=by)
    were_on = PaymentAllocation.objects.filter(bill__appointment_id__in=dates).values("payment_id")
    held = queries.on_account(visit.patient_id, seen_by=by).filter(pk__in=were_on)
    return list(held.values_list("pk", flat=True))


def _put_on(bill: Bill, payment_ids: list[UUID], by: Actor) -> None:
    for payment_id in payment_ids:
        if not queries.bill(bill.pk, seen_by=by).is_open:
            return
        apply_on_account(payment_id, bill.pk, by=by)
