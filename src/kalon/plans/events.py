"""What becomes true of plans, for those above to react to."""

from dataclasses import dataclass
from uuid import UUID

from kalon.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class PlanFact:
    """Something became true of one plan."""

    plan_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor


class PlanApproved(PlanFact):
    """A doctor or surgeon approved the plan: consent, quote and booking may begin."""


class PlanCompleted(PlanFact):
    """Everything that was planned is done."""


class PlanHeld(PlanFact):
    """The plan waits; what was prepared for it may be given back."""


class PlanResumed(PlanFact):
    """The plan goes on where it was put on hold; what changed meanwhile is looked at again."""


class PlanCancelled(PlanFact):
    """The plan will not be carried out."""


@dataclass(frozen=True, slots=True)
class SessionCompleted:
    """A session of a plan was held: what was used and what it costs may be settled."""

    session_id: UUID
    plan_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor


@dataclass(frozen=True, slots=True)
class SessionCancelled:
    """A session of a plan will not be held: what was prepared for it is given up."""

    session_id: UUID
    organization_id: UUID
    by: Actor


@dataclass(frozen=True, slots=True)
class FollowUpPlanned:
    """A patient is to be seen again, and nobody has booked it yet."""

    follow_up_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor


class ListTicked(PlanFact):
    """Something of the plan's list of before and after was ticked, or a tick was taken back."""
