"""What quotes do by themselves, later: keep the signed paper, end what nobody decided, remind once before."""

from uuid import UUID

from kalon.kernel import outbox
from kalon.kernel.actors import system
from kalon.quotes import actions


@outbox.job(name="quotes.keep_paper", attempts=8)
def keep_paper(*, organization_id: UUID, quote_id: UUID) -> None:
    """The accepted quote is drawn and sealed once."""
    actions.keep_paper(quote_id, by=system("quotes", organization_id))


@outbox.every(cron="10 * * * *", name="quotes.expire")
def expire(*, organization_id: UUID) -> None:
    """Quotes whose last day has passed where they were made."""
    actions.expire_due(by=system("the clinic's clock", organization_id))


@outbox.every(cron="40 9 * * *", name="quotes.remind")
def remind(*, organization_id: UUID) -> None:
    """Who has not decided is told once that the quote ends, by a job that may be killed at any point."""
    outbox.defer(send_reminders, organization_id=organization_id)


@outbox.job(name="quotes.send_reminders", attempts=5, in_steps=True)
def send_reminders(*, organization_id: UUID) -> None:
    """One at a time, each in a unit of work of its own."""
    by = system("quotes", organization_id)
    for pk in actions.to_remind(by=by):
        actions.remind(pk, by=by)
