"""Carrying a message out, in steps that are each written down, so that a killed worker never sends twice.

Before a message is handed over a line BEGAN is committed. If the worker dies then, the next one finds that line without
an answer: the message is UNKNOWN, its provider is asked, and only a clear "never had it" sends it again.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from kalon.kernel import clock, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.events import announce
from kalon.kernel.lookup import one
from kalon.kernel.tenancy import verb
from kalon.messaging import queries
from kalon.messaging.actions import senders
from kalon.messaging.actions.outgoing import outgoing
from kalon.messaging.actions.senders import Fate, Finding, Outgoing
from kalon.messaging.events import MessageLeaving
from kalon.messaging.lifecycles import MANAGE, MESSAGE, Status
from kalon.messaging.models import DeliveryEvent, Message, PushSubscription

ATTEMPTS = 5
# Longer than any hand-over takes. Until then, a line BEGAN without an answer is another worker at work, not a dead one.
AT_WORK = timedelta(seconds=60)
JOB_LIVES = timedelta(minutes=10)  # longer than the outbox waits before it tries again
PATIENCE = timedelta(days=1)  # with a provider that asks us to wait
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
    message = locked(message_id, by)
    if message.status != Status.QUEUED:
        return outgoing(message, is_lost=True) if message.status == Status.UNKNOWN else None
    last = message.log.order_by("-id").first()
    if last is not None and last.kind == Kind.BEGAN:
        if clock.now() - last.at < AT_WORK:
            _postpone(message, last.at + AT_WORK)
            return None
        log(message, Kind.LOST, "The worker ended before it heard an answer.")
        MESSAGE.move(message, "lose_sight", by=by)
        return outgoing(message, is_lost=True)
    if objection := _objection(message, by):
        _withdraw(message, objection, by)
        return None
    message.attempts += 1
    message.released_at = message.released_at or clock.now()
    message.save(update_fields=["attempts", "released_at"])
    log(message, Kind.BEGAN)
    return outgoing(message)


def _objection(message: Message, by: Actor) -> str:
    """Why it is not to be sent any more."""
    if message.is_purged:
        return "Its one-time code expired before it could be sent."
    if message.until is not None and message.until <= clock.now():
        return "Its time passed before it could be sent."
    if message.about_id is None:
        return ""
    leaving = MessageLeaving(message.template_code, message.about_id, message.until, by)
    announce(leaving)
    return " ".join(leaving.objections)


def _postpone(message: Message, until: datetime) -> None:
    """Look at it again then: by a new job, so that waiting does not use up the tries of this one."""
    message.due_at, message.released_at = until, None
    message.save(update_fields=["due_at", "released_at"])


def _withdraw(message: Message, why: str, by: Actor) -> None:
    log(message, Kind.WITHDRAWN, why)
    MESSAGE.move(message, "fail", by=by, reason=why, withdrawn_at=clock.now())


@verb
def record_outcome(
    message_id: UUID, kind: str, *, provider_id: str = "", detail: str = "", wait: int | None = None, by: Actor
) -> str:
    """Write down what came of an attempt: ACCEPTED, DELIVERED, REFUSED, DEFERRED or LOST. The message's status then.

    `wait`: the provider asked for so many seconds; the message leaves then, and that is no attempt that failed.
    """
    by.must(MANAGE, do=DO)
    message = locked(message_id, by)
    log(message, kind, detail)
    if kind == Kind.ACCEPTED and message.status in (Status.QUEUED, Status.UNKNOWN):
        MESSAGE.move(message, "accept", by=by, provider_id=provider_id[:200])
    elif kind == Kind.ACCEPTED and provider_id and not message.provider_id:
        message.provider_id = provider_id[:200]  # its report was here before its answer
        message.save(update_fields=["provider_id"])
    elif kind == Kind.DELIVERED and message.status == Status.SENT:
        MESSAGE.move(message, "deliver", by=by)
    elif kind == Kind.LOST and message.status == Status.QUEUED:
        MESSAGE.move(message, "lose_sight", by=by)
    elif _gives_up(message, kind, wait) and message.status in (Status.QUEUED, Status.SENT, Status.UNKNOWN):
        MESSAGE.move(message, "fail", by=by, reason=detail)
    elif wait is not None and message.status == Status.QUEUED:
        _postpone(message, clock.now() + timedelta(seconds=wait))
    return str(message.status)


@verb
def mark_unknown_fate(message_id: UUID, finding: Finding, *, by: Actor) -> str:
    """Write down what the provider said about a message lost from sight; only NEVER_TAKEN queues it again."""
    by.must(MANAGE, do=DO)
    message = locked(message_id, by)
    if message.status != Status.UNKNOWN:
        return str(message.status)
    if finding.fate is Fate.NOBODY_KNOWS and last_line(message) == Kind.ASKED:
        return str(message.status)  # that nobody knows is written down once
    log(message, Kind.ASKED, FATES[finding.fate])
    if finding.fate is Fate.TAKEN:
        MESSAGE.move(message, "accept", by=by, provider_id=finding.provider_id[:200])
    elif finding.fate is Fate.NEVER_TAKEN:
        MESSAGE.move(message, "requeue", by=by, due_at=clock.now(), released_at=None)
    return str(message.status)


@verb
def release_due(*, by: Actor, most: int = 500) -> int:
    """Give the messages whose time has come to the outbox, each once; how many. Call again until it answers none."""
    from kalon.messaging import tasks

    by.must(MANAGE, do=DO)
    waiting: QuerySet[Message] = queries.due(seen_by=by, limit=most).select_for_update(skip_locked=True, of=("self",))
    ids = list(waiting.values_list("pk", flat=True))
    Message.objects.filter(pk__in=ids).update(released_at=clock.now())
    for pk in ids:
        outbox.defer(tasks.deliver, organization_id=by.organization_id, message_id=pk)
    return len(ids)


@verb
def release_again(*, by: Actor) -> int:
    """Messages whose job was lost (it gave up, or was removed) wait for a new one; how many."""
    by.must(MANAGE, do=DO)
    rows = queries.messages(seen_by=by).select_related(None).order_by()
    return rows.filter(status=Status.QUEUED, released_at__lt=clock.now() - JOB_LIVES).update(released_at=None)


@verb
def end_devices(device_ids: tuple[UUID, ...], *, by: Actor) -> None:
    """The push service says that these browsers no longer take notifications."""
    by.must(MANAGE, do=DO)
    rows = PushSubscription.objects.filter(organization_id=by.organization_id, pk__in=device_ids, ended_at=None)
    rows.update(ended_at=clock.now())


@verb
def send_again(message_id: UUID, reason: str, *, by: Actor) -> Message:
    """Try once more what could not be delivered."""
    from kalon.messaging import tasks

    by.must(MANAGE, do="send a message again")
    message = locked(message_id, by)
    MESSAGE.move(message, "send_again", by=by, reason=reason, released_at=clock.now())
    outbox.defer(tasks.deliver, organization_id=message.organization_id, message_id=message.pk)
    return message


@verb
def give_up_looking(message_id: UUID, reason: str, *, by: Actor) -> Message:
    """The patient says that a message which was lost from sight never came: it may be sent again."""
    by.must(MANAGE, do="settle what became of a message")
    message = locked(message_id, by)
    MESSAGE.move(message, "give_up_looking", by=by, reason=reason)
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


def locked(message_id: UUID, by: Actor) -> Message:
    """One message, locked for a move."""
    message = one(queries.messages(seen_by=by).select_for_update(of=("self",)).filter(pk=message_id))
    if message is None:
        raise NotFound("There is no such message. It may belong to another clinic.")
    return message


def log(message: Message, kind: str, detail: str = "") -> None:
    """One more line of its delivery log."""
    DeliveryEvent(
        organization_id=message.organization_id,
        message=message,
        attempt=message.attempts,
        kind=kind,
        sender=senders.carrier(message.channel),
        detail=detail[:300],
    ).save(force_insert=True)


def _gives_up(message: Message, kind: str, wait: int | None) -> bool:
    if kind == Kind.DEFERRED and wait is not None:
        return clock.now() - message.created_at > PATIENCE
    return kind == Kind.REFUSED or (kind == Kind.DEFERRED and message.attempts % ATTEMPTS == 0)


def last_line(message: Message) -> str:
    """What happened to it last."""
    return message.log.order_by("-id").values_list("kind", flat=True).first() or ""
