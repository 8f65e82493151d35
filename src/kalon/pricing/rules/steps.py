"""What a thing costs, step by step: the price, each discount in the order in which it applies, and what is left."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from uuid import UUID

from kalon.kernel.money import ZERO


@dataclass(frozen=True, slots=True)
class Step:
    """One discount on a line: of which tier, in words, from which amount, and how much it takes off.

    `by_hand`: somebody at the desk chose it. `points`: how many loyalty points it costs.
    """

    tier: str
    words: str
    base: Decimal
    amount: Decimal
    discount_id: UUID | None = None
    by_hand: bool = False
    points: int = 0

    def as_json(self) -> dict[str, str]:
        """The step as it is kept on a bill's line; amounts are strings, as money is exact."""
        return {"tier": self.tier, "words": self.words, "base": f"{self.base:.2f}", "amount": f"{self.amount:.2f}"}


@dataclass(frozen=True, slots=True)
class Priced:
    """What a quantity of something costs before tax, and why.

    gross = quantity × unit price; net = gross − discount; the discount is the sum of the steps. `listed` is the price
    as the fee schedule has it, with its tax where `includes_tax`. `source` names the schedule or the catalogue.
    """

    name: str
    quantity: Decimal
    unit_price: Decimal
    gross: Decimal
    steps: tuple[Step, ...]
    listed: Decimal
    includes_tax: bool
    source: str
    tax_code: str
    hsn_sac: str
    note: str = ""  # why what it comes to with tax is a paisa off the price

    @property
    def discount(self) -> Decimal:
        return sum((step.amount for step in self.steps), ZERO)

    @property
    def net(self) -> Decimal:
        return self.gross - self.discount

    @property
    def percent_by_hand(self) -> Decimal:
        """Which part of the price was taken off by hand, in per cent, rounded up to a hundredth of one."""
        given = sum((step.amount for step in self.steps if step.by_hand), ZERO)
        if not given:
            return Decimal(0)
        return (given * 100 / self.gross).quantize(Decimal("0.01"), rounding=ROUND_CEILING)

    def as_json(self) -> list[dict[str, str]]:
        """The steps as they are kept on a bill's line."""
        return [step.as_json() for step in self.steps]

    @property
    def reason(self) -> str:
        """Every step in words, as one line of a bill; at most 200 characters."""
        whole = "; ".join(step.words for step in self.steps)
        return whole if len(whole) <= 200 else f"{whole[:199]}…"
