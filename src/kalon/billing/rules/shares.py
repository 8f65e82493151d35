"""Putting money on lines: in the order of the bill, each line filled before the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a payment goes to one line."""

    line_id: UUID
    amount: Decimal


def shares_of(amount: Decimal, owed: Sequence[tuple[UUID, Decimal]]) -> list[Share]:
    """The parts of an amount, line by line; what no line can take is left over for the account."""
    shares, left = [], amount
    for line_id, line_owed in owed:
        part = min(left, line_owed)
        if part > 0:
            shares.append(Share(line_id, part))
            left -= part
    return shares
