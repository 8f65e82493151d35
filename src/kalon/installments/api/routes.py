"""/api/quotes/{id}/payment-plan, /api/payment-plans, /api/financing: one call to a verb or a query each."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from kalon.api import Page, Router, paged
from kalon.installments import actions, queries
from kalon.installments.api import schemas
from kalon.installments.api.schemas import (
    InPartsOut,
    InstallmentOut,
    InstallmentPaymentOut,
    LoanOut,
    PaymentPlanDetailOut,
    PaymentPlanOut,
    loan_out,
    part_out,
    payment_out,
    plan_out,
)
from kalon.installments.lifecycles import PlanStatus
from kalon.kernel import audit
from kalon.kernel.errors import Invalid
from kalon.web.fronts import actor_of

of_quotes = Router(tags=["payment plans"])
payment_plans = Router(tags=["payment plans"])
financing = Router(tags=["payment plans"])


@of_quotes.post("/{uuid:quote_id}/payment-plan", response={201: PaymentPlanDetailOut})
def make_plan(request: HttpRequest, quote_id: UUID, body: schemas.PaymentPlanIn) -> tuple[int, dict[str, Any]]:
    """Agree that an accepted quote is paid in parts."""
    asked = body.dict()
    asked["key"] = body.key or request.headers.get("Idempotency-Key", "")[:120]
    return 201, _detail(request, actions.make_plan(quote_id, **asked, by=actor_of(request)).pk)


@of_quotes.post("/{uuid:quote_id}/payment-plan/parts", response={202: InPartsOut})
def choose_parts(request: HttpRequest, quote_id: UUID, body: schemas.InPartsIn) -> tuple[int, dict[str, Any]]:
    """A patient chooses in how many parts to pay their own quote."""
    offer = actions.choose_parts(quote_id, count=body.count, by=actor_of(request))
    parts = [{"due_date": part.due_date.isoformat(), "amount": f"{part.amount:.2f}"} for part in offer.parts]
    return 202, {"frequency": str(offer.frequency), "parts": parts}


@of_quotes.post("/{uuid:quote_id}/financing", response={201: LoanOut})
def record_financing(request: HttpRequest, quote_id: UUID, body: schemas.LoanIn) -> tuple[int, dict[str, Any]]:
    """Write down what a lender approved for an accepted quote."""
    return 201, loan_out(actions.record_financing(quote_id, **body.dict(), by=actor_of(request)))


@payment_plans.get("", response=Page[PaymentPlanOut])
def list_plans(
    request: HttpRequest, status: str = "", patient_id: UUID | None = None, cursor: str = "", limit: str = ""
) -> dict[str, Any]:
    """Payment plans, newest first; by status and patient where asked."""
    by = actor_of(request)
    rows = queries.payment_plans(seen_by=by)
    if status:
        if status not in PlanStatus.values:
            raise Invalid("There is no such status.", field="status")
        rows = rows.filter(status=status)
    if patient_id:
        rows = rows.filter(patient_id__person=patient_id)
    return paged(request, rows, plan_out, seen=lambda shown: audit.reads(by, shown, purpose="payment plans"))


@payment_plans.get("/{uuid:payment_plan_id}", response=PaymentPlanDetailOut)
def read_plan(request: HttpRequest, payment_plan_id: UUID) -> dict[str, Any]:
    """One payment plan with its parts."""
    return _detail(request, payment_plan_id)


@payment_plans.get("/{uuid:payment_plan_id}/installments", response=list[InstallmentOut])
def list_installments(request: HttpRequest, payment_plan_id: UUID) -> list[dict[str, Any]]:
    """The schedule: every part with its day, its amount and what is paid of it."""
    by = actor_of(request)
    agreement = queries.payment_plan(payment_plan_id, seen_by=by)
    audit.read(by, agreement, purpose="instalments")
    return [part_out(part) for part in queries.parts_of(agreement)]


@payment_plans.get("/{uuid:payment_plan_id}/agreement.pdf", response={200: bytes})
def agreement(request: HttpRequest, payment_plan_id: UUID) -> HttpResponse:
    """The agreement on paper."""
    headers = {"Content-Disposition": 'inline; filename="payment-plan.pdf"', "Cache-Control": "private, no-store"}
    pdf = actions.agreement_pdf(payment_plan_id, by=actor_of(request))
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


@payment_plans.post("/{uuid:payment_plan_id}/replan", response={201: PaymentPlanDetailOut})
def replan(request: HttpRequest, payment_plan_id: UUID, body: schemas.ReplanIn) -> tuple[int, dict[str, Any]]:
    """Agree on new dates: a new payment plan that names this one."""
    return 201, _detail(request, actions.replan(payment_plan_id, **body.dict(), by=actor_of(request)).pk)


@payment_plans.post("/{uuid:payment_plan_id}/cancel", response=PaymentPlanDetailOut)
def cancel(request: HttpRequest, payment_plan_id: UUID, body: schemas.InstallmentReasonIn) -> dict[str, Any]:
    """End the agreement."""
    return _detail(request, actions.cancel(payment_plan_id, reason=body.reason, by=actor_of(request)).pk)


@payment_plans.post("/{uuid:payment_plan_id}/default", response=PaymentPlanDetailOut)
def default(request: HttpRequest, payment_plan_id: UUID, body: schemas.InstallmentReasonIn) -> dict[str, Any]:
    """Say that the agreement is broken."""
    return _detail(request, actions.default(payment_plan_id, reason=body.reason, by=actor_of(request)).pk)


@payment_plans.post("/{uuid:payment_plan_id}/settle", response={201: InstallmentPaymentOut})
def settle(request: HttpRequest, payment_plan_id: UUID, body: schemas.SettleEarlyIn) -> tuple[int, dict[str, Any]]:
    """Take everything that is still to come, at the desk."""
    return 201, payment_out(actions.settle_early(payment_plan_id, **_keyed(request, body), by=actor_of(request)))


@payment_plans.post("/installments/{uuid:installment_id}/payments", response={201: InstallmentPaymentOut})
def pay(request: HttpRequest, installment_id: UUID, body: schemas.InstallmentPayIn) -> tuple[int, dict[str, Any]]:
    """Take money for one instalment, at the desk."""
    return 201, payment_out(actions.pay(installment_id, **_keyed(request, body), by=actor_of(request)))


@payment_plans.post("/installments/{uuid:installment_id}/waive", response=InstallmentOut)
def waive(request: HttpRequest, installment_id: UUID, body: schemas.InstallmentReasonIn) -> dict[str, Any]:
    """Let the patient off one instalment."""
    return part_out(actions.waive(installment_id, reason=body.reason, by=actor_of(request)))


@financing.get("", response=list[LoanOut])
def list_loans(request: HttpRequest, patient_id: UUID) -> list[dict[str, Any]]:
    """The loans that lenders approved for a patient."""
    by = actor_of(request)
    rows = list(queries.loans_of(patient_id, seen_by=by)[:50])
    audit.reads(by, rows, purpose="loans")
    return [loan_out(loan) for loan in rows]


@financing.post("/{uuid:financing_id}/paid-out", response=LoanOut)
def paid_out(request: HttpRequest, financing_id: UUID, body: schemas.LoanPaidOutIn) -> dict[str, Any]:
    """The lender's money is here."""
    return loan_out(actions.loan_paid_out(financing_id, **body.dict(), by=actor_of(request)))


@financing.post("/{uuid:financing_id}/withdraw", response=LoanOut)
def withdraw(request: HttpRequest, financing_id: UUID, body: schemas.InstallmentReasonIn) -> dict[str, Any]:
    """The loan is off."""
    return loan_out(actions.withdraw_financing(financing_id, reason=body.reason, by=actor_of(request)))


def _detail(request: HttpRequest, payment_plan_id: UUID) -> dict[str, Any]:
    by = actor_of(request)
    agreement = queries.payment_plan(payment_plan_id, seen_by=by)
    audit.read(by, agreement, purpose="payment plan")
    return {**plan_out(agreement), "installments": [part_out(part) for part in queries.parts_of(agreement)]}


def _keyed(request: HttpRequest, body: schemas.InstallmentPayIn | schemas.SettleEarlyIn) -> dict[str, Any]:
    return {**body.dict(), "key": body.key or request.headers.get("Idempotency-Key", "")[:120]}
