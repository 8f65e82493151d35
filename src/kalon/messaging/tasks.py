"""Carrying messages out, later; and what the clock does to them."""

from datetime import timedelta
from uuid import UUID

from kalon.kernel import actors, clock, outbox
from kalon.kernel.actors import Actor
from kalon.messaging import actions, queries
from kalon.messaging.actions import senders
from kalon.messaging.actions.delivery import ATTEMPTS
from kalon.messaging.actions.senders import NotNow, Outgoing, Refused
from kalon.messaging.lifecycles import Status
from kalon.messaging.models import DeliveryEvent

Kind = DeliveryEvent.Kind
ASK_FOR = timedelta(days=2)


@outbox.job(name="messaging.deliver", attempts=ATTEMPTS + 2, in_steps=True)
def deliver(*, organization_id: UUID, message_id: UUID) -> None:
    """Hand one message over. Each step is committed before the next, so that nothing is sent twice."""
    by = actors.system("messaging", organization_id)
    outgoing = actions.begin_attempt(message_id, by=by)
    if outgoing is not None and outgoing.is_lost:
        outgoing = _found_or_again(outgoing, by)
    if outgoing is not None:
        _hand_over(outgoing, by)


@outbox.job(name="messaging.ask_after", attempts=3, in_steps=True)
def ask_after(*, organization_id: UUID, message_id: UUID) -> None:
    """Ask the provider what became of a message; one it never had is sent again."""
    deliver(organization_id=organization_id, message_id=message_id)


def _found_or_again(outgoing: Outgoing, by: Actor) -> Outgoing | None:
    """Ask after a lost message. What comes back is to be handed over: its provider says that it never had it."""
    finding = senders.named(outgoing.sender).reconcile(outgoing)
    status = actions.mark_unknown_fate(outgoing.id, finding, by=by)
    again = actions.begin_attempt(outgoing.id, by=by) if status == Status.QUEUED else None
    return None if again is not None and again.is_lost else again


def _hand_over(outgoing: Outgoing, by: Actor) -> None:
    sender = senders.named(outgoing.sender)
    try:
        receipt = sender.send(outgoing)
    except Refused as error:
        actions.record_outcome(outgoing.id, Kind.REFUSED, detail=str(error), by=by)
        _end(error.ended, by)
        return
    except NotNow as error:
        status = actions.record_outcome(outgoing.id, Kind.DEFERRED, detail=str(error), wait=error.wait, by=by)
        if status == Status.QUEUED and error.wait is None:
            raise  # the outbox tries again, after a longer wait
        return
    except Exception as error:
        actions.record_outcome(outgoing.id, Kind.LOST, detail=f"No answer: {type(error).__name__}", by=by)
        _ask(outgoing.id, by)
        return
    actions.record_outcome(outgoing.id, Kind.ACCEPTED, provider_id=receipt.provider_id, by=by)
    _end(receipt.ended, by)
    if sender.arrives:
        actions.record_outcome(outgoing.id, Kind.DELIVERED, by=by)


def _ask(message_id: UUID, by: Actor) -> None:
    lost = actions.begin_attempt(message_id, by=by)
    if lost is not None and lost.is_lost:
        actions.mark_unknown_fate(message_id, senders.named(lost.sender).reconcile(lost), by=by)


def _end(devices: tuple[UUID, ...], by: Actor) -> None:
    if devices:
        actions.end_devices(devices, by=by)


@outbox.every(cron="* * * * *", name="messaging.release_due")
def release_due(*, organization_id: UUID) -> None:
    """Messages that waited for the end of the quiet hours, or for their provider, leave when their time comes."""
    while actions.release_due(by=actors.system("messaging", organization_id)):
        continue


@outbox.every(cron="*/5 * * * *", name="messaging.find_lost")
def find_lost(*, organization_id: UUID) -> None:
    """Messages lost from sight in the last two days are asked after; those whose job was lost get another."""
    by = actors.system("messaging", organization_id)
    actions.release_again(by=by)
    for message_id in queries.lost(since=clock.now() - ASK_FOR, seen_by=by):
        outbox.defer(ask_after, organization_id=organization_id, message_id=message_id)


@outbox.every(cron="*/5 * * * *", name="messaging.purge_codes")
def purge_codes(*, organization_id: UUID) -> None:
    """The words of expired one-time codes are destroyed."""
    actions.purge_codes(by=actors.system("messaging", organization_id))


@outbox.every(cron="*/10 * * * *", name="messaging.make_push_key")
def make_push_key(*, organization_id: UUID) -> None:
    """A clinic that has turned notifications on gets the keys they are signed with."""
    if senders.carrier("PUSH") != "embedded":
        actions.make_push_key(by=actors.system("messaging", organization_id))
