"""Facts prescribing announces, inside the transaction that made them true."""

from dataclasses import dataclass
from uuid import UUID

from kalon.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class PrescriptionFinalized:
    """A prescription got its number and will not change any more."""

    prescription_id: UUID
    consultation_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor


@dataclass(frozen=True, slots=True)
class PrescriptionCancelled:
    """A prescription no longer holds."""

    prescription_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor


@dataclass(frozen=True, slots=True)
class MedicineHandedOut:
    """Something of a prescription left to its patient."""

    dispensing_id: UUID
    prescription_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor


@dataclass(frozen=True, slots=True)
class MedicineTakenBack:
    """Something that was handed out is back; `line_id` is the row that says so."""

    line_id: UUID
    prescription_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor
