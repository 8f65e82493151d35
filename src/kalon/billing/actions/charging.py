"""Making a bill: its lines with their tax, and the moment it gets a number and is sealed."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from kalon.billing import queries, rules
from kalon.billing.actions.buyers import home_of, must_suit_buyer, name_buyer
from kalon.billing.actions.locks import count_again, locked_bill
from kalon.billing.actions.prices import MOST, free_discounts, priced_line, taxed, too_much, use_up
from kalon.billing.events import BillFinalized
from kalon.billing.lifecycles import BILL, CHARGE, BillStatus
from kalon.billing.models import Bill, BillLine
from kalon.kernel import clock, events
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound
from kalon.kernel.lookup import one
from kalon.kernel.money import ZERO
from kalon.kernel.numbers import next_number
from kalon.kernel.tenancy import verb
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.pricing import queries as prices
from kalon.pricing.queries import NOTHING, Asked
from kalon.scheduling import queries as scheduling

if TYPE_CHECKING:
    from kalon.pricing.rules import Priced


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDetails:
    """One thing to be billed: a service or package on offer, or a description with a price and tax code of its own.

    Without a `unit_price` it costs what `pricing` says, with the discounts that apply; `discount` is an amount taken
    off by hand, `asked` what else is asked for: a coupon, points, a discount of the clinic's. `agreed` is a price that
    the patient was shown before, with its discounts.
    """

    service_id: UUID | None = None
    package_id: UUID | None = None
    description: str = ""
    note: str = ""
    quantity: Decimal = Decimal(1)
    unit: str = ""
    unit_price: Decimal | None = None
    discount: Decimal = ZERO
    discount_reason: str = ""
    asked: Asked = NOTHING
    agreed: "Priced | None" = None
    hsn_sac: str = ""
    tax_code: str = ""
    payer: str = BillLine.Payer.PATIENT
    earns: str = BillLine.Earns.REVENUE
    doctor_id: UUID | None = None
    plan_id: UUID | None = None
    source: str = ""


@verb
def draft_bill(
    patient_id: UUID,
    branch_id: UUID,
    *,
    appointment_id: UUID | None = None,
    place_of_supply: str = "",
    buyer_gstin: str = "",
    buyer_name: str = "",
    buyer_address: str = "",
    by: Actor,
) -> Bill:
    """Open a bill for a patient at a branch; lines are added until it is finalised.

    `place_of_supply` is a state's GST code; health and beauty services are supplied where they are performed, so
    it is the branch's own unless goods are sent elsewhere.
    """
    by.must(CHARGE, at=branch_id, do="make bills")
    draft = open_draft(
        patients.patient(patient_id, seen_by=by),
        people.branch(branch_id, seen_by=by),
        appointment_id=appointment_id,
        place_of_supply=place_of_supply,
        by=by,
    )
    return name_buyer(draft, buyer_gstin, buyer_name, buyer_address, by=by) if buyer_gstin else draft


@verb
def add_line(bill_id: UUID, details: LineDetails, *, by: Actor) -> BillLine:
    """Put one more thing on a draft bill, with its tax worked out and explained."""
    bill = locked_bill(bill_id, by=by)
    by.must(CHARGE, at=bill.branch_id, do="change bills")
    _must_be_draft(bill)
    return write_line(bill, details, by)


@verb
def remove_line(bill_id: UUID, line_id: UUID, *, by: Actor) -> Bill:
    """Take a line off a draft bill."""
    bill = locked_bill(bill_id, by=by)
    by.must(CHARGE, at=bill.branch_id, do="change bills")
    _must_be_draft(bill)
    line = one(bill.lines.filter(pk=line_id))
    if line is None:
        raise NotFound("There is no such line on this bill.")
    free_discounts(line, by)
    line.delete()
    count_again(bill)
    return bill


@verb
def finalize(bill_id: UUID, *, by: Actor) -> Bill:
    """Give the bill its number and seal it: from now on it is only corrected by a credit note."""
    bill = locked_bill(bill_id, by=by)
    by.must(CHARGE, at=bill.branch_id, do="finalise bills")
    return finalize_now(bill, by=by)


@verb
def bill_appointment(appointment_id: UUID, *, by: Actor) -> Bill:
    """A visit's bill, finalised, at the price its patient was shown, else today's; a visit that has one keeps it."""
    by.must(CHARGE, do="make bills")
    if existing := queries.bill_for_appointment(appointment_id, seen_by=by):
        return existing
    bill = draft_for_appointment(appointment_id, by=by)
    return finalize_now(locked_bill(bill.pk, by=by), by=by)


@verb
def draft_for_appointment(appointment_id: UUID, *, by: Actor) -> Bill:
    """The bill for a visit with its own line, still open for what else was done; a visit that has one keeps it."""
    by.must(CHARGE, do="make bills")
    if existing := queries.bill_for_appointment(appointment_id, seen_by=by):
        return existing
    visit = scheduling.appointment(appointment_id, seen_by=by)
    if visit.service_id is None and visit.package_id is None:
        raise Invalid("This visit has no service, so there is no price. Choose its service first.")
    bill = draft_bill(visit.patient_id, visit.branch_id, appointment_id=visit.pk, by=by)
    doctor = f"{visit.doctor.name}, " if visit.doctor else ""
    note = f"{doctor}{visit.local_start:%-d %b %Y, %H:%M}"
    write_line(bill, _of_visit(visit, note, by), by)
    return bill


def open_draft(patient: Any, branch: Any, *, by: Actor, place_of_supply: str = "", **facts: Any) -> Bill:
    """A draft of any kind, of a patient and a branch that are known already."""
    organization = people.organization(seen_by=by)
    bill = Bill(
        organization_id=organization.pk,
        patient=patient,
        branch=branch,
        currency=organization.currency,
        supplier_gstin=branch.gstin,
        place_of_supply=place_of_supply or branch.state_code,
        **facts,
    )
    taken = Clash("This visit already has a bill. Open that one.", field="appointment")
    with refusing({"billing_bill_appointment_once": taken}):
        return BILL.born(bill, name="draft")  # type: ignore[no-any-return]


def finalize_now(bill: Bill, *, by: Actor) -> Bill:
    """Number and seal a locked draft."""
    BILL.guard(bill, "finalize", by=by)
    organization = people.organization(seen_by=by)
    today = clock.today(bill.branch.timezone)
    year = rules.fiscal_year(today, organization.country)
    taxes = list(bill.lines.values_list("tax_percent", flat=True))
    document = rules.document_kind(taxes, is_registered=bool(bill.supplier_gstin))
    must_suit_buyer(bill, document)
    serial = next_number("bill", branch_id=bill.branch_id, period=year)
    BILL.move(
        bill,
        "finalize",
        by=by,
        serial=serial,
        number=rules.bill_number(bill.branch.code, year, serial),
        fiscal_year=year,
        bill_date=today,
        document=document,
        billed_to=_name_of(bill),
        billed_address=bill.billed_address or home_of(bill.patient),
        finalized_at=clock.now(),
        finalized_by_id=by.user_id,
    )
    count_again(bill)
    if bill.total == 0:
        bill.save(update_fields=["written_off"])  # nothing to pay: the database finds it paid when it is touched
        count_again(bill)
    events.announce(BillFinalized(bill.pk, bill.patient_id, bill.organization_id, bill.appointment_id, by))
    return bill


def write_line(bill: Bill, details: LineDetails, by: Actor) -> BillLine:
    """Put a line on a draft: what pricing says it costs, what is taken off and why, and its tax."""
    quantity = _quantity(details.quantity)
    details, priced = priced_line(bill, details, by)
    amounts = taxed(bill, quantity, priced.unit_price, priced.discount, details.tax_code, by)
    if amounts.total > MOST:
        raise Invalid("This amount is too large for one line.", field="unit_price")
    once = Clash("This is on a bill already. Open that bill, or credit its line first.", field="source")
    with refusing({"billing_billline_source_once": once, **too_much(bill, priced, by)}):
        line = _born(bill, details, priced, amounts)
    use_up(bill, line, priced, by)
    count_again(bill)
    return line


def _born(bill: Bill, details: LineDetails, priced: Any, amounts: rules.Taxed) -> BillLine:
    return BillLine.objects.create(
        organization_id=bill.organization_id,
        patient_id=bill.patient_id,
        bill=bill,
        position=(bill.lines.order_by("-position").values_list("position", flat=True).first() or 0) + 1,
        service_id=details.service_id,
        description=details.description,
        note=details.note,
        hsn_sac=details.hsn_sac,
        quantity=details.quantity,
        unit=details.unit,
        unit_price=priced.unit_price,
        discount=priced.discount,
        discount_reason=priced.reason,
        discount_steps=priced.as_json(),
        taxable=amounts.taxable,
        tax_code=details.tax_code,
        tax_percent=amounts.percent,
        cgst=amounts.cgst,
        sgst=amounts.sgst,
        igst=amounts.igst,
        tax_note=amounts.note,
        total=amounts.total,
        payer=details.payer,
        earns=details.earns,
        doctor_id=details.doctor_id,
        plan_id=details.plan_id,
        source=details.source,
    )


def _of_visit(visit: Any, note: str, by: Actor) -> LineDetails:
    """What a visit is billed as: what was bought before, else its service, or its package as a whole.

    Who booked online pays what they were shown, whatever prices became since.
    """
    first = queries.dates_of(visit.pk, seen_by=by)[-1]
    source = f"session:{first}:{visit.service_id.hex}" if visit.service_id else ""
    if known := queries.bought_for(visit, source, by):
        details: LineDetails = replace(known, note=known.note or note, doctor_id=visit.doctor_id)
        return details
    package_id = None if visit.service_id else visit.package_id
    shown = prices.shown_price(visit.pk, seen_by=by)
    agreed = shown.priced(visit.service or visit.package) if shown and not shown.covered_by else None
    return LineDetails(
        service_id=visit.service_id, package_id=package_id, note=note, doctor_id=visit.doctor_id, source=source,
        agreed=agreed,
    )  # fmt: skip


def _quantity(value: Decimal) -> Decimal:
    if not value.is_finite() or value <= 0 or value > 100_000 or value != value.quantize(Decimal("0.001")):
        raise Invalid("Write a quantity above zero, with at most three places after the point.", field="quantity")
    return value


def _must_be_draft(bill: Bill) -> None:
    if bill.status != BillStatus.DRAFT:
        raise IllegalMove(
            f"Bill {bill} is finalised and its lines are sealed. Cancel it by a credit note and make a new one.",
            status_is=str(bill.status),
        )


def _name_of(bill: Bill) -> str:
    return " ".join(part for part in (bill.patient.given_name, bill.patient.family_name) if part)
