"""What a line costs: asked of pricing, with the discounts that apply and those that somebody asks for."""

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Sum

from kalon.billing import rules
from kalon.billing.actions.locks import count_again, locked_bill
from kalon.billing.lifecycles import CHARGE, BillStatus
from kalon.billing.models import Bill, BillLine, Payment
from kalon.catalog import queries as catalog
from kalon.kernel import actors, clock, tenancy
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import DomainError, IllegalMove, Invalid, NotFound
from kalon.kernel.lookup import one
from kalon.kernel.money import ZERO, exact
from kalon.kernel.tenancy import verb
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.pricing import actions as pricing
from kalon.pricing import queries as prices
from kalon.pricing.queries import Asked

if TYPE_CHECKING:
    from kalon.billing.actions.charging import LineDetails
    from kalon.pricing.rules import Priced

MOST = Decimal("99999999.99")
SETTLED = ("quote:",)  # what was agreed before, where a discount was given and approved if need be


@verb
def discount_line(bill_id: UUID, line_id: UUID, asked: Asked, *, by: Actor) -> BillLine:
    """Take something off a line of a draft, in place of what was taken off by hand before.

    NotPermitted when it is more than may be given without approval: `ask_for_discount` asks for it.
    """
    bill, line = _draft_line(bill_id, line_id, by)
    pricing.give_back(_thing(line), by=by)
    priced = _again(bill, line, asked, by)
    amounts = taxed(bill, priced.quantity, priced.unit_price, priced.discount, line.tax_code, by)
    line.discount, line.discount_reason, line.discount_steps = priced.discount, priced.reason, priced.as_json()
    line.taxable, line.total = amounts.taxable, amounts.total
    line.cgst, line.sgst, line.igst = amounts.cgst, amounts.sgst, amounts.igst
    with refusing(too_much(bill, priced, by)):
        line.save(
            update_fields=["discount", "discount_reason", "discount_steps", "taxable", "total", "cgst", "sgst", "igst"]
        )
    use_up(bill, line, priced, by)
    count_again(bill)
    return line


@verb
def ask_for_discount(bill_id: UUID, line_id: UUID, asked: Asked, *, by: Actor) -> object:
    """Ask somebody who may for a discount above the limit; once approved it is given by `discount_line`."""
    bill, line = _draft_line(bill_id, line_id, by)
    priced = _again(bill, line, asked, by)
    if not priced.percent_by_hand:
        raise Invalid("Say what is to be taken off by hand: a per cent, or an amount, and why.", field="percent")
    return pricing.ask_approval(
        _thing(line), f"{line.description} on a draft bill of {line.total + line.discount}", priced.percent_by_hand,
        asked.reason or priced.reason, patient_id=bill.patient_id, branch_id=bill.branch_id, by=by,
    )  # fmt: skip


def priced_line(bill: Bill, details: "LineDetails", by: Actor) -> "tuple[LineDetails, Priced]":
    """The line with what is known of what is offered, and what it costs. A price that is written down stays."""
    if details.service_id is None and details.package_id is None:
        if not details.description.strip():
            raise Invalid("Write what is billed, or choose a service.", field="description")
        return details, _own(bill, details, by)
    priced = details.agreed or prices.price_of(
        service_id=details.service_id,
        package_id=details.package_id,
        branch_id=bill.branch_id,
        patient_id=bill.patient_id,
        quantity=details.quantity,
        payer=insurer_of(bill, by) if details.payer == BillLine.Payer.INSURER else "",
        place_of_supply=bill.place_of_supply,
        asked=_asked(details) if details.unit_price is None else prices.NOTHING,
        seen_by=by,
    )
    filled = replace(
        details,
        description=details.description or priced.name,
        hsn_sac=details.hsn_sac or priced.hsn_sac,
        tax_code=details.tax_code or priced.tax_code,
    )
    if details.unit_price is not None:
        return filled, _own(bill, filled, by)
    _must_be_less(details, priced.gross)
    return replace(filled, note="; ".join(part for part in (details.note, priced.note) if part)[:200]), priced


def too_much(bill: Bill, priced: "Priced", by: Actor) -> "dict[str, DomainError]":
    """What to say where the database finds that more is given by hand than this person may give."""
    given = priced.percent_by_hand
    return {"billing_billline_within_limit": prices.beyond(given, bill.branch_id, by)} if given else {}


def use_up(bill: Bill, line: BillLine, priced: "Priced", by: Actor) -> None:
    """Count what the line's discounts use up; more than may be given by hand without approval is refused."""
    acting = tenancy.current()
    if acting is not None and acting.is_patient:
        return  # patients may not count discounts: the system does, once the bill has its number (`count_shown`)
    if priced.steps:
        thing = _thing(line)
        pricing.use_discounts(priced, patient_id=bill.patient_id, branch_id=bill.branch_id, used_for=thing, by=by)


def count_shown(bill: Bill, by: Actor) -> None:
    """Count the discounts that a patient was shown and billed in a unit of work of their own; once."""
    shown = prices.shown_price(bill.appointment_id, seen_by=by) if bill.appointment_id else None
    visit = bill.appointment
    line = bill.lines.exclude(discount=0).order_by("position").first()
    if shown and line and visit and not prices.is_counted(_thing(line), seen_by=by):
        use_up(bill, line, shown.priced(visit.service or visit.package), by)


def free_discounts(line: BillLine, by: Actor) -> None:
    """What a line that is taken off its bill used up may be used again."""
    if line.discount:
        pricing.give_back(_thing(line), by=by)


def undo_discounts(bill: Bill) -> None:
    """What a cancelled bill used up may be used again."""
    by = actors.system("billing", bill.organization_id)
    for line in bill.lines.exclude(discount=0):
        free_discounts(line, by)


def give_points(bill: Bill, by: Actor) -> None:
    """The points for what was really paid of a bill: a voucher earned its buyer theirs when it was bought."""
    pricing.earn_points(bill.patient_id, _really_paid(bill), f"bill:{bill.pk}", f"Bill {bill.number} paid", by=by)


def settle_points(bill: Bill, by: Actor) -> None:
    """Money or a part of a bill went back: so do its points, in proportion."""
    pricing.take_points_back(f"bill:{bill.pk}", _really_paid(bill), f"Bill {bill.number} was corrected", by=by)


def _really_paid(bill: Bill) -> Decimal:
    with_money = bill.allocations.exclude(payment__method=Payment.Method.VOUCHER)
    return with_money.aggregate(sum=Sum("amount"))["sum"] or ZERO


def insurer_of(bill: Bill, by: Actor) -> str:
    """Whose prices hold for what an insurer owes: those of the patient's policy of today."""
    held = patients.policies(bill.patient_id, clock.today(bill.branch.timezone), seen_by=by)
    return held[0].payer if held else ""


def taxed(
    bill: Bill, quantity: Decimal, unit_price: Decimal, discount: Decimal, tax_code: str, by: Actor
) -> rules.Taxed:
    """The tax of a line of this bill on this day."""
    today, organization = clock.today(bill.branch.timezone), people.organization(seen_by=by)
    return rules.taxed(
        quantity=quantity,
        unit_price=unit_price,
        discount=discount,
        rate=catalog.tax_rate(tax_code, today, seen_by=by) if tax_code and bill.supplier_gstin else ZERO,
        supplier_state=bill.branch.state_code,
        place_of_supply=bill.place_of_supply,
        is_registered=bool(bill.supplier_gstin),
        has_code=bool(tax_code),
        rounding=organization.rounding,
        scheme=catalog.tax_scheme(today, country=organization.country, seen_by=by),
    )


def _again(bill: Bill, line: BillLine, asked: Asked, by: Actor) -> "Priced":
    """The line's price asked for once more; one that was written by hand stays, with the discounts it had by itself."""
    if line.service_id:
        priced = prices.price_of(
            service_id=line.service_id,
            branch_id=bill.branch_id,
            patient_id=bill.patient_id,
            quantity=line.quantity,
            payer=insurer_of(bill, by) if line.payer == BillLine.Payer.INSURER else "",
            place_of_supply=bill.place_of_supply,
            asked=asked,
            seen_by=by,
        )
        if priced.unit_price == line.unit_price:
            return priced
    return prices.priced_by_hand(
        line.description, line.quantity, line.unit_price, asked, patient_id=bill.patient_id,
        on=clock.today(bill.branch.timezone), keeping=_thing(line), seen_by=by,
    )  # fmt: skip


def _draft_line(bill_id: UUID, line_id: UUID, by: Actor) -> tuple[Bill, BillLine]:
    bill = locked_bill(bill_id, by=by)
    by.must(CHARGE, at=bill.branch_id, do="give discounts")
    if bill.status != BillStatus.DRAFT:
        raise IllegalMove(
            f"Bill {bill} is finalised and its lines are sealed. Cancel it by a credit note and make a new one.",
            status_is=str(bill.status),
        )
    line = one(bill.lines.filter(pk=line_id))
    if line is None:
        raise NotFound("There is no such line on this bill.")
    if line.source.startswith(SETTLED):
        raise IllegalMove("What this costs was settled before. Change it where it was.", status_is=str(bill.status))
    return bill, line


def _asked(details: "LineDetails") -> Asked:
    """What is asked to be taken off: an amount with its reason counts as chosen by hand."""
    if not details.discount:
        return details.asked
    if not details.discount_reason.strip():
        raise Invalid("Write why there is a discount.", field="discount_reason")
    return replace(details.asked, amount=money(details.discount, "discount"), reason=details.discount_reason)


def _own(bill: Bill, details: "LineDetails", by: Actor) -> "Priced":
    """What costs what is written down; what was settled in a quote is taken over as it stands."""
    price = money(details.unit_price, "unit_price")
    _must_be_less(details, exact(price * details.quantity, rounding=people.organization(seen_by=by).rounding))
    asked = _asked(details)
    if details.source.startswith(SETTLED):
        return prices.settled(details.description, details.quantity, price, asked, seen_by=by)
    return prices.priced_by_hand(
        details.description, details.quantity, price, asked, patient_id=bill.patient_id,
        on=clock.today(bill.branch.timezone), seen_by=by,
    )  # fmt: skip


def _must_be_less(details: "LineDetails", gross: Decimal) -> None:
    if details.discount > gross:
        raise Invalid("The discount is more than the line costs.", field="discount")


def money(value: Decimal | None, field: str) -> Decimal:
    """A price as money: not negative, no fraction of a paisa, not absurd."""
    if value is None:
        raise Invalid("Write the price.", field=field)
    try:
        amount = exact(value)
    except InvalidOperation:
        raise Invalid("This is not an amount of money.", field=field) from None
    if amount != value or amount < 0 or amount > MOST:
        raise Invalid("Write an amount with at most two places after the point.", field=field)
    return amount


def _thing(line: BillLine) -> str:
    return f"line:{line.pk}"
