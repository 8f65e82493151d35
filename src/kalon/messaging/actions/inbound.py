"""What comes back from outside: a provider's report on a message, and what somebody writes to the clinic's number.

Whoever calls these has checked that the provider itself speaks. Each thing it says is taken once, in any order.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.messaging import queries, rules
from kalon.messaging.actions.delivery import last_line, locked, log
from kalon.messaging.actions.sending import send
from kalon.messaging.actions.wishes import start_again, stop
from kalon.messaging.events import ReplyReceived
from kalon.messaging.lifecycles import MANAGE, MESSAGE, Status
from kalon.messaging.models import Answer, DeliveryEvent, Message, ProviderEvent, own_key
from kalon.messaging.models.messages import address_hash
from kalon.messaging.rules.answers import meaning_of

Kind, Meaning = DeliveryEvent.Kind, Answer.Meaning
DO = "write down what a provider says"
ASKING = tuple(code for code, known in rules.KNOWN.items() if known.asks)
# What was written longer ago is read by a person: the provider held it back, and much may have happened since.
FRESH = timedelta(hours=6)
WORDS = (Meaning.CONFIRM, Meaning.RESCHEDULE, Meaning.CANCEL)
LONGEST = 4000


@verb
def record_report(
    provider: str, key: str, message_id: UUID, kind: str, *, provider_id: str = "", detail: str = "", by: Actor
) -> bool:
    """A provider reports on a message: ACCEPTED, DELIVERED, READ, DEFERRED or REFUSED. False: it said so before."""
    by.must(MANAGE, do=DO)
    message = locked(message_id, by)
    if not _new(provider, key, message, by):
        return False
    earlier = bool(provider_id and message.provider_id and provider_id != message.provider_id)
    in_hand = message.status == Status.UNKNOWN or last_line(message) == Kind.BEGAN
    log(message, kind, "Of an earlier attempt." if earlier else detail)
    if kind == Kind.ACCEPTED and in_hand:
        _accepted(message, provider_id, by)
    elif kind in (Kind.DELIVERED, Kind.READ):
        _accepted(message, provider_id, by)
        _arrived(message, kind, by)
    elif kind == Kind.REFUSED and not earlier and message.status in (Status.SENT, Status.UNKNOWN):
        MESSAGE.move(message, "fail", by=by, reason=detail)
    return True


def _accepted(message: Message, provider_id: str, by: Actor) -> None:
    if message.status in (Status.QUEUED, Status.UNKNOWN):
        MESSAGE.move(message, "accept", by=by, provider_id=provider_id[:200])


def _arrived(message: Message, kind: str, by: Actor) -> None:
    if message.status in (Status.SENT, Status.FAILED):
        MESSAGE.move(message, "deliver", by=by)
    if kind == Kind.READ and message.read_at is None:
        message.read_at = clock.now()
        message.save(update_fields=["read_at"])


@verb
def receive(
    provider: str,
    key: str,
    *,
    channel: str,
    sender: str,
    text: str,
    written_at: datetime,
    pressed: str = "",
    by: Actor,
) -> Answer | None:
    """Somebody wrote to the clinic's number. None: it was taken before.

    `pressed` is what a button sent back. A known answer to the latest reminder of a coming visit is announced, STOP
    and START are obeyed, and everything else waits for a person to read it.
    """
    by.must(MANAGE, do=DO)
    if not _new(provider, key, None, by):
        return None
    digit, _, asked = pressed.partition(".")
    reminder = _reminder(channel, sender, asked, by)
    known = reminder or _latest(sender, channel, by)
    patient = known.patient if known else None
    meaning = meaning_of(digit or text)
    if meaning in WORDS and (reminder is None or clock.now() - written_at > FRESH):
        meaning = Meaning.OTHER
    answer = Answer(
        organization_id=by.organization_id,
        patient=patient,
        data_key=None if patient else own_key(),
        channel=channel,
        sender_hash=address_hash(by.organization_id, channel, sender),
        meaning=meaning,
        message=reminder if meaning in WORDS else None,
        written_at=min(written_at, clock.now()),
    )
    answer.sender, answer.body = sender[:320], _storable(text)
    answer.save(force_insert=True)
    _obey(answer, reminder, by)
    return answer


def _storable(text: str) -> str:
    """What was written, without what no database takes (half characters, a zero)."""
    return text[:LONGEST].replace("\0", "").encode("utf-8", "replace").decode()


def _obey(answer: Answer, reminder: Message | None, by: Actor) -> None:
    if answer.meaning in (Meaning.STOP, Meaning.START):
        _stop_or_start(answer, by)
        return
    if answer.message_id is None or reminder is None:
        return
    assert reminder.about_id is not None and reminder.patient_id is not None
    announce(
        ReplyReceived(
            answer_id=answer.pk,
            meaning=answer.meaning,
            about_id=reminder.about_id,
            patient_id=reminder.patient_id,
            organization_id=by.organization_id,
            channel=answer.channel,
            by=by,
        )
    )


def _stop_or_start(answer: Answer, by: Actor) -> None:
    """It holds for everybody who is reached at that number; one word of confirmation is enough."""
    change, said = (stop, "messages-stopped") if answer.meaning == Meaning.STOP else (start_again, "messages-started")
    family = _patients_at(answer, by)
    for patient in family:
        change(patient.pk, answer.channel, by=by)
    for patient in family[:1]:
        send(said, to_patient=patient, channel=answer.channel, data={}, once=f"{said} {answer.pk}", by=by)


def _new(provider: str, key: str, message: Message | None, by: Actor) -> bool:
    event = ProviderEvent(organization_id=by.organization_id, provider=provider, key=key[:200], message=message)
    try:
        with transaction.atomic():
            event.save(force_insert=True)
    except IntegrityError as error:
        if broken_constraint(error.__cause__) != "messaging_providerevent_once":
            raise
        return False
    return True


def _reminder(channel: str, sender: str, asked: str, by: Actor) -> Message | None:
    """The reminder that is answered: the one whose button was pressed, else the latest to this number."""
    rows = _to(channel, sender, by).filter(template_code__in=ASKING, until__gt=clock.now(), about_id__isnull=False)
    rows = rows.filter(status__in=(Status.SENT, Status.DELIVERED, Status.UNKNOWN), patient__isnull=False)
    if asked:
        try:
            rows = rows.filter(pk=UUID(asked))
        except ValueError:
            return None
    return rows.first()


def _latest(sender: str, channel: str, by: Actor) -> Message | None:
    return _to(channel, sender, by).filter(patient__isnull=False).first()


def _to(channel: str, sender: str, by: Actor) -> "QuerySet[Message]":
    found = address_hash(by.organization_id, channel, sender)
    return queries.messages(seen_by=by).filter(recipient_hash=found, channel=channel)


def _patients_at(answer: Answer, by: Actor) -> list[Any]:
    rows = _to(answer.channel, answer.sender, by).filter(patient__isnull=False)
    return list({row.patient_id: row.patient for row in rows[:200]}.values())
