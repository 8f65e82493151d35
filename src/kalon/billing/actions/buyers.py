"""Who a bill is made out to besides its patient: a business with a registration of its own, such as an employer."""

from typing import Any
from uuid import UUID

from kalon.billing.actions.locks import locked_bill
from kalon.billing.lifecycles import CHARGE, BillStatus
from kalon.billing.models import Bill
from kalon.catalog import queries as catalog
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid, NotReady
from kalon.kernel.gstin import problem_of, state_name
from kalon.kernel.tenancy import verb
from kalon.people import queries as people

LONGEST = 300


@verb
def set_buyer(bill_id: UUID, gstin: str, name: str, address: str, *, by: Actor) -> Bill:
    """Make a draft out to a registered business: its number, legal name and address; nothing takes it off again."""
    bill = locked_bill(bill_id, by=by)
    by.must(CHARGE, at=bill.branch_id, do="change bills")
    if bill.status != BillStatus.DRAFT:
        raise IllegalMove(
            f"Bill {bill} is finalised. Cancel it by a credit note and make one for this buyer.",
            status_is=str(bill.status),
        )
    return name_buyer(bill, gstin, name, address, by=by)


def name_buyer(bill: Bill, gstin: str, name: str, address: str, *, by: Actor) -> Bill:
    """Put the buyer on a draft; the tax scheme says whether the sale is then supplied in the buyer's state."""
    gstin, name, address = "".join(gstin.split()).upper(), " ".join(name.split()), " ".join(address.split())
    if not gstin:
        bill.buyer_gstin = bill.buyer_name = bill.billed_address = ""
        bill.save(update_fields=["buyer_gstin", "buyer_name", "billed_address"])
        return bill
    organization = people.organization(seen_by=by)
    if organization.country == "IN" and (problem := problem_of(gstin)):
        raise Invalid(problem, field="buyer_gstin")
    if gstin == bill.supplier_gstin:
        raise Invalid("This is the clinic's own number. Write the buyer's.", field="buyer_gstin")
    for text, field, words in ((name, "buyer_name", "legal name"), (address, "buyer_address", "address")):
        if not text or len(text) > LONGEST:
            raise Invalid(f"Write the buyer's {words}, in at most {LONGEST} characters.", field=field)
    scheme = catalog.tax_scheme(clock.today(bill.branch.timezone), country=organization.country, seen_by=by)
    if scheme.registered_place == scheme.Place.RECIPIENT and bill.place_of_supply != gstin[:2]:
        if bill.lines.exists():
            raise NotReady(
                f"With this buyer the sale is supplied in {state_name(gstin[:2])}: take the lines off, name the "
                "buyer, then add them again."
            )
        bill.place_of_supply = gstin[:2]
    bill.buyer_gstin, bill.buyer_name, bill.billed_address = gstin, name, address
    bill.save(update_fields=["buyer_gstin", "buyer_name", "billed_address", "place_of_supply"])
    return bill


def must_suit_buyer(bill: Bill, document: str) -> None:
    """Refuse both kinds of supply on one paper for a registered buyer: one is for the unregistered (rule 46A)."""
    if bill.buyer_gstin and document == Bill.Document.BOTH:
        raise NotReady(
            "A registered buyer gets a tax invoice for what is taxed and a bill of supply for what is exempt: move "
            "one of the two to a bill of its own."
        )


def home_of(patient: Any) -> str:
    """The patient's address in one line, as a paper names it; empty where it is not known."""
    home = patient.postal_address
    parts = [str(home.get(part, "")).strip() for part in ("line1", "line2", "city", "state", "postal_code")]
    return ", ".join(part for part in parts if part)[:LONGEST]
