"""What a recording does when the consent to it ends."""

from kalon.consents.events import ConsentEnded
from kalon.kernel import outbox
from kalon.kernel.actors import system
from kalon.kernel.events import on
from kalon.voice import actions, tasks


def listen() -> None:
    """Hear what consents announce."""
    on(ConsentEnded, stopped)


def stopped(event: ConsentEnded) -> None:
    """Recordings stop at once; by a job where a patient withdrew it at home, and until then no sound is taken."""
    if event.kind != "RECORDING":
        return
    if event.by.is_patient:
        outbox.defer(tasks.stop_all, organization_id=event.organization_id, patient_id=event.patient_id)
    else:
        actions.stop_all(event.patient_id, by=system("voice", event.organization_id))
