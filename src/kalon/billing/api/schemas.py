"""How bills and payments look in JSON. Amounts are strings, as money is exact."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, Field, PlainSerializer

from kalon.billing.models import Bill, BillLine, Payment, Refund, WriteOff
from kalon.billing.queries import CancellingCosts, Statement

Money = Annotated[Decimal, PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2, allow_inf_nan=False)]


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not hold a NUL character")
    return text


Text = Annotated[str, AfterValidator(_without_nul)]


class DiscountStepOut(Schema):
    """One discount on a line: of which tier, in words, from which amount, and what it takes off."""

    tier: str
    words: str
    base: str
    amount: str


class BillLineOut(Schema):
    """One line of a bill."""

    id: UUID
    description: str
    note: str
    hsn_sac: str
    quantity: Decimal
    unit_price: Money
    discount: Money
    discount_steps: list[DiscountStepOut]
    taxable: Money
    tax_percent: Decimal
    cgst: Money
    sgst: Money
    igst: Money
    tax_note: str
    total: Money
    payer: str
    paid: Money


class PaymentOut(Schema):
    """Money received, or expected."""

    id: UUID
    status: str
    method: str
    amount: Money
    currency: str
    allocated: Money
    refunded: Money
    on_account: Money
    reference: str
    receipt_number: str | None
    received_at: datetime | None
    received_by: str
    expires_at: datetime | None
    checkout_url: str
    bill_id: UUID | None
    patient_id: UUID


class BillOut(Schema):
    """A bill as it stands in a list."""

    id: UUID
    number: str | None
    kind: str
    status: str
    document: str
    bill_date: date | None
    patient_id: UUID
    branch_id: UUID
    appointment_id: UUID | None
    currency: str
    taxable: Money
    cgst: Money
    sgst: Money
    igst: Money
    total: Money
    allocated: Money
    credited: Money
    written_off: Money
    owed: Money
    created_at: datetime


class CostsOut(Schema):
    """What cancelling a visit now costs: `taken` of what was paid, `kept` on the patient's account."""

    sentence: str
    free_until: datetime
    total: Money
    taken: Money
    kept: Money
    to_pay: Money
    currency: str


class BillDetailOut(BillOut):
    """A bill with its lines and payments."""

    lines: list[BillLineOut]
    payments: list[PaymentOut]


class RefundOut(Schema):
    """Money on its way back to a patient."""

    id: UUID
    status: str
    payment_id: UUID
    amount: Money
    reason: str
    reference: str


class StatementLineOut(Schema):
    """One movement: above zero it added to what the patient owes, below zero it took off."""

    date: date
    kind: str
    words: str
    amount: Money
    balance: Money
    bill_id: UUID | None
    payment_id: UUID | None


class OpenBillOut(Schema):
    """A bill that is owed, and for how many days."""

    bill_id: UUID
    number: str
    bill_date: date
    days: int
    owed: Money


class StatementOut(Schema):
    """A patient's account in some days. Balances above zero are owed by the patient, below zero held for them."""

    patient_id: UUID
    currency: str
    since: date
    until: date
    opening: Money
    closing: Money
    count: int
    start: int
    lines: list[StatementLineOut]
    on_account: Money
    deposits: Money
    owed: Money
    open_bills: list[OpenBillOut]


class WriteOffOut(Schema):
    """What is owed on a bill that somebody wants to give up: who asked, who decided."""

    id: UUID
    status: str
    bill_id: UUID
    patient_id: UUID
    amount: Money
    reason: str
    asked_by_name: str
    created_at: datetime
    decided_by_name: str
    decided_at: datetime | None
    decided_note: str


class BillIn(Schema):
    """A new draft."""

    patient_id: UUID
    branch_id: UUID
    appointment_id: UUID | None = None
    place_of_supply: Annotated[str, Field(pattern=r"^([0-9]{2})?$")] = ""
    buyer_gstin: Annotated[str, Field(max_length=15, pattern=r"^[0-9A-Z]*$")] = ""
    buyer_name: Annotated[Text, Field(max_length=300)] = ""
    buyer_address: Annotated[Text, Field(max_length=300)] = ""


class BillLineIn(Schema):
    """A service of the catalogue, or a description with its own price."""

    service_id: UUID | None = None
    description: Annotated[Text, Field(max_length=200)] = ""
    note: Annotated[Text, Field(max_length=200)] = ""
    quantity: Annotated[Decimal, Field(gt=0, max_digits=9, decimal_places=3, allow_inf_nan=False)] = Decimal(1)
    unit: Annotated[str, Field(pattern=r"^([A-Z]{3})?$", description="Unit quantity code, such as NOS")] = ""
    unit_price: Amount | None = None
    discount: Amount = Decimal("0.00")
    discount_reason: Annotated[Text, Field(max_length=200)] = ""
    hsn_sac: Annotated[str, Field(pattern=r"^[0-9]{0,8}$")] = ""
    tax_code: Annotated[Text, Field(max_length=40)] = ""
    payer: Annotated[str, Field(pattern=r"^(PATIENT|INSURER)$")] = "PATIENT"


class LineDiscountIn(Schema):
    """What is taken off a line of a draft: a discount of the clinic's or so much by hand, a coupon, points."""

    discount_id: UUID | None = None
    percent: Annotated[Decimal, Field(gt=0, le=100, max_digits=5, decimal_places=2)] | None = None
    amount: Amount | None = None
    reason: Annotated[Text, Field(max_length=80)] = ""
    coupon: Annotated[Text, Field(max_length=40)] = ""
    points: Annotated[int, Field(ge=0, le=10_000_000)] = 0


class PaymentIn(Schema):
    """Money taken at the desk."""

    method: Annotated[str, Field(pattern=r"^(CASH|CARD|UPI)$")]
    amount: Amount
    reference: Annotated[Text, Field(max_length=80)] = ""
    key: Annotated[Text, Field(max_length=120)] = ""


class AdvanceIn(Schema):
    """Money taken at the desk that no bill asks for yet; with a plan it is that plan's deposit."""

    branch_id: UUID
    method: Annotated[str, Field(pattern=r"^(CASH|CARD|UPI|BANK|FINANCE)$")]
    amount: Amount
    plan_id: UUID | None = None
    reference: Annotated[Text, Field(max_length=80)] = ""
    key: Annotated[Text, Field(max_length=120)] = ""


class TransferIn(Schema):
    """Money on account that is given to another patient."""

    to_patient_id: UUID
    amount: Amount
    reason: Annotated[Text, Field(max_length=500)] = ""
    key: Annotated[Text, Field(max_length=80)] = ""


class TransferOut(Schema):
    """Money on account that went to another patient: out of the one account, into the other."""

    id: UUID
    patient_id: UUID
    to_patient_id: UUID
    payment_id: UUID
    amount: Money
    reason: str
    made_by_name: str
    created_at: datetime


class PayIn(Schema):
    """Where to go back to after paying online: a path of this site."""

    amount: Annotated[
        Amount | None, Field(description="Empty: the deposit while one is due, else all that is owed")
    ] = None
    return_url: Annotated[Text, Field(max_length=300)] = ""
    key: Annotated[Text, Field(max_length=120)] = ""


class BillReasonIn(Schema):
    """Why."""

    reason: Annotated[Text, Field(max_length=500)] = ""


class RefundIn(Schema):
    """How much is to go back, and why."""

    amount: Amount
    reason: Annotated[Text, Field(max_length=500)] = ""
    key: Annotated[Text, Field(max_length=120)] = ""


class DoneIn(Schema):
    """The bank's reference of a refund."""

    reference: Annotated[Text, Field(max_length=80)] = ""


class ApplyIn(Schema):
    """The bill on which money on account is put."""

    bill_id: UUID


def line_out(line: BillLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in BillLineOut.model_fields}


def bill_out(bill: Bill) -> dict[str, Any]:
    return {name: getattr(bill, name) for name in BillOut.model_fields}


def payment_out(payment: Payment) -> dict[str, Any]:
    names = set(PaymentOut.model_fields) - {"received_by"}
    return {name: getattr(payment, name) for name in names} | {"received_by": payment.received_by_name}


def refund_out(refund: Refund) -> dict[str, Any]:
    return {name: getattr(refund, name) for name in RefundOut.model_fields}


def statement_out(made: Statement, start: int) -> dict[str, Any]:
    return {
        **{name: getattr(made, name) for name in ("currency", "since", "until", "opening", "closing", "count")},
        "patient_id": made.patient.pk,
        "start": start,
        "lines": [
            {name: getattr(line, name) for name in StatementLineOut.model_fields} for line in made.lines
        ],
        **{name: getattr(made.money, name) for name in ("on_account", "deposits", "owed")},
        "open_bills": [
            {"bill_id": row.bill.pk, "number": row.bill.number, "bill_date": row.bill.bill_date, "days": row.days,
             "owed": row.owed} for row in made.open_bills
        ],
    }  # fmt: skip


def write_off_out(row: WriteOff) -> dict[str, Any]:
    return {name: getattr(row, name) for name in WriteOffOut.model_fields}


def costs_out(costs: CancellingCosts) -> dict[str, Any]:
    return {name: getattr(costs, name) for name in CostsOut.model_fields}
