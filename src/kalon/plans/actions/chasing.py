"""Overdue follow-ups: the patient is reminded, once for each step."""

from collections.abc import Sequence
from uuid import UUID

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.kernel.tenancy import verb
from kalon.messaging import actions as messaging
from kalon.plans import queries, rules
from kalon.plans.lifecycles import ARRANGE, MANAGE, FollowUpStatus
from kalon.plans.models import ChaseStep

CODE = "follow-up-overdue"


@verb
def set_chasing(days: Sequence[int], *, by: Actor) -> tuple[int, ...]:
    """Set after how many days overdue a patient is reminded: each step later than the one before."""
    by.must(MANAGE, do="change when patients are reminded")
    steps = tuple(days)
    if not 1 <= len(steps) <= rules.MOST_CHASES:
        raise Invalid(f"Give between 1 and {rules.MOST_CHASES} steps.", field="days")
    if any(not 1 <= step <= rules.LATEST_CHASE for step in steps):
        raise Invalid(f"Each step is between 1 and {rules.LATEST_CHASE} days.", field="days")
    if list(steps) != sorted(set(steps)):
        raise Invalid("Each step comes later than the one before.", field="days")
    ChaseStep.objects.filter(organization_id=by.organization_id).delete()
    for number, step in enumerate(steps, start=1):
        ChaseStep(organization_id=by.organization_id, number=number, days=step).save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, facts={"chasing": list(steps)})
    return steps


@verb
def chase(pk: UUID, *, step: int, by: Actor) -> bool:
    """Remind one patient that a follow-up is overdue; true when a message was queued, never twice for a step.

    Who does not wish reminders, or has left no address, is not asked again for this step either.
    """
    by.must(ARRANGE, do="remind patients")
    follow_up = queries.follow_up(pk, seen_by=by, lock=True)
    today = clock.today(follow_up.branch.timezone)
    if follow_up.status != FollowUpStatus.PENDING or not follow_up.is_overdue(today) or follow_up.chased >= step:
        return False
    message = messaging.send(
        CODE,
        to_patient=follow_up.patient,
        data={
            "due": follow_up.due_date,
            "doctor": follow_up.doctor.name if follow_up.doctor else "",
            "branch": follow_up.branch.name,
        },
        once=f"{CODE} {follow_up.pk} {step}",
        branch=follow_up.branch,
        about_id=follow_up.pk,
        by=by,
    )
    follow_up.chased = step
    follow_up.save(update_fields=["chased"])
    return message is not None
