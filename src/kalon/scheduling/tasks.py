"""What the clock does to visits and to the waiting list."""

from uuid import UUID

from kalon.kernel import clock, outbox
from kalon.kernel.actors import system
from kalon.kernel.tenancy import acting_as
from kalon.people import queries as people
from kalon.scheduling import actions, queries
from kalon.scheduling.actions.reminding import remind
from kalon.scheduling.lifecycles import Status
from kalon.scheduling.queries.reminders import to_remind

NOT_PAID = "The payment did not arrive in time."
NOT_ANSWERED = "The clinic could not answer in time."
WAITING_LIST = "the waiting list"


@outbox.every(cron="* * * * *", name="scheduling.release_unanswered")
def release_unanswered(*, organization_id: UUID) -> None:
    """Give back the times of visits that were not paid in time, or asked for and never answered."""
    by = system("the clinic's clock", organization_id)
    for pk, status in queries.overdue(at=clock.now(), seen_by=by):
        actions.cancel(pk, NOT_PAID if status == Status.PENDING_PAYMENT else NOT_ANSWERED, by=by)


@outbox.job(name="scheduling.fill_gap", attempts=3)
def fill_gap(*, organization_id: UUID, branch_id: UUID) -> None:
    """A time came free at a branch: it is offered to those who wait for one."""
    actions.offer_times(branch_id, by=system(WAITING_LIST, organization_id))


@outbox.every(cron="*/5 * * * *", name="scheduling.close_offers")
def close_offers(*, organization_id: UUID) -> None:
    """Offers nobody answered in time end, and waits whose days are over."""
    actions.close_offers(by=system(WAITING_LIST, organization_id))


@outbox.every(cron="*/15 * * * *", name="scheduling.match_waiting")
def match_waiting(*, organization_id: UUID) -> None:
    """Whatever freed a time, new hours too: those who wait hear of the first that suits them."""
    by = system(WAITING_LIST, organization_id)
    for branch in people.branches(seen_by=by):
        outbox.defer(fill_gap, organization_id=organization_id, branch_id=branch.pk)


AT_ONCE = 200  # reminders queued in one unit of work: what a killed worker may have to do again


@outbox.every(cron="*/5 * * * *", name="scheduling.remind_of_tomorrow")
def remind_of_tomorrow(*, organization_id: UUID) -> None:
    """The reminders whose time has come are queued, by a job that may be killed at any point."""
    outbox.defer(send_reminders, organization_id=organization_id)


@outbox.job(name="scheduling.send_reminders", attempts=5, in_steps=True)
def send_reminders(*, organization_id: UUID) -> None:
    """Some at a time, each in a unit of work of its own; what was queued before stays queued, once."""
    by = system("the clinic's clock", organization_id)
    with acting_as(by):
        left = to_remind(seen_by=by)
    for first in range(0, len(left), AT_ONCE):
        remind(left[first : first + AT_ONCE], by=by)


@outbox.every(cron="0 3 1 10 *", name="scheduling.propose_holidays")
def propose_holidays(*, organization_id: UUID) -> None:
    """Once a year, propose the holidays of a further year to every branch that follows a calendar."""
    by = system("the clinic's calendar", organization_id)
    for calendar in queries.calendars(seen_by=by):
        actions.propose_holidays(calendar.branch_id, by=by)


@outbox.job(name="scheduling.copy_out", attempts=8, in_steps=True)
def copy_out(*, organization_id: UUID, appointment_id: UUID) -> None:
    """An outside calendar is brought up to date with one visit."""
    actions.copy_out(appointment_id, by=system("the outside calendars", organization_id))
