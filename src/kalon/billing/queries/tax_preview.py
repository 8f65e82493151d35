"""What the owner reads before a tax scheme holds: what bills of each kind will carry, worked out as a bill does it."""

from decimal import Decimal

from kalon.billing import rules
from kalon.billing.models import Bill
from kalon.kernel.actors import Actor
from kalon.kernel.gstin import STATES
from kalon.kernel.money import ZERO
from kalon.people import queries as people

EXAMPLE = Decimal(10_000)


def tax_preview(scheme: rules.Scheme, rate: Decimal, by: Actor) -> list[tuple[str, str]]:
    """A consultation, and a cosmetic treatment inside and outside the state of the clinic's first branch."""
    clinic, branch = people.organization(seen_by=by), people.branches(seen_by=by).order_by("created_at", "pk").first()
    gstin, home = (branch.gstin, branch.state_code) if branch else ("", "")
    other = next(code for code in STATES if code != home)
    kinds = [("A consultation, which is health care", ZERO, home)]
    if scheme.has_halves:
        kinds += [
            ("A cosmetic treatment, supplied in the clinic's state", rate, home),
            ("A sale to another state", rate, other if home else ""),
        ]
    else:
        kinds.append(("A cosmetic treatment", rate, home))
    lines = []
    for kind, percent, place in kinds:
        made = rules.taxed(
            quantity=Decimal(1), unit_price=EXAMPLE, discount=ZERO, rate=percent, supplier_state=home,
            place_of_supply=place, is_registered=bool(gstin), rounding=clinic.rounding, scheme=scheme,
        )  # fmt: skip
        paper = rules.document_kind([made.cgst + made.sgst + made.igst], is_registered=bool(gstin))
        word = Bill.Document(paper).label.lower()
        asked, total = (rules.grouped(amount, clinic.currency) for amount in (EXAMPLE, made.total))
        lines.append((kind, f"{made.note} {asked} before tax comes to {total} {clinic.currency}, on a {word}."))
    return lines
