"""What follows a signature without anybody waiting for it: the paper, and the end of its time."""

from uuid import UUID

from kalon.consents import actions
from kalon.kernel import outbox
from kalon.kernel.actors import system


@outbox.job(name="consents.keep_paper", attempts=8)
def keep_paper(*, organization_id: UUID, consent_id: UUID) -> None:
    """The signed paper is drawn and sealed once; when the consent ends, whoever looks at its code reads so."""
    actions.keep_paper(consent_id, by=system("consents", organization_id))


@outbox.job(name="consents.tell_ended", attempts=5)
def tell_ended(*, organization_id: UUID, consent_id: UUID) -> None:
    """The doctor of a plan hears that its consent ended."""
    actions.tell_ended(consent_id, by=system("consents", organization_id))


@outbox.every(cron="20 * * * *", name="consents.expire")
def expire(*, organization_id: UUID) -> None:
    """Consents whose time is over."""
    actions.expire_due(by=system("the clinic's clock", organization_id))


@outbox.every(cron="*/10 * * * *", name="consents.ask_waiting")
def ask_waiting(*, organization_id: UUID) -> None:
    """Who has something to read and sign is told, by a job that may be killed at any point."""
    outbox.defer(send_asked, organization_id=organization_id)


@outbox.job(name="consents.send_asked", attempts=5, in_steps=True)
def send_asked(*, organization_id: UUID) -> None:
    """One at a time, each in a unit of work of its own."""
    by = system("consents", organization_id)
    for pk in actions.to_ask(by=by):
        actions.ask(pk, by=by)
