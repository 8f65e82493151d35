"""What a package is worth and what comes back of it; the code of a gift voucher."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from kalon.kernel.errors import Invalid
from kalon.kernel.money import ZERO, split

LONGEST_EXTENSION = timedelta(days=3650)


def must_extend(valid_until: date, until: date, today: date) -> None:
    """Something is made valid for longer: past its last day, not into the past, and for ten years at most."""
    if not max(valid_until, today - timedelta(days=1)) < until <= today + LONGEST_EXTENSION:
        raise Invalid("Choose a day after the one until which it is valid now, within ten years.", field="until")


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


# Without I, L, O and U, which are misread; 32 of them, so a character carries five bits.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM = 14  # characters of a voucher's code: seventy bits; two more check them


def new_code(choose: Callable[[str], str]) -> str:
    """A voucher's code: fourteen characters at random and two that check them."""
    body = "".join(choose(LETTERS) for _ in range(RANDOM))
    return body + _check(body)


def plain_code(text: str) -> str | None:
    """A code as it was typed, with what is often misread put right; None when its check characters do not fit."""
    code = "".join(text.upper().split()).replace("-", "").translate(str.maketrans("OIL", "011"))
    if len(code) != RANDOM + 2 or any(letter not in LETTERS for letter in code):
        return None
    return code if _check(code[:RANDOM]) == code[RANDOM:] else None


def spaced(code: str) -> str:
    """A code as it is printed, in fours."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _check(body: str) -> str:
    """Two characters that no single slip and no two neighbours swapped leave as they are (modulo 1021, a prime)."""
    number = 0
    for letter in body:
        number = (number * 37 + LETTERS.index(letter) + 1) % 1021
    return LETTERS[number // 32] + LETTERS[number % 32]


def months_later(day: date, months: int) -> date:
    """The same day so many months on, or the last day of that month."""
    year, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + year, month + 1, 1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first.replace(day=min(day.day, (after - first).days))
