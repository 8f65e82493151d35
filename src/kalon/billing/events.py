"""Facts billing announces, inside the transaction that made them true."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from kalon.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class BillFinalized:
    """A bill got its number and will not change any more."""

    bill_id: UUID
    patient_id: UUID
    organization_id: UUID
    appointment_id: UUID | None
    by: Actor


@dataclass(frozen=True, slots=True)
class MoneyPutOnBill:
    """Money was put on a bill, which may still owe some: a deposit, or the whole."""

    bill_id: UUID
    patient_id: UUID
    organization_id: UUID
    appointment_id: UUID | None
    by: Actor


@dataclass(frozen=True, slots=True)
class BillPaid:
    """Nothing is owed on a bill any more."""

    bill_id: UUID
    patient_id: UUID
    organization_id: UUID
    appointment_id: UUID | None
    by: Actor


@dataclass(frozen=True, slots=True)
class BillCancelled:
    """What was left of a numbered bill was taken back by a credit note."""

    bill_id: UUID
    credit_note_id: UUID
    patient_id: UUID
    organization_id: UUID
    appointment_id: UUID | None
    by: Actor


@dataclass(frozen=True, slots=True)
class BillCorrected:
    """A numbered bill was credited in part or as a whole, or money was taken off it."""

    bill_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor


@dataclass(frozen=True, slots=True)
class PaymentReceived:
    """Money came in; `allocated` of it went to bills, the rest is kept on account."""

    payment_id: UUID
    patient_id: UUID
    organization_id: UUID
    amount: Decimal
    allocated: Decimal
    by: Actor


@dataclass(frozen=True, slots=True)
class RefundDone:
    """Money went back to the patient."""

    refund_id: UUID
    payment_id: UUID
    patient_id: UUID
    organization_id: UUID
    amount: Decimal
    by: Actor
