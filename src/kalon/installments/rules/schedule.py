"""The schedule: on which days how much is due, so that the parts are the whole, to the last paisa."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, Decimal

from kalon.installments.lifecycles import Frequency
from kalon.kernel.money import CENT, ZERO

MOST_PARTS = 60  # five years of months: nobody agrees to more, and a slip of the finger is caught
LONGEST_WAIT = timedelta(days=366)  # from today to the first part
STEP = {Frequency.WEEKLY: timedelta(days=7), Frequency.BIWEEKLY: timedelta(days=14)}


class NoSchedule(ValueError):
    """There is no such schedule: `field` is what to write differently, and the words say how."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the whole: position 0 is what is paid at the beginning, the instalments count from 1."""

    position: int
    due_date: date
    amount: Decimal


def date_of(number: int, *, first: date, frequency: str) -> date:
    """The day of the n-th instalment (from 0): months keep its day, or end with the month (31 Jan, 28 Feb, 31 Mar)."""
    if frequency in STEP:
        return first + number * STEP[Frequency(frequency)]
    months = first.month - 1 + number
    year, month = first.year + months // 12, months % 12 + 1
    return date(year, month, min(first.day, monthrange(year, month)[1]))


def instalments(amount: Decimal, *, count: int, frequency: str, first: date) -> list[Part]:
    """So many equal instalments, rounded down to the paisa; the last one brings what is missing to the whole."""
    each = (amount / count).quantize(CENT, rounding=ROUND_DOWN)
    amounts = [each] * (count - 1) + [amount - each * (count - 1)]
    return [
        Part(position, date_of(position - 1, first=first, frequency=frequency), part)
        for position, part in enumerate(amounts, start=1)
    ]


def schedule(
    total: Decimal, *, at_once: Decimal, count: int, frequency: str, first: date, today: date, most: int = MOST_PARTS
) -> list[Part]:
    """What is paid at the beginning (today), and the instalments that follow it; refused where it makes no sense."""
    if frequency not in Frequency.values:
        raise NoSchedule("frequency", "Choose weekly, every two weeks or monthly.")
    if not 1 <= count <= min(most, MOST_PARTS):
        raise NoSchedule("count", f"Choose between 1 and {min(most, MOST_PARTS)} instalments.")
    kept_clear(at_once, field="down_payment")
    if at_once < 0 or at_once >= total:
        raise NoSchedule("down_payment", "The down payment is at least nothing, and less than the whole.")
    if (total - at_once) < count * CENT:
        raise NoSchedule("count", "So little is left that it cannot be shared among so many. Choose fewer instalments.")
    if not today <= first <= today + LONGEST_WAIT:
        raise NoSchedule("first_date", "The first instalment is due today or later, within a year.")
    begun = [Part(0, today, at_once)] if at_once > ZERO else []
    return begun + instalments(total - at_once, count=count, frequency=frequency, first=first)


def kept_clear(amount: Decimal, *, field: str) -> None:
    """Refuse what is no amount of money: not a number, absurdly much, or with a third place after the point."""
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 12 or amount != amount.quantize(CENT):
        raise NoSchedule(field, "Write an amount of money, with at most two places after the point.")


def least_down(total: Decimal, *, percent: Decimal, deposit: Decimal) -> Decimal:
    """The smallest down payment: the clinic's share of the whole, or the deposit if that is more."""
    share = (total * percent / 100).quantize(CENT, rounding=ROUND_CEILING)
    return min(max(share, deposit), total)
