"""Putting right what was billed or paid: credit notes, money back on account, refunds."""

from decimal import ROUND_DOWN, Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Sum

from kalon.billing import rules
from kalon.billing.actions.locks import count_again, locked_bill, locked_payment, locked_refund
from kalon.billing.actions.prices import undo_discounts
from kalon.billing.events import BillCancelled, BillCorrected, RefundDone
from kalon.billing.lifecycles import BILL, REFUND, REFUND_MONEY, VOID_BILL, BillStatus, RefundStatus
from kalon.billing.models import Bill, BillLine, CreditNote, Payment, PaymentAllocation, Refund
from kalon.kernel import clock, events, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, KeyReused, NotFound, NotReady
from kalon.kernel.lookup import one
from kalon.kernel.money import ZERO, exact
from kalon.kernel.numbers import next_number
from kalon.kernel.reasons import reason_given
from kalon.kernel.tenancy import verb
from kalon.people import queries as people

SUMS = ("taxable", "cgst", "sgst", "igst")


@verb
def void_bill(bill_id: UUID, reason: str, *, by: Actor) -> Bill:
    """Cancel a bill: a draft is dropped, a finalised one gets a credit note; money on it goes on account."""
    bill = locked_bill(bill_id, by=by)
    by.must(VOID_BILL, at=bill.branch_id, do="cancel bills")
    return cancel_bill(bill, reason_given(reason, "cancel the bill"), by=by)


@verb
def credit_line(bill_id: UUID, line_id: UUID, quantity: Decimal, reason: str, *, by: Actor) -> CreditNote | None:
    """Take back so much of one line of a finalised bill; what was paid for it goes on account. None for a free line."""
    bill = locked_bill(bill_id, by=by)
    by.must(VOID_BILL, at=bill.branch_id, do="give credit notes")
    must_not_be_closed(bill)
    line = one(bill.lines.filter(pk=line_id))
    if line is None:
        raise NotFound("There is no such line on this bill.")
    if bill.status == BillStatus.DRAFT:
        raise IllegalMove("This bill is a draft: change its line instead.", status_is=str(bill.status))
    if line.earns != BillLine.Earns.REVENUE:
        raise NotReady("This was sold to be used later. Take it back on its own page.")
    too_much = Invalid("More comes back than was billed. Write less.", field="quantity")
    before = line.credit_notes.aggregate(sum=Sum("quantity"))["sum"] or ZERO
    if not quantity.is_finite() or quantity <= 0 or before + quantity > line.quantity:
        raise too_much
    why = reason_given(reason, "take a line back")
    amounts = {name: _share(line, name, before + quantity) - _share(line, name, before) for name in SUMS}
    if not sum(amounts.values()):
        return None
    _free(bill, line, bill.allocated + bill.credited + sum(amounts.values()) - bill.total, why)
    with refusing({"billing_creditnote_over_line": too_much}):
        note = _credit(bill, amounts, why, by, line=line, quantity=quantity)
    count_again(bill)
    _tell(bill, by)
    return note


@verb
def credit_value(bill_id: UUID, line_id: UUID, taxable: Decimal, reason: str, *, by: Actor) -> CreditNote:
    """Take back so much of what one line of a numbered bill is worth before tax, and its tax in proportion.

    For what was sold to be used later: the part that was not used. What was paid for it goes on account.
    """
    bill = locked_bill(bill_id, by=by)
    by.must(VOID_BILL, at=bill.branch_id, do="give credit notes")
    must_not_be_closed(bill)
    line = one(bill.lines.filter(pk=line_id))
    if line is None or bill.status == BillStatus.DRAFT:
        raise NotFound("There is no such line on a numbered bill.")
    earlier = line.credit_notes.aggregate(count=Sum("quantity"), **{name: Sum(name) for name in SUMS})
    before = {name: earlier[name] or ZERO for name in (*SUMS, "count")}
    up_to = before["taxable"] + taxable
    if taxable != exact(taxable) or taxable <= 0 or up_to > line.taxable:
        raise Invalid("More comes back than was billed. Write less.", field="amount")
    why = reason_given(reason, "take a line back")
    amounts = {name: exact(getattr(line, name) * up_to / line.taxable) - before[name] for name in SUMS}
    left = line.quantity - before["count"]
    part = (line.quantity * taxable / line.taxable).quantize(Decimal("0.001"), rounding=ROUND_DOWN)
    quantity = left if up_to == line.taxable else min(max(part, Decimal("0.001")), left)
    _free(bill, line, bill.allocated + bill.credited + sum(amounts.values()) - bill.total, why)
    note = _credit(bill, amounts, why, by, line=line, quantity=quantity)
    count_again(bill)
    _tell(bill, by)
    return note


@verb
def release(bill_id: UUID, reason: str, *, by: Actor) -> Bill:
    """Take the money off a bill and keep it on the patient's account; the bill is owed again."""
    bill = locked_bill(bill_id, by=by)
    by.must(VOID_BILL, at=bill.branch_id, do="take money off bills")
    must_not_be_closed(bill)
    if bill.allocated == 0:
        raise Invalid("There is no money on this bill.")
    _release(bill, reason_given(reason, "take the money off the bill"))
    _tell(bill, by)
    return bill


@verb
def request_refund(payment_id: UUID, amount: Decimal, reason: str, key: str = "", *, by: Actor) -> Refund:
    """Ask for money on account to be paid back; it is held back from now on."""
    payment = locked_payment(payment_id, by=by)
    by.must(REFUND_MONEY, at=payment.branch_id, do="refund money")
    key = key or str(uuid4())
    if before := Refund.objects.filter(patient_id=payment.patient_id, key=key).first():
        if (before.payment_id, before.amount) != (payment.pk, amount):
            raise KeyReused("This key was used for another refund. Send a new key.")
        return before
    if amount <= 0 or amount != amount.quantize(Decimal("0.01")):
        raise Invalid("Write an amount above zero, with at most two places after the point.", field="amount")
    if amount > payment.on_account:
        free = rules.grouped(payment.on_account, payment.currency)
        raise Invalid(
            f"Only {free} of this payment is on account. Money on a bill is freed by cancelling the bill first.",
            field="amount",
        )
    refund = Refund(
        organization_id=payment.organization_id,
        patient_id=payment.patient_id,
        payment=payment,
        amount=amount,
        reason=reason_given(reason, "refund the money"),
        key=key,
        requested_by_id=by.user_id,
    )
    spent = Clash("This money was put somewhere else meanwhile. Look at the payment again.")
    with refusing({"billing_payment_over_allocated": spent, "billing_payment_not_received": spent}):
        return REFUND.born(refund, name="request")  # type: ignore[no-any-return]


@verb
def approve_refund(refund_id: UUID, *, by: Actor) -> Refund:
    """Agree that the money goes back; what was paid online the gateway is asked to pay back from now on."""
    from kalon.billing.actions.paying_back import send_refund

    refund = locked_refund(refund_id, by=by)
    REFUND.move(refund, "approve", by=by, approved_by_id=by.user_id)
    if is_online(refund):
        outbox.defer(send_refund, organization_id=refund.organization_id, refund_id=refund.pk)
    return refund


@verb
def refund_done(refund_id: UUID, reference: str = "", *, by: Actor) -> Refund:
    """The money is back with the patient. What was paid online is paid back when the gateway says so."""
    refund = locked_refund(refund_id, by=by)
    by.must(REFUND_MONEY, at=refund.payment.branch_id, do="refund money")
    if is_online(refund):
        raise IllegalMove("This goes back through the payment gateway, and is done when the gateway says so.")
    return mark_refunded(refund, reference, by=by)


@verb
def refund_failed(refund_id: UUID, reason: str, *, by: Actor) -> Refund:
    """The refund was turned down or did not go through; the money is on account again."""
    refund = locked_refund(refund_id, by=by)
    by.must(REFUND_MONEY, at=refund.payment.branch_id, do="refund money")
    if refund.status == RefundStatus.APPROVED and is_online(refund):
        raise IllegalMove("The payment gateway was asked to pay this back. Wait for its word.")
    REFUND.move(refund, "fail", by=by, reason=reason)
    return refund


def mark_refunded(refund: Refund, reference: str, *, by: Actor) -> Refund:
    """Record a locked refund as paid back, and tell who waits for it."""
    REFUND.move(refund, "done", by=by, reference=reference.strip()[:80], done_by_id=by.user_id)
    events.announce(
        RefundDone(refund.pk, refund.payment_id, refund.patient_id, refund.organization_id, refund.amount, by)
    )
    return refund


def is_online(refund: Refund) -> bool:
    """Whether a gateway has to pay it back."""
    return refund.payment.method == Payment.Method.ONLINE


def cancel_bill(bill: Bill, reason: str, *, by: Actor) -> Bill:
    """Drop a locked draft, or give what is finalised its credit note; whoever calls has asked for the right."""
    undo_discounts(bill)
    if bill.status == BillStatus.DRAFT:
        BILL.move(bill, "void", by=by, reason=reason)
        return bill
    must_not_be_closed(bill)
    if bill.total == 0:
        raise IllegalMove("This bill is over nothing: there is nothing to cancel.", status_is=str(bill.status))
    if obstacles := BILL.obstacles(BILL["void"], bill):
        raise NotReady(" ".join(obstacles), obstacles=obstacles)
    if bill.allocated:
        _release(bill, reason)
    note = _credit_all(bill, reason, by)
    count_again(bill)
    events.announce(BillCancelled(bill.pk, note.pk, bill.patient_id, bill.organization_id, bill.appointment_id, by))
    _tell(bill, by)
    return bill


def must_not_be_closed(bill: Bill) -> None:
    """Refuse what would change a bill that is cancelled or written off."""
    if bill.status in (BillStatus.VOID, BillStatus.WRITTEN_OFF):
        raise IllegalMove(
            f"Bill {bill} is {bill.get_status_display().lower()}: it stays as it is.", status_is=str(bill.status)
        )


def _tell(bill: Bill, by: Actor) -> None:
    events.announce(BillCorrected(bill.pk, bill.patient_id, bill.organization_id, by))


def _release(bill: Bill, reason: str) -> None:
    """Take every allocation off by its opposite; nothing is changed or removed."""
    standing = bill.allocations.order_by().values("payment_id", "bill_line_id").annotate(sum=Sum("amount"))
    for row in standing.filter(sum__gt=0).order_by("payment_id", "bill_line_id"):
        _take_off(bill, row, row["sum"], reason)
    count_again(bill)


def _free(bill: Bill, line: BillLine, amount: Decimal, reason: str) -> None:
    """Take so much money off a bill, from this line first, the latest payment first."""
    standing = bill.allocations.order_by().values("payment_id", "bill_line_id").annotate(sum=Sum("amount"))
    rows = [row for row in standing if row["sum"] > 0]
    for row in sorted(rows, key=lambda row: (row["bill_line_id"] == line.pk, row["payment_id"]), reverse=True):
        part = min(row["sum"], amount)
        if part <= 0:
            break
        _take_off(bill, row, part, reason)
        amount -= part
    count_again(bill)


def _take_off(bill: Bill, row: Any, amount: Decimal, reason: str) -> None:
    PaymentAllocation.objects.create(
        organization_id=bill.organization_id,
        patient_id=bill.patient_id,
        payment_id=row["payment_id"],
        bill=bill,
        bill_line_id=row["bill_line_id"],
        amount=-amount,
        reason=reason[:200],
    )


def _share(line: BillLine, name: str, quantity: Decimal) -> Decimal:
    """What so much of a line is worth: parts that follow each other sum to the whole."""
    return exact(getattr(line, name) * quantity / line.quantity)


def _credit_all(bill: Bill, reason: str, by: Actor) -> CreditNote:
    """Take back what earlier credit notes left of the bill."""
    earlier = bill.credit_notes.aggregate(**{name: Sum(name) for name in SUMS})
    amounts = {name: getattr(bill, name) - (earlier[name] or ZERO) for name in SUMS}
    return _credit(bill, amounts, reason, by)


def _credit(bill: Bill, amounts: dict[str, Decimal], reason: str, by: Actor, **of: Any) -> CreditNote:
    today = clock.today(bill.branch.timezone)
    year = rules.fiscal_year(today, people.organization(seen_by=by).country)
    serial = next_number("credit", branch_id=bill.branch_id, period=year)
    return CreditNote.objects.create(
        organization_id=bill.organization_id,
        patient_id=bill.patient_id,
        bill=bill,
        number=rules.credit_number(bill.branch.code, year, serial),
        credit_date=today,
        total=sum(amounts.values(), ZERO),
        reason=reason,
        issued_by_id=by.user_id,
        **amounts,
        **of,
    )
