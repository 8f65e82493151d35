"""Carrying a message out, in steps that are each written down, so that a killed worker never sends twice.

Before a message is handed over a line BEGAN is committed. If the worker dies then, the next one finds that line without
an answer: the message is UNKNOWN, its provider is asked, and only a clear "never had it" sends it again.
"""

from uuid import UUID

from kalon.kernel import clock, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.tenancy import verb
from kalon.messaging import queries
from kalon.messaging.actions import senders
from kalon.messaging.actions.senders import Fate, Outgoing
from kalon.messaging.lifecycles import MANAGE, MESSAGE, Status
from kalon.messaging.models import DeliveryEvent, Message

ATTEMPTS = 5
DO = "carry messages out"
FATES = {
    Fate.TAKEN: "It was taken.",
    Fate.NEVER_TAKEN: "It never came there.",
    Fate.NOBODY_KNOWS: "Nobody knows.",
}
Kind = DeliveryEvent.Kind


@verb
def begin_attempt(message_id: UUID, *, by: Actor) -> Outgoing | None:
    """Write down that a message is about to be handed over. None: there is nothing to do.

    `is_lost` on what comes back: an earlier attempt never heard an answer; ask after it, do not send it.
    """
    by.must(MANAGE, do=DO)
    message = _locked(message_id, by)
    if message.status != Status.QUEUED:
        return _outgoing(message, is_lost=True) if message.status == Status.UNKNOWN else None
    if message.is_purged:
        MESSAGE.move(message, "fail", by=by, reason="Its one-time code expired before it could be sent.")
        return None
    if _last_line(message) == Kind.BEGAN:
        _log(message, Kind.LOST, "The worker ended before it heard an answer.")
        MESSAGE.move(message, "lose_sight", by=by)
        return _outgoing(message, is_lost=True)
    message.attempts += 1
    message.save(update_fields=["attempts"])
    _log(message, Kind.BEGAN)
    return _outgoing(message)


@verb
def record_outcome(message_id: UUID, kind: str, *, provider_id: str = "", detail: str = "", by: Actor) -> str:
    """Write down what came of an attempt: ACCEPTED, DELIVERED, REFUSED, DEFERRED or LOST. The message's status then."""
    by.must(MANAGE, do=DO)
    message = _locked(message_id, by)
    _log(message, kind, detail)
    if kind == Kind.ACCEPTED and message.status in (Status.QUEUED, Status.UNKNOWN):
        MESSAGE.move(message, "accept", by=by, provider_id=provider_id[:200])
    elif kind == Kind.DELIVERED and message.status == Status.SENT:
        MESSAGE.move(message, "deliver", by=by)
    elif kind == Kind.LOST and message.status == Status.QUEUED:
        MESSAGE.move(message, "lose_sight", by=by)
    elif _gives_up(message, kind) and message.status in (Status.QUEUED, Status.SENT, Status.UNKNOWN):
        MESSAGE.move(message, "fail", by=by, reason=detail)
    return str(message.status)


@verb
def mark_unknown_fate(message_id: UUID, fate: Fate, *, by: Actor) -> str:
    """Write down what the provider said about a message lost from sight; only NEVER_TAKEN queues it again."""
    by.must(MANAGE, do=DO)
    message = _locked(message_id, by)
    if message.status != Status.UNKNOWN:
        return str(message.status)
    _log(message, Kind.ASKED, FATES[fate])
    if fate is Fate.TAKEN:
        MESSAGE.move(message, "accept", by=by)
    elif fate is Fate.NEVER_TAKEN:
        MESSAGE.move(message, "requeue", by=by)
    return str(message.status)


@verb
def send_again(message_id: UUID, reason: str, *, by: Actor) -> Message:
    """Try once more what could not be delivered."""
    from kalon.messaging import tasks

    by.must(MANAGE, do="send a message again")
    message = _locked(message_id, by)
    MESSAGE.move(message, "send_again", by=by, reason=reason)
    outbox.defer(tasks.deliver, organization_id=message.organization_id, message_id=message.pk)
    return message


@verb
def purge_codes(*, by: Actor) -> int:
    """Destroy the words of messages whose one-time code has expired; how many."""
    by.must(MANAGE, do=DO)
    expired = (
        queries.messages(seen_by=by)
        .select_for_update(of=("self",))
        .filter(secret_until__lte=clock.now(), body__isnull=False)
    )
    count = 0
    for message in expired:
        message.subject, message.body = None, None
        message.save(update_fields=["subject", "body"])
        count += 1
    return count


def _gives_up(message: Message, kind: str) -> bool:
    return kind == Kind.REFUSED or (kind == Kind.DEFERRED and message.attempts % ATTEMPTS == 0)


def _locked(message_id: UUID, by: Actor) -> Message:
    message = queries.messages(seen_by=by).select_for_update(of=("self",)).filter(pk=message_id).first()
    if message is None:
        raise NotFound("There is no such message. It may belong to another clinic.")
    return message


def _last_line(message: Message) -> str:
    return message.log.order_by("-id").values_list("kind", flat=True).first() or ""


def _log(message: Message, kind: str, detail: str = "") -> None:
    DeliveryEvent(
        organization_id=message.organization_id,
        message=message,
        attempt=message.attempts,
        kind=kind,
        sender=senders.carrier(message.channel),
        detail=detail[:300],
    ).save(force_insert=True)


def _outgoing(message: Message, *, is_lost: bool = False) -> Outgoing:
    return Outgoing(
        id=message.pk,
        organization_id=message.organization_id,
        channel=message.channel,
        recipient=message.recipient,
        subject=message.subject or "",
        body=message.body or "",
        attempt=message.attempts,
        sender=senders.carrier(message.channel),
        is_lost=is_lost,
    )
