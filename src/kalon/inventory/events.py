"""Facts the store announces, inside the transaction that made them true."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid


@dataclass(frozen=True, slots=True)
class Source:
    """What a movement was for: the kind of paper ("charts.Chart", "prescribing.Dispensing") and its id."""

    kind: str
    id: UUID

    @classmethod
    def read(cls, text: "str | Source") -> "Source":
        """The paper that a short text names: "plan:<uuid>", "case:<uuid>", "session:<uuid>"."""
        if isinstance(text, Source):
            return text
        kind, _, pk = text.partition(":")
        try:
            return cls(kind[:60], UUID(pk)) if kind else _unnamed()
        except ValueError:
            return _unnamed()

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


def _unnamed() -> Source:
    raise Invalid("Say what it is for: a plan, a case or a session.", field="source")


@dataclass(frozen=True, slots=True)
class Issued:
    """A quantity of one batch left the store for a patient; in the item's unit of stock."""

    movement_id: UUID
    item_id: UUID
    batch_id: UUID
    batch_number: str
    expires_on: date | None
    quantity: Decimal
    location_id: UUID
    branch_id: UUID
    patient_id: UUID
    organization_id: UUID
    source: Source
    by: Actor


@dataclass(frozen=True, slots=True)
class Returned:
    """A quantity that was issued is back on its shelf; `issue_id` is the movement it came from."""

    movement_id: UUID
    issue_id: UUID
    item_id: UUID
    batch_id: UUID
    quantity: Decimal
    patient_id: UUID
    organization_id: UUID
    source: Source
    by: Actor


@dataclass(frozen=True, slots=True)
class ImplantFact:
    """Something became true of one implant and the patient it is in."""

    implant_id: UUID
    unit_id: UUID
    plan_id: UUID
    patient_id: UUID
    organization_id: UUID
    source: Source
    by: Actor


class UnitImplanted(ImplantFact):
    """A piece was put into its patient, and stands in the registry."""


class UnitExplanted(ImplantFact):
    """A piece was taken out of its patient again."""


@dataclass(frozen=True, slots=True)
class ReservationFact:
    """Something became true of what is put aside for a plan."""

    reservation_id: UUID
    plan_id: UUID
    patient_id: UUID
    organization_id: UUID
    source: Source
    by: Actor


class ReservationMade(ReservationFact):
    """Something was put aside for a plan."""


class ReservationReleased(ReservationFact):
    """What was put aside for a plan is not any more, and was not all used; a clearance that rested on it reopens."""
