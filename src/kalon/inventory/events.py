"""Facts the store announces, inside the transaction that made them true."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from kalon.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Source:
    """What a movement was for: the kind of paper ("charts.Chart", "prescribing.Dispensing") and its id."""

    kind: str
    id: UUID


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
