"""Whose terms hold for what was earned, and what they come to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from kalon.kernel.money import ZERO, percent


@dataclass(frozen=True, slots=True)
class Terms:
    """So many per cent of what somebody, or everybody of a kind of staff, earns by a service, or by all."""

    percent: Decimal
    valid_from: date
    valid_to: date | None = None
    staff_id: UUID | None = None
    staff_kind: str = ""
    service_id: UUID | None = None

    def rank(self, earned: "Earned") -> tuple[bool, bool] | None:
        """How closely they fit, None when they do not: one's own before those of a kind, a service before all."""
        if not (self.valid_from <= earned.date and (self.valid_to is None or earned.date < self.valid_to)):
            return None
        if self.service_id not in (None, earned.service_id):
            return None
        if self.staff_id is None and self.staff_kind != earned.staff_kind:
            return None
        if self.staff_id not in (None, earned.staff_id):
            return None
        return self.staff_id is not None, self.service_id is not None


@dataclass(frozen=True, slots=True)
class Earned:
    """What somebody earned by a service on a day, before tax and after discounts."""

    staff_id: UUID | None
    staff_kind: str
    service_id: UUID | None
    date: date
    amount: Decimal


def terms_for(earned: Earned, terms: Iterable[Terms]) -> Terms | None:
    """The terms that fit most closely."""
    fitting = [(rank, one) for one in terms if (rank := one.rank(earned)) is not None]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def share_of(
    earned: Iterable[Earned], terms: Iterable[Terms], *, rounding: str = "HALF_UP"
) -> dict[tuple[UUID | None, UUID | None, Decimal | None], tuple[Decimal, Decimal]]:
    """By staff, service and per cent: what was earned, and the commission of it to the paisa."""
    known = list(terms)
    sums: dict[tuple[UUID | None, UUID | None, Decimal | None], Decimal] = {}
    for one in earned:
        fits = terms_for(one, known) if one.staff_id else None
        key = (one.staff_id, one.service_id, fits.percent if fits else None)
        sums[key] = sums.get(key, ZERO) + one.amount
    return {key: (amount, percent(amount, key[2] or ZERO, rounding=rounding)) for key, amount in sums.items()}
