"""Using discounts up when a thing is billed, and giving them back when it is taken off the bill again."""

from uuid import UUID

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash
from kalon.kernel.tenancy import verb
from kalon.patients import queries as patients
from kalon.pricing import queries, rules
from kalon.pricing.actions.approvals import use_approval
from kalon.pricing.actions.points import give_points_back, spend_points
from kalon.pricing.lifecycles import APPROVE, CHARGE
from kalon.pricing.models import DiscountUse
from kalon.pricing.queries.schedules import mine

USED_UP = Clash("This discount was used as often as it may be. Take it off.", field="coupon")


@verb
def use_discounts(
    priced: rules.Priced, *, patient_id: UUID, branch_id: UUID, used_for: str, by: Actor
) -> tuple[DiscountUse, ...]:
    """Use up what a price's steps name, for one thing ("line:…"): campaigns, points, an approval.

    NotPermitted when more was given by hand than may be without approval; Clash when a coupon ran out meanwhile.
    """
    by.must(CHARGE, at=branch_id, do="give discounts")
    given = priced.percent_by_hand
    if given:
        limit = queries.limit_of(by, branch_id)
        if given > limit and not by.may(APPROVE, at=branch_id):
            use_approval(used_for, given, branch_id, by)
    named = [(step.discount_id, step.amount) for step in priced.steps if step.discount_id]
    spent = [step for step in priced.steps if step.points]
    if not named and not spent:
        return ()
    patient = patients.patient(patient_id, seen_by=by)
    for step in spent:
        spend_points(patient, step.points, used_for, step.words, by)
    with refusing({"pricing_discountuse_limits": USED_UP}):
        return tuple(
            DiscountUse.objects.create(
                organization_id=by.organization_id, patient=patient, discount_id=pk, used_for=used_for, amount=amount
            )
            for pk, amount in sorted(named)  # one order for all: no deadlocks
        )  # fmt: skip


@verb
def give_back(used_for: str, *, by: Actor) -> int:
    """What was used up for one thing may be used again: it was taken off the bill. Says how many there were."""
    by.must(CHARGE, do="take discounts off")
    give_points_back(used_for, by)
    return mine(DiscountUse, by).filter(used_for=used_for, given_back_at=None).update(given_back_at=clock.now())
