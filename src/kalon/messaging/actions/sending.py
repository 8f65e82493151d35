"""Telling somebody something: a row and a job, in the transaction of what is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.formats import date_format

from kalon.kernel import actors, clock, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.errors import Invalid
from kalon.kernel.tenancy import verb
from kalon.messaging import queries, rules
from kalon.messaging.lifecycles import MESSAGE
from kalon.messaging.models import Channel, Message, own_key
from kalon.messaging.models.messages import address_hash
from kalon.messaging.rules import Known, timing
from kalon.patients import queries as patients
from kalon.people import queries as people

LONGEST_ONCE = 200
LONGEST_VALUE = 500


@dataclass(frozen=True, slots=True)
class _Way:
    """Which way it goes, and to which address."""

    channel: str
    recipient: str
    language: str = ""


@verb
def send(
    template_code: str,
    *,
    to_patient: Any = None,
    recipient: str = "",
    channel: str | None = None,
    language: str = "",
    data: Mapping[str, object],
    once: str,
    secret_until: datetime | None = None,
    branch: Any = None,
    about_id: UUID | None = None,
    not_before: datetime | None = None,
    until: datetime | None = None,
    attachment: str = "",
    by: Actor,
) -> Message | None:
    """Tell a patient, or somebody at an address, by the wording of this code.

    `once` says what it is about, so that the same is never told twice. None: it was told already, the patient does
    not wish to hear it, has left no address, or it could only arrive after `until`. `secret_until`: the words carry a
    one-time code and are destroyed then. `branch`: whose quiet hours are kept. `attachment`: a calendar file (.ics).
    Days and instants in `data` are written as the language of the message writes them; several values as lines.
    """
    from kalon.messaging import tasks

    if template_code not in rules.KNOWN:
        raise Invalid(f"There is no message called {template_code}.", field="template_code")
    known = rules.KNOWN[template_code]
    patient = _patient(to_patient, by)
    way = _way(known, patient, channel, recipient, by)
    due_at = _when(known, branch, not_before, until, by)
    if way is None or due_at is None:
        return None
    organization = people.organization(seen_by=by)
    spoken = language or way.language or getattr(patient, "language", "")
    wording = queries.wording(template_code, way.channel, spoken, seen_by=by)
    said = {"clinic": organization.name, **({"name": patient.given_name} if patient else {})}
    said |= _plain(data, wording.language)
    message = Message(
        organization_id=by.organization_id,
        patient=patient,
        data_key=None if patient else own_key(),
        template_code=template_code,
        channel=way.channel,
        language=wording.language,
        recipient_hash=address_hash(by.organization_id, way.channel, way.recipient),
        about_id=about_id,
        once=once[:LONGEST_ONCE],
        secret_until=secret_until,
        due_at=due_at,
        until=until if until is not None and due_at < until else None,
    )
    message.recipient = way.recipient
    message.subject = rules.fill(wording.subject, said, one_line=True)
    message.body = _body(wording, said, way.channel)
    if way.channel == Channel.WHATSAPP and not known.is_secret:
        message.values = {name: " ".join(said.get(name, "").split()) for name in rules.named_in(wording.body)}
    if attachment and way.channel == Channel.EMAIL:
        message.attachment = attachment
    message.released_at = clock.now() if due_at <= clock.now() else None
    if not _born_once(message):
        return None
    if message.released_at is not None:
        outbox.defer(tasks.deliver, organization_id=message.organization_id, message_id=message.pk)
    return message


def _patient(to_patient: Any, by: Actor) -> Any:
    if not isinstance(to_patient, UUID | str):
        return to_patient
    return patients.patient(UUID(str(to_patient)), seen_by=actors.system("messaging", by.organization_id))


def _way(known: Known, patient: Any, channel: str | None, recipient: str, by: Actor) -> _Way | None:
    """The first way the patient likes that reaches them and is not stopped; or the address that was given."""
    if recipient or patient is None:
        chosen = channel or (Channel.EMAIL if "@" in recipient else Channel.SMS)
        return _Way(chosen, recipient) if recipient else None
    wish = queries.preference(patient.pk, seen_by=by)
    if known.purpose in wish.declined:
        return None
    always = known.purpose in rules.ALWAYS
    wanted = [channel] if channel else queries.ways(wish)
    for way in wanted:
        address = _address(patient, way, by)
        if address and (always or way not in wish.stopped):
            return _Way(way, address, wish.language)
    return None


def _address(patient: Any, channel: str, by: Actor) -> str:
    if channel == Channel.EMAIL:
        return patient.email or ""
    if channel == Channel.PUSH:
        return "this patient's devices" if queries.devices(patient.pk, seen_by=by).exists() else ""
    return patient.phone or ""


def _when(known: Known, branch: Any, not_before: datetime | None, until: datetime | None, by: Actor) -> datetime | None:
    """Now (or the given instant), or at the end of the quiet hours; None when that is too late to be of use.

    A reminder that would come too late is not sent. Any other word is: better told at night than not at all.
    """
    now = max(clock.now(), not_before or clock.now())
    if until is not None and until <= now:
        return None if known.purpose == rules.Purpose.REMINDER else now
    if not known.waits or by.is_patient or branch is None:
        return now
    loud = timing.loud_from(now, ZoneInfo(branch.timezone), queries.quiet(branch.pk, seen_by=by))
    if until is None or loud < until:
        return loud
    return None if known.purpose == rules.Purpose.REMINDER else now


def _body(wording: rules.Wording, said: Mapping[str, str], channel: str) -> str:
    is_sms = channel == Channel.SMS
    body = rules.fill(wording.body, said, one_line=is_sms or channel == Channel.PUSH)
    return body[: rules.LONGEST_SMS] if is_sms else body


def _plain(data: Mapping[str, object], language: str) -> dict[str, str]:
    """What is filled in: text of one line, or a line for each of several; nothing in it is read as wording again."""
    with translation.override(language):
        return {name: _lines(value) for name, value in data.items() if value is not None}


def _lines(value: object) -> str:
    several = value if isinstance(value, tuple) else (value,)
    return "\n".join(" ".join(_written(one).split())[:LONGEST_VALUE] for one in several)


def _written(value: object) -> str:
    if isinstance(value, tuple):  # a thing and its day
        return ": ".join(map(_written, value))
    if isinstance(value, datetime):
        return date_format(value, "l j F, H:i")
    return date_format(value, "l j F Y") if isinstance(value, date) else str(value)


def _born_once(message: Message) -> bool:
    try:
        with transaction.atomic():
            MESSAGE.born(message, name="queue")
    except IntegrityError as error:
        if broken_constraint(error.__cause__) != "messaging_message_once":
            raise
        return False
    return True
