"""Discounts on one line: in the order the clinic declared, each explained, never below zero, exact to the paisa.

The tiers that combine apply one after another, each on what the one before left; of several discounts of one tier
the one that comes to most. A tier that does not combine stands alone. The patient gets whichever comes to more.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, Decimal
from uuid import UUID

from kalon.kernel.money import CENT, ZERO, exact, percent
from kalon.pricing.rules.steps import Step


@dataclass(frozen=True, slots=True)
class Offer:
    """A discount that may apply: per cent of what is left, an amount, or so many free for each so many paid.

    `by_hand`: somebody at the desk chose how much, so the limit of what they may give counts.
    """

    tier: str
    name: str
    percent: Decimal | None = None
    amount: Decimal | None = None
    buy: int | None = None
    free: int | None = None
    discount_id: UUID | None = None
    by_hand: bool = False
    points: int = 0

    def off(self, left: Decimal, quantity: Decimal, rounding: str) -> Decimal:
        """What it takes off an amount; never more than there is."""
        if self.percent is not None:
            taken = percent(left, self.percent, rounding=rounding)
        elif self.buy and self.free:
            taken = exact(left * free_of(quantity, self.buy, self.free) / quantity, rounding=rounding)
        else:
            taken = self.amount or ZERO
        return min(taken, left)

    def points_for(self, taken: Decimal) -> int:
        """How many of the points offered are spent for what was taken off: no more than needed."""
        if not self.points or not self.amount:
            return 0
        return int((taken * self.points / self.amount).to_integral_value(ROUND_CEILING))

    def words(self, quantity: Decimal) -> str:
        """What it is, without what it takes off: "Senior citizens 10%"."""
        if self.percent is not None:
            return f"{self.name} {plain(self.percent)}%"
        if self.buy and self.free:
            return f"{self.name}, {free_of(quantity, self.buy, self.free)} free"
        return self.name


@dataclass(frozen=True, slots=True)
class Combining:
    """How the clinic combines discounts: the order of its tiers, which of them add up, and the most in all."""

    order: Sequence[str]
    adding_up: Iterable[str]
    max_percent: Decimal = Decimal(100)
    rounding: str = "HALF_UP"


def discounted(
    gross: Decimal, quantity: Decimal, offers: Sequence[Offer], how: Combining, money: Callable[[Decimal], str]
) -> tuple[Step, ...]:
    """The discounts that a line gets, in order, each with its words; `money` writes an amount for people."""
    adding_up = [offer for offer in offers if offer.tier in set(how.adding_up)]
    ways = [adding_up] + [[offer] for offer in offers if offer not in adding_up]
    taken = [_one_way(gross, quantity, way, how, money) for way in ways]
    return max(taken, key=lambda steps: sum((step.amount for step in steps), ZERO))


def free_of(quantity: Decimal, buy: int, free: int) -> int:
    """How many of a quantity are free: of 3 when one is free for each two paid, 1."""
    sets, rest = divmod(int(quantity), buy + free)
    return sets * free + max(0, rest - buy)


def plain(number: Decimal) -> str:
    """A number as people write it: 10, not 10.00."""
    return f"{number.normalize():f}"


def _most(gross: Decimal, share: Decimal) -> Decimal:
    """The most that may be taken off, rounded down: a limit is not passed by half a paisa."""
    return (gross * share / 100).quantize(CENT, rounding=ROUND_DOWN)


def _one_way(
    gross: Decimal, quantity: Decimal, offers: Sequence[Offer], how: Combining, money: Callable[[Decimal], str]
) -> tuple[Step, ...]:
    left, most = gross, _most(gross, how.max_percent)
    steps: list[Step] = []
    for tier in how.order:
        of_tier = [(offer.off(left, quantity, how.rounding), offer) for offer in offers if offer.tier == tier]
        amount, offer = max(of_tier, key=lambda pair: pair[0], default=(ZERO, None))
        if offer is None or amount <= 0:
            continue
        room = most - (gross - left)
        cut = min(amount, room)
        if cut <= 0:
            break
        limited = f", limited to {plain(how.max_percent)}% in all" if cut < amount else ""
        spent = offer.points_for(cut)
        words = f"{f'{spent} ' if spent else ''}{offer.words(quantity)}: −{money(cut)}{limited}"
        steps.append(Step(tier, words, left, cut, offer.discount_id, offer.by_hand, spent))
        left -= cut
    return tuple(steps)
