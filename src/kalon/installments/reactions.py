"""What follows when paying in parts is agreed: the patient gets the days in writing."""

from kalon.installments import queries
from kalon.installments.events import PaymentPlanMade
from kalon.installments.rules.words import cash
from kalon.kernel import actors, events
from kalon.messaging import actions as messaging


def register() -> None:
    """Listen to ourselves."""
    events.on(PaymentPlanMade, write_down)


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
