"""What a package is worth: how its price is shared over its sessions, and what comes back of it."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from kalon.kernel.money import ZERO, split


def shares(value: Decimal, items: Sequence[tuple[Decimal, int]]) -> list[Decimal]:
    """The part of a package's price that each service takes, by its own price and how often it is held, to the paisa.

    `items` are (price of one session, how often).
    """
    return split(value, [price * quantity for price, quantity in items])


def comes_back(left: Decimal, paid: Decimal, used: Iterable[tuple[Decimal, int]] | None) -> Decimal:
    """What is paid back of a package: all that is left, or the price less the used sessions at their single price.

    `used` are (price of a single session, how many were used), None where a session counts its share of the price.
    Never more than is left, never less than nothing.
    """
    if used is None:
        return left
    return max(min(paid - sum((price * count for price, count in used), ZERO), left), ZERO)
