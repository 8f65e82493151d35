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


@dataclass(frozen=True, slots=True)
class CaseFact:
    """Something became true of one surgical case."""

    case_id: UUID
    plan_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor


class CaseScheduled(CaseFact):
    """A case stands, with its theatre and its date."""


class CaseStarted(CaseFact):
    """The patient is in theatre."""


class CaseStartUndone(CaseFact):
    """The case was started by mistake: it waits for its day again."""


class CaseCompleted(CaseFact):
    """The operation is done: what was used may be billed, what was kept and not used is given back."""


class CaseAborted(CaseFact):
    """The operation was begun and not done."""


class CaseCancelled(CaseFact):
    """The case will not take place; what was kept for it may be given back."""
