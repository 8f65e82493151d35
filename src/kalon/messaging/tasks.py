"""Carrying messages out, later; and what the clock does to them."""

from datetime import timedelta
from uuid import UUID

from kalon.kernel import actors, clock, outbox
from kalon.kernel.actors import Actor
from kalon.messaging import actions, queries
from kalon.messaging.actions import senders
from kalon.messaging.actions.delivery import ATTEMPTS
from kalon.messaging.actions.senders import Fate, NotNow, Outgoing, Refused
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
        fate = senders.named(outgoing.sender).reconcile(outgoing)
        status = actions.mark_unknown_fate(message_id, fate, by=by)
        outgoing = actions.begin_attempt(message_id, by=by) if status == Status.QUEUED else None
    if outgoing is not None:
        _hand_over(outgoing, by)


def _hand_over(outgoing: Outgoing, by: Actor) -> None:
    sender = senders.named(outgoing.sender)
    try:
        provider_id = sender.send(outgoing)
    except Refused as error:
        actions.record_outcome(outgoing.id, Kind.REFUSED, detail=str(error), by=by)
        return
    except NotNow as error:
        status = actions.record_outcome(outgoing.id, Kind.DEFERRED, detail=str(error), by=by)
        if status == Status.QUEUED:
            raise  # the outbox tries again, after a longer wait
        return
    except Exception as error:
        actions.record_outcome(outgoing.id, Kind.LOST, detail=f"No answer: {type(error).__name__}", by=by)
        _ask(outgoing, by)
        return
    actions.record_outcome(outgoing.id, Kind.ACCEPTED, provider_id=provider_id, by=by)
    if sender.arrives:
        actions.record_outcome(outgoing.id, Kind.DELIVERED, by=by)


def _ask(outgoing: Outgoing, by: Actor) -> None:
    fate = senders.named(outgoing.sender).reconcile(outgoing)
    status = actions.mark_unknown_fate(outgoing.id, fate, by=by)
    if status == Status.QUEUED:
        raise NotNow("The provider never had it.")


@outbox.job(name="messaging.ask_after", attempts=3, in_steps=True)
def ask_after(*, organization_id: UUID, message_id: UUID) -> None:
    """Ask the provider what became of a message; one it never had is sent again."""
    by = actors.system("messaging", organization_id)
    outgoing = actions.begin_attempt(message_id, by=by)
    if outgoing is None:
        return
    if outgoing.is_lost:
        fate = senders.named(outgoing.sender).reconcile(outgoing)
        if fate is Fate.NOBODY_KNOWS:
            return
        actions.mark_unknown_fate(message_id, fate, by=by)
        outgoing = actions.begin_attempt(message_id, by=by)
    if outgoing is not None and not outgoing.is_lost:
        _hand_over(outgoing, by)


@outbox.every(cron="*/15 * * * *", name="messaging.find_lost")
def find_lost(*, organization_id: UUID) -> None:
    """Messages lost from sight in the last two days are asked after."""
    by = actors.system("messaging", organization_id)
    for message_id in queries.lost(since=clock.now() - ASK_FOR, seen_by=by):
        outbox.defer(ask_after, organization_id=organization_id, message_id=message_id)


@outbox.every(cron="*/5 * * * *", name="messaging.purge_codes")
def purge_codes(*, organization_id: UUID) -> None:
    """The words of expired one-time codes are destroyed."""
    actions.purge_codes(by=actors.system("messaging", organization_id))
