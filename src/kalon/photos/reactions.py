"""What photographs do when a consent ends: copies made under it cannot be fetched any more."""

from kalon.consents.events import ConsentEnded
from kalon.kernel import outbox
from kalon.kernel.actors import system
from kalon.kernel.events import on
from kalon.photos import actions, tasks


def listen() -> None:
    """Hear what consents announce."""
    on(ConsentEnded, consent_ended)


def consent_ended(event: ConsentEnded) -> None:
    """In the same transaction; where the patient withdrew it on their own pages, by a job at once.

    Between the two nothing is fetched: each time, verb and database ask the consent itself.
    """
    if event.by.is_patient:
        outbox.defer(tasks.consent_over, organization_id=event.organization_id, consent_id=event.consent_id)
        return
    actions.consent_over(event.consent_id, by=system("photographs", event.organization_id))
