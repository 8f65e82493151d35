"""Notes and coins of a currency as data, and what a handful of them comes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from kalon.kernel.errors import Invalid
from kalon.kernel.money import ZERO

MOST_PIECES = 100_000
SPARE = "0.01"  # loose money of a currency whose notes are not listed: counted in its smallest unit


@dataclass(frozen=True, slots=True)
class Piece:
    """A note or a coin: what it is worth, as the key it is counted under, and what it is called."""

    key: str
    kind: str

    @property
    def worth(self) -> Decimal:
        return Decimal(self.key)


# What is in people's hands (Reserve Bank of India: notes of 10 to 500, coins of 1 to 20; the 2,000 note is withdrawn
# and still legal tender, so it may turn up in a drawer).
DENOMINATIONS: dict[str, tuple[Piece, ...]] = {
    "INR": tuple(Piece(key, "note") for key in ("2000", "500", "200", "100", "50", "20", "10"))
    + tuple(Piece(key, "coin") for key in ("20.00", "10.00", "5", "2", "1")),
}


def pieces(currency: str) -> tuple[Piece, ...]:
    """What is counted in a drawer of this currency, the largest first."""
    return DENOMINATIONS.get(currency, (Piece("1", "unit"), Piece(SPARE, "smallest unit")))


def counted(count: Mapping[str, int], currency: str) -> Decimal:
    """What a count by notes and coins comes to; refuses pieces that do not exist, and half ones."""
    known = {piece.key: piece for piece in pieces(currency)}
    total = ZERO
    for key, number in count.items():
        if key not in known:
            raise Invalid(f"There is no piece of {key}. Count notes and coins that exist.", field="count")
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MOST_PIECES:
            raise Invalid(f"Write how many pieces of {key} there are: 0, 1, 2 …", field="count")
        total += known[key].worth * number
    return total


def change_for(given: Decimal, amount: Decimal) -> Decimal:
    """What goes back to who gave so much cash for an amount."""
    if given < amount:
        raise Invalid("The cash given is less than the cash to take. Lower the amount or ask for more.", field="given")
    return given - amount
