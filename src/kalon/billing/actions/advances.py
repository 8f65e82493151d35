"""Money that comes before a bill: into the patient's wallet, or as a deposit for a plan."""

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID, uuid4

from kalon.billing.actions.locks import hold_bills_of_plan, locked_payment
from kalon.billing.actions.prices import MOST
from kalon.billing.actions.receiving import AT_THE_DESK, mark_received, tell
from kalon.billing.lifecycles import PAYMENT, RECEIVED, TAKE_PAYMENT, VOID_BILL
from kalon.billing.models import Payment
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, KeyReused
from kalon.kernel.money import exact
from kalon.kernel.reasons import reason_given
from kalon.kernel.tenancy import verb
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.plans import queries as plans

REUSED = KeyReused("This key was used for another payment. Send a new key.")


@verb
def receive_advance(
    patient_id: UUID,
    branch_id: UUID,
    method: str,
    amount: Decimal,
    *,
    plan_id: UUID | None = None,
    reference: str = "",
    key: str = "",
    by: Actor,
) -> Payment:
    """Take money at the desk that no bill asks for yet: it stays on account, or is the deposit of a plan."""
    by.must(TAKE_PAYMENT, at=branch_id, do="take payments")
    patient = patients.patient(patient_id, seen_by=by)
    if plan_id is not None:
        must_be_theirs(plan_id, patient, by=by)
    key = key or str(uuid4())
    asked = {"branch_id": branch_id, "plan_id": plan_id, "method": method, "amount": amount, "bill_id": None}
    if before := Payment.objects.filter(patient_id=patient.pk, key=key).first():
        return same_advance(before, **asked)
    if method not in (*AT_THE_DESK, Payment.Method.FINANCE):
        raise Invalid("Choose cash, card, UPI or a bank transfer.", field="method")
    payment = Payment(
        organization_id=patient.organization_id,
        patient=patient,
        branch=people.branch(branch_id, seen_by=by),
        plan_id=plan_id,
        method=method,
        amount=whole_amount(amount),
        currency=people.organization(seen_by=by).currency,
        key=key,
        reference=reference.strip()[:80],
    )
    if plan_id is not None:
        hold_bills_of_plan(plan_id, by=by)
    with refusing({"billing_payment_key_once": REUSED}):
        PAYMENT.born(payment)
    mark_received(payment, by=by)
    tell(payment, by=by)
    return payment


@verb
def receive_voucher(
    patient_id: UUID, branch_id: UUID, amount: Decimal, *, reference: str, key: str, by: Actor
) -> Payment:
    """Put what was redeemed of a gift voucher on a patient's account; `key` names the row that redeemed it."""
    by.must(TAKE_PAYMENT, at=branch_id, do="take payments")
    patient = patients.patient(patient_id, seen_by=by)
    payment = Payment(
        organization_id=patient.organization_id,
        patient=patient,
        branch=people.branch(branch_id, seen_by=by),
        method=Payment.Method.VOUCHER,
        amount=whole_amount(amount),
        currency=people.organization(seen_by=by).currency,
        key=key,
        reference=reference.strip()[:80],
    )
    with refusing({"billing_payment_key_once": REUSED}):
        PAYMENT.born(payment)
    mark_received(payment, by=by)
    tell(payment, by=by)
    return payment


@verb
def free_deposit(payment_id: UUID, reason: str, *, by: Actor) -> Payment:
    """Free a deposit from its plan: from now on it is ordinary money on account."""
    payment = locked_payment(payment_id, by=by)
    by.must(VOID_BILL, at=payment.branch_id, do="free deposits")
    if payment.plan_id is None:
        raise Invalid("This money is not a deposit.", field="payment")
    why = reason_given(reason, "free the deposit")
    payment.plan = None
    on_a_bill = Clash("A part of this deposit is on a bill. Take it off that bill first.")
    with refusing({"billing_payment_fixed": on_a_bill}):
        payment.save(update_fields=["plan"])
    audit.note(by, audit.Kind.CHANGE, payment, reason=why, purpose="a deposit freed from its plan")
    return payment


def must_be_theirs(plan_id: UUID, patient: Any, *, by: Actor) -> None:
    """Refuse a plan that is not the patient's."""
    if plans.paid_for(plan_id, seen_by=by).patient_id != patient.pk:
        raise Invalid("This plan is another patient's.", field="plan")


def whole_amount(amount: Decimal) -> Decimal:
    """An amount of money above zero, to the paisa and not absurd."""
    try:
        wanted = exact(amount)
    except InvalidOperation:
        raise Invalid("This is not an amount of money.", field="amount") from None
    if wanted != amount or wanted <= 0 or wanted > MOST:
        raise Invalid("Write an amount above zero, with at most two places after the point.", field="amount")
    return wanted


def same_advance(before: Payment, **asked: object) -> Payment:
    """A repeated request gets the payment it made; the same key for something else is refused."""
    if any(getattr(before, name) != value for name, value in asked.items()) or before.status not in RECEIVED:
        raise REUSED
    return before
