"""Facts installments announces, inside the transaction that made them true."""

from dataclasses import dataclass
from uuid import UUID

from kalon.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class PaymentPlanMade:
    """Paying in parts was agreed; one that names a predecessor took its place."""

    payment_plan_id: UUID
    quote_id: UUID
    plan_id: UUID
    patient_id: UUID
    organization_id: UUID
    predecessor_id: UUID | None
    by: Actor


@dataclass(frozen=True, slots=True)
class PaymentPlanDefaulted:
    """The agreement counts as broken: the parts did not come."""

    payment_plan_id: UUID
    plan_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor
