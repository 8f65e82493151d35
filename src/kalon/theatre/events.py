"""What becomes true of clearances and cases, for those above to react to."""

from dataclasses import dataclass
from uuid import UUID

from kalon.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class ClearanceFact:
    """Something became true of one clearance."""

    clearance_id: UUID
    plan_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor


class PatientCleared(ClearanceFact):
    """Every line of before the day is answered: the patient may be operated on that date."""


class ClearanceEnded(ClearanceFact):
    """A clearance holds no longer: its time is over, its date moved, or what answered a line does not any more."""
