"""What a line of an order or an invoice comes to; none of it touches a table."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from kalon.kernel.errors import Invalid
from kalon.kernel.money import ZERO, exact, percent

MOST = Decimal(1_000_000)  # of an item in one line, and of money for one unit
MOST_LINES = 60


@dataclass(frozen=True, slots=True)
class Sums:
    """A line before tax, and the tax on it by halves (within a state) or whole."""

    taxable: Decimal
    cgst: Decimal = ZERO
    sgst: Decimal = ZERO
    igst: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.taxable + self.cgst + self.sgst + self.igst


def sums(quantity: Decimal, unit_price: Decimal, rate: Decimal, *, by_halves: bool, rounding: str) -> Sums:
    """The amounts of a line, each rounded to the paisa as the clinic rounds."""
    taxable = exact(quantity * unit_price, rounding=rounding)
    if by_halves:
        half = percent(taxable, rate / 2, rounding=rounding)
        return Sums(taxable, cgst=half, sgst=half)
    return Sums(taxable, igst=percent(taxable, rate, rounding=rounding))


def by_halves(*, has_halves: bool, own_state: str, their_state: str) -> bool:
    """Whether the tax is half the state's: the supplier is of the clinic's own state (IGST Act 2017, section 8)."""
    return has_halves and (not own_state or not their_state or own_state == their_state)


def money(amount: Decimal, *, field: str) -> Decimal:
    """A price or a payment as it is kept; Invalid when it is no such amount."""
    if not amount.is_finite() or amount < 0 or amount > MOST * 100 or amount != round(amount, 2):
        raise Invalid("Write an amount with at most two places, such as 1250.50.", field=field)
    return exact(amount)


def rate(percent_: Decimal) -> Decimal:
    """A tax rate, per cent; Invalid when it is none."""
    if not percent_.is_finite() or not 0 <= percent_ <= 100 or percent_ != round(percent_, 2):
        raise Invalid("A tax rate is between 0 and 100 per cent.", field="tax_percent")
    return percent_


def due(invoice_date: date, days: int) -> date:
    """When an invoice is to be paid."""
    return invoice_date + timedelta(days=days)


def number(branch_code: str, kind: str, year: int, serial: int) -> str:
    """An order's or a receipt's number, counted for each branch and year, as in KOC/PO26/00042."""
    return f"{branch_code[:4]}/{kind}{year % 100:02d}/{serial:05d}"
