"""What the worker does for plans: overdue follow-ups are chased, what a patient did at home is followed up."""

from uuid import UUID

from kalon.kernel import outbox
from kalon.kernel.actors import system
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions, queries


@outbox.every(cron="10 * * * *", name="plans.chase_overdue")
def chase_overdue(*, organization_id: UUID) -> None:
    """The reminders whose day has come are queued, by a job that may be killed at any point."""
    outbox.defer(send_chasers, organization_id=organization_id)


@outbox.job(name="plans.send_chasers", attempts=5, in_steps=True)
def send_chasers(*, organization_id: UUID) -> None:
    """One at a time, each in a unit of work of its own; what was queued before stays queued, once."""
    by = system("the clinic's clock", organization_id)
    with acting_as(by):
        left = queries.overdue(seen_by=by)
    for pk, step in left:
        actions.chase(pk, step=step, by=by)


@outbox.job(name="plans.make_bookable", attempts=5)
def make_bookable(*, organization_id: UUID, plan_id: UUID) -> None:
    """The patient signed at home: what is due first of their plan comes to the desk's list."""
    actions.make_bookable(plan_id, by=system("plans", organization_id))


@outbox.job(name="plans.shift_days", attempts=5)
def shift_days(*, organization_id: UUID, plan_id: UUID) -> None:
    """A patient moved their own visit: the sessions after it are due accordingly."""
    actions.shift(plan_id, by=system("plans", organization_id))


@outbox.job(name="plans.look_at_consents", attempts=5)
def look_at_consents(*, organization_id: UUID, session_id: UUID) -> None:
    """A patient signed on their own pages: the session may begin, or still waits."""
    actions.session_consent_changed(session_id, by=system("plans", organization_id))
