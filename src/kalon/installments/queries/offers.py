"""In how many parts a quote may be paid, before anything is agreed: what the phone shows under the total."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kalon.installments import rules
from kalon.installments.lifecycles import Frequency
from kalon.installments.queries.terms import terms
from kalon.installments.rules import TermsDetails
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.money import ZERO

PROPOSED = (2, 3, 4, 6)  # what a phone proposes, as far as the clinic offers it


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to pay: in so many parts, the first of them at once."""

    parts: tuple[rules.Part, ...]
    frequency: str

    @property
    def at_once(self) -> Decimal:
        return self.parts[0].amount

    @property
    def count(self) -> int:
        """How many instalments follow the first payment."""
        return len(self.parts) - 1


def offer_of(quote: Any, count: int, *, seen_by: Actor) -> Offer | None:
    """A quote in `count` parts, monthly, equal where the least down payment allows it; None where it is not offered."""
    return _offer(quote, quote.total or ZERO, count, terms(seen_by=seen_by))


def offers_of(quote: Any, *, total: Decimal | None = None, seen_by: Actor) -> list[Offer]:
    """The ways that a phone proposes. `total`: of the option that is looked at, while none is chosen yet."""
    asked, whole = terms(seen_by=seen_by), quote.total if total is None else total
    found = (_offer(quote, whole or ZERO, count, asked) for count in PROPOSED)
    return [offer for offer in found if offer is not None]


def _offer(quote: Any, whole: Decimal, count: int, asked: TermsDetails) -> Offer | None:
    if Frequency.MONTHLY not in asked.frequencies or not 2 <= count <= asked.most_parts + 1 or not whole:
        return None
    today = clock.today(quote.branch.timezone)
    equal = rules.instalments(whole, count=count, frequency=Frequency.MONTHLY, first=today)
    least = rules.least_down(whole, percent=asked.least_down_percent, deposit=quote.deposit_due or ZERO)
    try:
        parts = rules.schedule(
            whole,
            at_once=max(equal[0].amount, least),
            count=count - 1,
            frequency=Frequency.MONTHLY,
            first=rules.date_of(1, first=today, frequency=Frequency.MONTHLY),
            today=today,
        )
    except rules.NoSchedule:
        return None
    return Offer(tuple(parts), Frequency.MONTHLY)
