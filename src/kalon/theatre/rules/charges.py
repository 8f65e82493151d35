"""What of a case is charged beside its price: what was used beyond what the plan foresaw."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Used:
    """So much of an item that left the store for a case and did not come back; `part` is the part of a price it is."""

    movement_id: UUID
    item_id: UUID
    quantity: Decimal
    part: str


def beyond(used: Iterable[Used], foreseen: Mapping[UUID, Decimal], covered: set[str]) -> list[tuple[Used, Decimal]]:
    """What was used beyond what was foreseen, use by use, the first uses being the foreseen ones.

    `covered`: the parts of the price (implants, materials) that include all of their kind, because nobody counted
    beforehand how much of it there would be.
    """
    left = dict(foreseen)
    found = []
    for one in used:
        if one.part in covered:
            continue
        included = min(one.quantity, left.get(one.item_id, NONE))
        left[one.item_id] = left.get(one.item_id, NONE) - included
        if more := one.quantity - included:
            found.append((one, more))
    return found
