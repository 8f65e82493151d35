"""What follows for payment plans: their days in writing, a credit note over what was waived before the bill."""

from kalon.billing import queries as bills
from kalon.billing.events import BillFinalized
from kalon.installments import actions, queries
from kalon.installments.events import PaymentPlanMade
from kalon.installments.rules.words import cash
from kalon.kernel import actors, events
from kalon.messaging import actions as messaging


def register() -> None:
    """Listen to ourselves, and to billing."""
    events.on(PaymentPlanMade, write_down)
    events.on(BillFinalized, credit_waived_before)


def write_down(fact: PaymentPlanMade) -> None:
    """Every part with its day and amount, once for each agreement."""
    by = actors.system("payment plans", fact.organization_id)
    agreement = queries.payment_plan(fact.payment_plan_id, seen_by=by)
    parts = tuple(
        f"{cash(part.amount, agreement.currency)}: {part.due_date:%A} {part.due_date.day} {part.due_date:%B %Y}"
        for part in queries.parts_of(agreement)
    )
    messaging.send(
        "payment-plan-agreed",
        to_patient=agreement.patient,
        data={
            "number": agreement.number,
            "total": cash(agreement.total, agreement.currency),
            "parts": parts,
            "branch": agreement.branch.name,
        },
        once=f"payment-plan-agreed {agreement.pk}",
        branch=agreement.branch,
        about_id=agreement.pk,
        by=by,
    )


def credit_waived_before(fact: BillFinalized) -> None:
    """What the patient was let off before the treatment was billed is credited as soon as it is."""
    by = actors.system("payment plans", fact.organization_id)
    lines = bills.lines_of(fact.bill_id, seen_by=by)
    for plan_id in sorted(set(lines.exclude(plan_id=None).values_list("plan_id", flat=True))):
        actions.credit_waived(plan_id, by=by)
