"""The tax of one line: the rate is the catalogue's, the taxes there are the scheme's; here it is split and explained.

Health care by a clinic is exempt (notification 12/2017, entry 74); cosmetic treatment is taxed. The place of
supply of health and beauty services is where they are performed (IGST Act, section 12(4)), so it is the branch's
state unless goods go elsewhere: then IGST is due in place of CGST and SGST. Where a country has one whole tax,
such as VAT, it stands in the column of the whole.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from kalon.kernel.errors import Invalid
from kalon.kernel.gstin import state_name
from kalon.kernel.money import ZERO, exact, percent


class Scheme(Protocol):
    """What taxes there are and how papers name them: the catalogue's tax scheme."""

    @property
    def code(self) -> str: ...
    @property
    def has_halves(self) -> bool: ...
    @property
    def first_half(self) -> str: ...
    @property
    def second_half(self) -> str: ...
    @property
    def whole(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Gst:
    """India's goods and services tax."""

    code: str = "GST_IN"
    has_halves: bool = True
    first_half: str = "CGST"
    second_half: str = "SGST"
    whole: str = "IGST"


@dataclass(frozen=True, slots=True)
class Taxed:
    """A line's amounts: before tax, each tax, the whole, and one sentence that says why."""

    taxable: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    total: Decimal
    percent: Decimal
    note: str


def is_intra_state(supplier_state: str, place_of_supply: str) -> bool:
    """Whether clinic and place of supply are in one state; an unknown state counts as the clinic's own."""
    return not supplier_state or not place_of_supply or supplier_state == place_of_supply


def taxed(
    *,
    quantity: Decimal,
    unit_price: Decimal,
    discount: Decimal,
    rate: Decimal,
    supplier_state: str,
    place_of_supply: str,
    is_registered: bool,
    has_code: bool = True,
    rounding: str = "HALF_UP",
    scheme: Scheme = Gst(),
) -> Taxed:
    """What a line comes to; a clinic that is not registered may not charge the tax."""
    tax = tax_name(scheme)
    gross = exact(quantity * unit_price, rounding=rounding)
    if discount > gross:
        raise Invalid("The discount is more than the line costs.", field="discount")
    taxable = gross - discount
    if not is_registered:
        return Taxed(taxable, ZERO, ZERO, ZERO, taxable, ZERO, f"No {tax}: the clinic is not registered for it.")
    if not has_code:
        return Taxed(
            taxable, ZERO, ZERO, ZERO, taxable, ZERO, f"No {tax}: nothing is said of its tax in the catalogue."
        )
    if rate == 0:
        return Taxed(taxable, ZERO, ZERO, ZERO, taxable, ZERO, f"Exempt from {tax}: health care service.")
    if scheme.has_halves and is_intra_state(supplier_state, place_of_supply):
        half = percent(taxable, rate / 2, rounding=rounding)
        each = f"{scheme.first_half} {_rate(rate / 2)} and {scheme.second_half} {_rate(rate / 2)}"
        note = f"{tax} {_rate(rate)}: {each}{_in(place_of_supply)}."
        return Taxed(taxable, half, half, ZERO, taxable + 2 * half, rate, note)
    whole = percent(taxable, rate, rounding=rounding)
    if not scheme.has_halves:
        return Taxed(taxable, ZERO, ZERO, whole, taxable + whole, rate, f"{scheme.whole} {_rate(rate)}.")
    note = f"{scheme.whole} {_rate(rate)}: supplied from {state_name(supplier_state)} to {state_name(place_of_supply)}."
    return Taxed(taxable, ZERO, ZERO, whole, taxable + whole, rate, note)


def tax_name(scheme: Scheme) -> str:
    """The tax as a whole, as people say it: GST, VAT."""
    return "GST" if scheme.has_halves else scheme.whole


def document_kind(taxes: Iterable[Decimal], *, is_registered: bool) -> str:
    """Which paper the law asks for: tax invoice, bill of supply, or both in one (CGST rules 46, 46A, 49)."""
    if not is_registered:
        return "BILL"
    charged = {tax > 0 for tax in taxes}
    if charged == {True}:
        return "TAX_INVOICE"
    return "INVOICE_CUM_BILL" if True in charged else "BILL_OF_SUPPLY"


def _rate(rate: Decimal) -> str:
    return f"{rate.normalize():f}%"


def _in(place: str) -> str:
    return f", supplied in {state_name(place)}" if place else ""
