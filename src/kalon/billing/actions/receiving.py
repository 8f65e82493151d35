"""Receiving money and putting it on lines: at the desk, from a gateway, or from what is on account."""

from decimal import Decimal, InvalidOperation
from uuid import UUID, uuid4

from kalon.billing import queries, rules
from kalon.billing.actions.locks import count_again, locked_bill, locked_payment
from kalon.billing.events import BillPaid, MoneyPutOnBill, PaymentReceived
from kalon.billing.lifecycles import PAYMENT, RECEIVED, TAKE_PAYMENT, BillStatus
from kalon.billing.models import Bill, Payment, PaymentAllocation
from kalon.kernel import clock, events
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, KeyReused
from kalon.kernel.money import exact
from kalon.kernel.numbers import next_number
from kalon.kernel.tenancy import verb
from kalon.people import queries as people

AT_THE_DESK = (Payment.Method.CASH, Payment.Method.CARD, Payment.Method.UPI, Payment.Method.BANK)
SPENT = Clash("This money was put somewhere else meanwhile. Look at the bill again.")
OVER_ALLOCATED = {
    "billing_bill_over_allocated": SPENT,
    "billing_payment_over_allocated": SPENT,
    "billing_payment_not_received": SPENT,
    "billing_paymentallocation_over_line": SPENT,
    "billing_bill_not_open": SPENT,
    "billing_paymentallocation_of_plan": Invalid("This is a deposit, kept for the bills of its plan.", field="payment"),
}


@verb
def take_payment(
    bill_id: UUID, method: str, amount: Decimal, reference: str = "", key: str = "", *, by: Actor
) -> Payment:
    """Record cash, card or UPI received at the desk for a bill; the same key again is the same payment."""
    bill = locked_bill(bill_id, by=by)
    by.must(TAKE_PAYMENT, at=bill.branch_id, do="take payments")
    key = key or str(uuid4())
    if before := Payment.objects.filter(patient_id=bill.patient_id, key=key).first():
        return _the_same(before, bill_id=bill.pk, method=method, amount=amount, reference=reference)
    if method not in AT_THE_DESK:
        raise Invalid("Choose cash, card, UPI or a bank transfer.", field="method")
    must_be_open(bill)
    payment = Payment(
        organization_id=bill.organization_id,
        patient_id=bill.patient_id,
        branch=bill.branch,
        bill=bill,
        method=method,
        amount=at_most_owed(amount, bill),
        currency=bill.currency,
        key=key,
        reference=reference.strip()[:80],
    )
    with refusing({"billing_payment_key_once": KeyReused("This key was used for another payment. Send a new key.")}):
        PAYMENT.born(payment)
    mark_received(payment, by=by)
    return put_on_bill(payment, bill, payment.amount, by=by)


@verb
def apply_on_account(payment_id: UUID, bill_id: UUID, *, at_most: Decimal | None = None, by: Actor) -> Payment:
    """Put a payment's money that is on account on one of the patient's open bills, as much as is owed or `at_most`."""
    bill = locked_bill(bill_id, by=by)
    by.must(TAKE_PAYMENT, at=bill.branch_id, do="take payments")
    payment = locked_payment(payment_id, by=by)
    if payment.patient_id != bill.patient_id:
        raise Invalid("This money is another patient's.", field="payment")
    must_be_open(bill)
    amount = min(payment.on_account, queries.owed_to(payment, bill))
    if at_most is not None:
        amount = min(amount, at_most_owed(at_most, bill))
    if amount <= 0 and payment.on_account > 0:
        raise OVER_ALLOCATED["billing_paymentallocation_of_plan"]
    if amount <= 0:
        raise Invalid("Nothing of this payment is on account.", field="payment")
    return put_on_bill(payment, bill, amount, by=by)


def must_be_open(bill: Bill) -> None:
    """Refuse money for a bill that owes nothing, in words that say why."""
    if bill.is_open:
        return
    if bill.status == BillStatus.DRAFT:
        raise IllegalMove("Finalise the bill first, then take the payment.", status_is=str(bill.status))
    raise IllegalMove(
        f"Bill {bill} is {bill.get_status_display().lower()}: nothing is owed on it.", status_is=str(bill.status)
    )


def mark_received(payment: Payment, *, by: Actor, gateway_reference: str = "", reference: str = "") -> None:
    """The money is here: the payment gets its receipt number."""
    organization = people.organization(seen_by=by)
    year = rules.fiscal_year(clock.today(payment.branch.timezone), organization.country)
    serial = next_number("receipt", branch_id=payment.branch_id, period=year)
    PAYMENT.move(
        payment,
        "succeed",
        by=by,
        receipt_number=rules.receipt_number(payment.branch.code, year, serial),
        received_at=clock.now(),
        received_by_id=by.user_id,
        received_by_name=by.name[:120],
        gateway_reference=gateway_reference,
        reference=reference or payment.reference,
    )


def put_on_bill(payment: Payment, bill: Bill, amount: Decimal, *, by: Actor) -> Payment:
    """Allocate received money to the lines of a locked bill, and tell who waits for it."""
    put_on_lines(payment, bill, amount)
    tell(payment, by=by)
    fact = (bill.pk, bill.patient_id, bill.organization_id, bill.appointment_id, by)
    events.announce(MoneyPutOnBill(*fact))
    if bill.status == BillStatus.PAID:
        events.announce(BillPaid(*fact))
    return payment


def put_on_lines(payment: Payment, bill: Bill, amount: Decimal) -> None:
    """Write the allocations, the patient's own lines first; the database counts them or refuses."""
    lines = queries.lines_for(payment, bill)
    with refusing(OVER_ALLOCATED):
        for share in rules.shares_of(amount, [(line.pk, line.total - line.paid) for line in lines]):
            PaymentAllocation.objects.create(
                organization_id=bill.organization_id,
                patient_id=bill.patient_id,
                payment=payment,
                bill=bill,
                bill_line_id=share.line_id,
                amount=share.amount,
            )
    count_again(bill)
    count_again(payment)


def tell(payment: Payment, *, by: Actor) -> None:
    events.announce(
        PaymentReceived(payment.pk, payment.patient_id, payment.organization_id, payment.amount, payment.allocated, by)
    )


def at_most_owed(amount: Decimal, bill: Bill) -> Decimal:
    """An amount of money that a bill can take, or a refusal that says how much it can."""
    try:
        wanted = exact(amount)
    except InvalidOperation:
        raise Invalid("This is not an amount of money.", field="amount") from None
    if wanted != amount or wanted <= 0:
        raise Invalid("Write an amount above zero, with at most two places after the point.", field="amount")
    if wanted > bill.owed:
        raise Invalid(
            f"Only {rules.grouped(bill.owed, bill.currency)} is owed on this bill. Take that, or less.", field="amount"
        )
    return wanted


def _the_same(before: Payment, **asked: object) -> Payment:
    """A repeated request gets the payment it made; the same key for something else is refused."""
    if any(getattr(before, name) != value for name, value in asked.items()) or before.status not in RECEIVED:
        raise KeyReused("This key was used for another payment. Send a new key.")
    return before
