"""Writing to patients about parts that are due or overdue, once for each step."""

from uuid import UUID

from kalon.installments import queries
from kalon.installments.actions.locks import locked_part
from kalon.installments.lifecycles import MANAGE, PlanStatus
from kalon.installments.rules.words import cash
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import verb
from kalon.messaging import actions as messaging

BEFORE, AFTER, LAST = "installment-due", "installment-overdue", "installment-overdue-again"


@verb
def remind(installment_id: UUID, *, step: int, by: Actor) -> bool:
    """Write to one patient about one part; true when a message was queued, never twice for a step.

    `step`: days from the day it is due (-3, 1, 7). Who does not wish reminders, or has left no address, is not asked
    again for this step either.
    """
    by.must(MANAGE, do="remind patients")
    part = locked_part(installment_id, by=by)
    agreement = part.payment_plan
    today = clock.today(agreement.branch.timezone)
    has_come = (today - part.due_date).days >= step and (step > 0 or today <= part.due_date)
    if not part.is_unpaid or agreement.status != PlanStatus.ACTIVE or not has_come:
        return False
    if part.told is not None and part.told >= step:
        return False
    chases = queries.terms(seen_by=by).chase_days
    code = BEFORE if step <= 0 else LAST if step == max(chases, default=0) and len(chases) > 1 else AFTER
    message = messaging.send(
        code,
        to_patient=agreement.patient,
        data={
            "amount": cash(part.owed, agreement.currency),
            "due": part.due_date,
            "number": agreement.number,
            "branch": agreement.branch.name,
        },
        once=f"{code} {part.pk} {step}",
        branch=agreement.branch,
        about_id=agreement.pk,
        by=by,
    )
    part.told = step
    part.save(update_fields=["told"])
    return message is not None
