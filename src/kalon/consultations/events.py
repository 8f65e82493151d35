"""What becomes true in a consultation, for those above to react to."""

from dataclasses import dataclass
from uuid import UUID

from kalon.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class ConsultationBorn:
    """An appointment was confirmed and its encounter stands, so questionnaires can attach."""

    consultation_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor


@dataclass(frozen=True, slots=True)
class OutcomeRecorded:
    """The doctor decided; `outcome` is one of `lifecycles.Outcome`."""

    consultation_id: UUID
    patient_id: UUID
    organization_id: UUID
    outcome: str
    by: Actor


@dataclass(frozen=True, slots=True)
class OutcomeReopened:
    """The decision was taken back before it was signed; what rested on it no longer stands."""

    consultation_id: UUID
    patient_id: UUID
    organization_id: UUID
    reason: str
    by: Actor


@dataclass(frozen=True, slots=True)
class ConsultationClosed:
    """The note is signed and sealed; the patient may read the summary."""

    consultation_id: UUID
    appointment_id: UUID | None
    patient_id: UUID
    organization_id: UUID
    outcome: str
    by: Actor
