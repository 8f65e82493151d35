"""GST of one line: the rate is the catalogue's, dated; here it is split and explained.

Health care by a clinic is exempt (notification 12/2017, entry 74); cosmetic treatment is taxed. The place of
supply of health and beauty services is where they are performed (IGST Act, section 12(4)), so it is the branch's
state unless goods go elsewhere: then IGST is due in place of CGST and SGST.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kalon.billing.rules.states import state_name
from kalon.kernel.errors import Invalid
from kalon.kernel.money import ZERO, exact, percent


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
) -> Taxed:
    """What a line comes to; a clinic without a GSTIN may not charge the tax."""
    gross = exact(quantity * unit_price, rounding=rounding)
    if discount > gross:
        raise Invalid("The discount is more than the line costs.", field="discount")
    taxable = gross - discount
    if not is_registered:
        return Taxed(taxable, ZERO, ZERO, ZERO, taxable, ZERO, "No GST: the clinic is not registered for it.")
    if not has_code:
        return Taxed(taxable, ZERO, ZERO, ZERO, taxable, ZERO, "No GST: nothing is said of its tax in the catalogue.")
    if rate == 0:
        return Taxed(taxable, ZERO, ZERO, ZERO, taxable, ZERO, "Exempt from GST: health care service.")
    if is_intra_state(supplier_state, place_of_supply):
        half = percent(taxable, rate / 2, rounding=rounding)
        note = f"GST {_rate(rate)}: CGST {_rate(rate / 2)} and SGST {_rate(rate / 2)}{_in(place_of_supply)}."
        return Taxed(taxable, half, half, ZERO, taxable + 2 * half, rate, note)
    whole = percent(taxable, rate, rounding=rounding)
    note = f"IGST {_rate(rate)}: supplied from {state_name(supplier_state)} to {state_name(place_of_supply)}."
    return Taxed(taxable, ZERO, ZERO, whole, taxable + whole, rate, note)


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
