"""How payment plans look in JSON. Amounts are strings, as money is exact."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, Field, PlainSerializer

from kalon.installments.models import Financing, Installment, PaymentPlan

Money = Annotated[Decimal, PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2, allow_inf_nan=False)]


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not hold a NUL character")
    return text


Text = Annotated[str, AfterValidator(_without_nul)]
Short = Annotated[str, Field(max_length=120), AfterValidator(_without_nul)]


class PaymentPlanIn(Schema):
    """How a quote is paid in parts: something today, then equal instalments; the last one brings the rest."""

    down_payment: Amount
    count: int
    frequency: Text
    first_date: date
    key: Short = ""


class ReplanIn(Schema):
    """New dates for what is still to come."""

    count: int
    frequency: Text
    first_date: date
    reason: Text
    key: Short = ""


class InPartsIn(Schema):
    """A patient chooses to pay in so many parts, the first of them now."""

    count: int


class InstallmentReasonIn(Schema):
    reason: Text


class InstallmentPayIn(Schema):
    """Money at the desk. Without an amount: all that is to come up to this instalment."""

    method: Text
    amount: Amount | None = None
    reference: Text = ""
    key: Short = ""


class SettleEarlyIn(Schema):
    method: Text
    reference: Text = ""
    key: Short = ""


class LoanIn(Schema):
    """What a lender approved."""

    lender: Text
    reference: Text
    approved: Amount
    approved_date: date | None = None


class LoanPaidOutIn(Schema):
    amount: Amount
    reference: Text = ""


class InstallmentOut(Schema):
    """One part; position 0 is what is paid at the beginning."""

    id: UUID
    position: int
    due_date: date
    amount: Money
    paid: Money
    owed: Money
    status: str
    waived_reason: str


class PaymentPlanOut(Schema):
    """An agreement to pay in parts, and how it stands."""

    id: UUID
    number: str
    status: str
    patient_id: UUID
    branch_id: UUID
    quote_id: UUID
    plan_id: UUID
    predecessor_id: UUID | None
    total: Money
    currency: str
    received: Money
    waived: Money
    owed: Money
    frequency: str
    count: int
    first_date: date
    next_date: date | None
    overdue: int
    late: Money
    created_at: datetime


class PaymentPlanDetailOut(PaymentPlanOut):
    installments: list[InstallmentOut]


class InPartsOut(Schema):
    """What was chosen: it is written down in a moment."""

    frequency: str
    parts: list[dict[str, Any]]


class InstallmentPaymentOut(Schema):
    """The payment that was made; billing knows more of it."""

    id: UUID
    status: str
    method: str
    amount: Money
    receipt_number: str | None


class LoanOut(Schema):
    """A loan of somebody else's: the patient owes the lender."""

    id: UUID
    status: str
    patient_id: UUID
    quote_id: UUID
    lender: str
    reference: str
    approved: Money
    approved_date: date
    currency: str
    payment_id: UUID | None


def plan_out(agreement: PaymentPlan) -> dict[str, Any]:
    """A payment plan of `queries.payment_plans`, as JSON."""
    return {name: getattr(agreement, name) for name in PaymentPlanOut.model_fields}


def part_out(part: Installment) -> dict[str, Any]:
    return {name: getattr(part, name) for name in InstallmentOut.model_fields}


def loan_out(loan: Financing) -> dict[str, Any]:
    return {name: getattr(loan, name) for name in LoanOut.model_fields}


def payment_out(payment: Any) -> dict[str, Any]:
    return {name: getattr(payment, name) for name in InstallmentPaymentOut.model_fields}
