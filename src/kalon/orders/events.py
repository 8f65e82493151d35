"""Facts that this context announces, inside the transaction that made them true."""

from dataclasses import dataclass
from uuid import UUID

from kalon.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Ordered:
    """A laboratory or imaging examination was asked for."""

    order_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor


@dataclass(frozen=True, slots=True)
class Resulted:
    """Results came, or one was corrected: somebody has to look. `is_abnormal`: a value is outside its range."""

    order_id: UUID
    patient_id: UUID
    organization_id: UUID
    is_abnormal: bool
    by: Actor


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A doctor looked at the results of an order."""

    order_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """An order is not carried out."""

    order_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor
