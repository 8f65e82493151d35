"""What a worker does with recordings: it listens, and it deletes what has been kept for its time."""

from uuid import UUID

from kalon.kernel import outbox
from kalon.kernel.actors import system
from kalon.voice import actions

QUEUE = "voice"  # of a worker of its own: what it takes long for keeps no message waiting


@outbox.job(name="voice.hear", attempts=5, queue=QUEUE, in_steps=True)
def hear(*, organization_id: UUID, session_id: UUID) -> None:
    """One stretch; the next one is a job of its own, behind those of other rooms."""
    actions.hear(session_id, by=system("voice", organization_id))


@outbox.job(name="voice.draft", attempts=4, queue=QUEUE)
def draft(*, organization_id: UUID, session_id: UUID) -> None:
    """The first draft of a note, by the drafter of the house."""
    actions.draft_first(session_id, by=system("voice", organization_id))


@outbox.job(name="voice.draft_outside", attempts=1, queue=QUEUE, in_steps=True)
def draft_outside(*, organization_id: UUID, session_id: UUID) -> None:
    """A further draft by the engine outside; where it fails, the draft that is there stays."""
    actions.try_outside(session_id, by=system("voice", organization_id))


@outbox.job(name="voice.stop_all", attempts=8)
def stop_all(*, organization_id: UUID, patient_id: UUID) -> None:
    """A patient withdrew the consent on their own pages."""
    actions.stop_all(patient_id, by=system("voice", organization_id))


@outbox.every(cron="35 2 * * *", name="voice.forget_due")
def forget_due(*, organization_id: UUID) -> None:
    """Sound and words whose time is over."""
    while actions.forget_due(by=system("the clinic's clock", organization_id)):
        pass


@outbox.every(cron="50 2 * * *", name="voice.forget_expired")
def forget_expired(*, organization_id: UUID) -> None:
    """Whoever stood behind the tokens of a session whose time is over."""
    actions.forget_expired(by=system("the clinic's clock", organization_id))


@outbox.every(cron="*/5 * * * *", name="voice.settle_forgotten")
def settle_forgotten(*, organization_id: UUID) -> None:
    """What an engine outside was to cost, where whoever asked it was stopped."""
    actions.settle_forgotten(by=system("the clinic's clock", organization_id))
