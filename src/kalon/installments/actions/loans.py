"""Money that somebody else lends: the patient owes the lender, the lender pays the clinic."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from kalon.billing import actions as billing
from kalon.billing.lifecycles import TAKE_PAYMENT
from kalon.installments import rules
from kalon.installments.actions.locks import accepted_quote, locked_loan
from kalon.installments.lifecycles import FINANCING, MANAGE, LoanStatus
from kalon.installments.models import Financing
from kalon.installments.rules.words import cash
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid
from kalon.kernel.reasons import reason_given
from kalon.kernel.tenancy import verb

FINANCE = "FINANCE"  # billing's word for a payment that a lender makes
KNOWN = Clash("This loan is written down already: the same lender and the same reference.")


@verb
def record_financing(
    quote_id: UUID, *, lender: str, reference: str, approved: Decimal, approved_date: date | None = None, by: Actor
) -> Financing:
    """Write down that a lender approved so much for an accepted quote. No money moves yet."""
    quote = accepted_quote(quote_id, by=by)
    by.must(MANAGE, at=quote.branch_id, do="record loans")
    lender, reference = " ".join(lender.split()), " ".join(reference.split())
    if not lender or len(lender) > 120:
        raise Invalid("Write who lends the money, in at most 120 characters.", field="lender")
    if not reference or len(reference) > 80:
        raise Invalid("Write the lender's reference, in at most 80 characters.", field="reference")
    if _amount(approved, "approved") > quote.total:
        raise Invalid(f"The quote comes to {cash(quote.total, quote.currency)}. Write that, or less.", field="approved")
    today = clock.today(quote.branch.timezone)
    if (approved_date or today) > today:
        raise Invalid("The day of the approval cannot lie in the future.", field="approved_date")
    loan = Financing(
        organization_id=quote.organization_id,
        patient_id=quote.patient_id,
        branch=quote.branch,
        quote=quote,
        plan_id=quote.plan_id,
        lender=lender,
        reference=reference,
        approved=approved,
        approved_date=approved_date or today,
        currency=quote.currency,
        recorded_by_name=by.name[:120],
    )
    with refusing({"installments_financing_once": KNOWN}):
        return FINANCING.born(loan, name="approve")  # type: ignore[no-any-return]


@verb
def loan_paid_out(financing_id: UUID, *, amount: Decimal, reference: str = "", by: Actor) -> Financing:
    """The lender's money is here: it counts for the treatment, and the patient owes the clinic so much less."""
    loan = locked_loan(financing_id, by=by)
    by.must(MANAGE, at=loan.branch_id, do="record loans")
    by.must(TAKE_PAYMENT, at=loan.branch_id, do="take payments")
    if loan.status == LoanStatus.PAID_OUT and loan.payment is not None and loan.payment.amount == amount:
        return loan
    FINANCING.guard(loan, "pay_out", by=by)
    if _amount(amount, "amount") > loan.approved:
        raise Invalid(f"The lender approved {cash(loan.approved, loan.currency)}. Write that, or less.", field="amount")
    payment = billing.receive_advance(
        loan.patient_id,
        loan.branch_id,
        FINANCE,
        amount,
        plan_id=loan.plan_id,
        reference=reference.strip() or f"{loan.lender} {loan.reference}"[:80],
        key=f"loan:{loan.pk}",
        by=by,
    )
    FINANCING.move(loan, "pay_out", by=by, payment_id=payment.pk)
    return loan


@verb
def withdraw_financing(financing_id: UUID, *, reason: str, by: Actor) -> Financing:
    """The loan is off: the lender or the patient thought better of it before any money came."""
    loan = locked_loan(financing_id, by=by)
    by.must(MANAGE, at=loan.branch_id, do="record loans")
    FINANCING.move(loan, "withdraw", by=by, reason=reason_given(reason, "withdraw the loan"))
    return loan


def _amount(amount: Decimal, field: str) -> Decimal:
    try:
        rules.kept_clear(amount, field=field)
    except rules.NoSchedule as refusal:
        raise Invalid(str(refusal), field=field) from None
    if amount <= 0:
        raise Invalid("Write an amount above zero.", field=field)
    return amount
