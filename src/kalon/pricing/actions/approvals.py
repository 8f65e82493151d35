"""A discount above the limit is asked for by one person, decided by another, and used once."""

from decimal import Decimal
from uuid import UUID

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotPermitted
from kalon.kernel.tenancy import verb
from kalon.patients import queries as patients
from kalon.pricing import queries
from kalon.pricing.actions.checking import checked
from kalon.pricing.lifecycles import APPROVAL, APPROVE, CHARGE
from kalon.pricing.models import DiscountApproval
from kalon.pricing.queries.schedules import found, mine

OPEN = Clash("Somebody is asked about this already. Wait for the answer, or give less.")
ANOTHER = NotPermitted("You asked for this discount yourself. Somebody else decides.")


@verb
def ask_approval(
    subject: str, what: str, percent: Decimal, reason: str, *, patient_id: UUID, branch_id: UUID, by: Actor
) -> DiscountApproval:
    """Ask for a discount above the limit on one thing ("line:…"): up to how many per cent, and why."""
    by.must(CHARGE, at=branch_id, do="ask for discounts")
    if not reason.strip():
        raise Invalid("Write why, so that whoever decides knows.", field="reason")
    if not 0 < percent <= 100:
        raise Invalid("Write a per cent above 0, at most 100.", field="percent")
    made = DiscountApproval(
        organization_id=by.organization_id, patient=patients.patient(patient_id, seen_by=by), branch_id=branch_id,
        subject=subject, what=what[:200], percent=percent, reason=reason.strip(), asked_by_id=by.user_id,
        asked_by_name=by.name[:120],
    )  # fmt: skip
    checked(made)
    with refusing({"pricing_discountapproval_open_once": OPEN}):
        return APPROVAL.born(made, name="ask", reason=reason)  # type: ignore[no-any-return]


@verb
def approve_discount(pk: UUID, *, note: str = "", by: Actor) -> DiscountApproval:
    """Say yes to a discount that somebody else asked for."""
    return _decided(pk, "approve", note, by)


@verb
def refuse_discount(pk: UUID, reason: str, *, by: Actor) -> DiscountApproval:
    """Say no to a discount, with the reason."""
    return _decided(pk, "refuse", reason, by)


def _decided(pk: UUID, move: str, note: str, by: Actor) -> DiscountApproval:
    row = found(mine(DiscountApproval, by).select_for_update(), pk, "approval")
    by.must(APPROVE, at=row.branch_id, do="approve discounts")
    if by.user_id is not None and by.user_id == row.asked_by_id:
        raise ANOTHER
    with refusing({"pricing_discountapproval_by_another": ANOTHER}):
        APPROVAL.move(
            row, move, by=by, reason=note, decided_by_id=by.user_id, decided_by_name=by.name[:120],
            decided_at=clock.now(), decided_note=note.strip(),
        )  # fmt: skip
    return row


def use_approval(subject: str, percent: Decimal, branch_id: UUID, by: Actor) -> None:
    """Let a discount above the limit pass because it was approved, once; else say what to do."""
    row = queries.open_approval(subject, seen_by=by)
    if row is not None:
        row = mine(DiscountApproval, by).select_for_update().get(pk=row.pk)
    if row is None or row.status != "APPROVED" or row.percent < percent:
        raise queries.beyond(percent, branch_id, by)
    APPROVAL.move(row, "use", by=by)
