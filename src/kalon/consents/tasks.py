"""What follows a signature without anybody waiting for it: the paper, and the end of its time."""

from uuid import UUID

from kalon.consents import actions
from kalon.kernel import outbox
from kalon.kernel.actors import system


@outbox.job(name="consents.keep_paper", attempts=8)
def keep_paper(*, organization_id: UUID, consent_id: UUID) -> None:
    """The signed paper is drawn and sealed once; when the consent ends, whoever looks at its code reads so."""
    actions.keep_paper(consent_id, by=system("consents", organization_id))


@outbox.every(cron="20 * * * *", name="consents.expire")
def expire(*, organization_id: UUID) -> None:
    """Consents whose time is over."""
    actions.expire_due(by=system("the clinic's clock", organization_id))
