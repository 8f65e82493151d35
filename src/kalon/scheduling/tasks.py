"""What the clock does to visits, once a minute."""

from uuid import UUID

from kalon.kernel import clock, outbox
from kalon.kernel.actors import system
from kalon.scheduling import actions, queries
from kalon.scheduling.lifecycles import Status

NOT_PAID = "The payment did not arrive in time."
NOT_ANSWERED = "The clinic could not answer in time."


@outbox.every(cron="* * * * *", name="scheduling.release_unanswered")
def release_unanswered(*, organization_id: UUID) -> None:
    """Give back the times of visits that were not paid in time, or asked for and never answered."""
    by = system("the clinic's clock", organization_id)
    for pk, status in queries.overdue(at=clock.now(), seen_by=by):
        actions.cancel(pk, NOT_PAID if status == Status.PENDING_PAYMENT else NOT_ANSWERED, by=by)
