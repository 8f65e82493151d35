"""What a catalogue says beyond its rows: prices with tax, deposits and fees, and what a visit needs."""

from dataclasses import dataclass
from decimal import Decimal

from kalon.kernel.money import ZERO, percent


@dataclass(frozen=True, slots=True)
class Price:
    """What something costs: before tax, the tax, and together."""

    net: Decimal
    rate: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        return self.net + self.tax


def with_tax(net: Decimal, rate: Decimal, *, rounding: str = "HALF_UP") -> Price:
    """A price and its tax, to the paisa."""
    return Price(net, rate, percent(net, rate, rounding=rounding))


def saving(price: Decimal, parts: list[tuple[Decimal, int]]) -> Decimal:
    """How much less a package costs than its parts one by one; nothing when it costs more."""
    return max(sum((each * count for each, count in parts), ZERO) - price, ZERO)


def part_of(price: Decimal, *, rate: Decimal | int | None = None, amount: Decimal | None = None) -> Decimal:
    """A deposit or a fee: a per cent of a price to the paisa, or an amount whatever the price."""
    if rate is not None:
        return percent(price, Decimal(rate))
    return amount or ZERO


@dataclass(frozen=True, slots=True)
class NeedLine:
    """One line of what a visit needs: staff of a kind, or equipment of a kind, and how many."""

    staff_kind: str = ""
    equipment_kind: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class TeamLine:
    """Staff of a kind that a procedure takes besides the one who does it, and how many."""

    staff_kind: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class CodeLine:
    """What a procedure is called in a coding system; `words` are the clinic's own or those its licence allows."""

    system: str
    code: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """All that a visit takes: its minutes, a doctor, a room, a team and equipment.

    `staff` come besides the doctor. `preparation_minutes` before and `cleaning_minutes` after take the room and
    the equipment, not the patient. `special_needs` are sentences for whoever prepares.
    """

    minutes: int = 0
    needs_doctor: bool = True
    room_kind: str | None = None
    room_features: tuple[str, ...] = ()
    staff: tuple[tuple[str, int], ...] = ()
    equipment: tuple[tuple[str, int], ...] = ()
    preparation_minutes: int = 0
    cleaning_minutes: int = 0
    special_needs: tuple[str, ...] = ()
    note: str = ""
