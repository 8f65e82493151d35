"""Telling somebody something: a row and a job, in the transaction of what is told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from kalon.kernel import actors, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.errors import Invalid
from kalon.kernel.tenancy import verb
from kalon.messaging import queries, rules
from kalon.messaging.lifecycles import MESSAGE
from kalon.messaging.models import Channel, Message, own_key
from kalon.patients import queries as patients
from kalon.people import queries as people

LONGEST_ONCE = 200
LONGEST_VALUE = 500


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
    by: Actor,
) -> Message | None:
    """Tell a patient, or somebody at an address, by the wording of this code.

    `once` says what it is about, so that the same is never told twice. None: it was told already, or the patient has
    left no address. `secret_until`: the words carry a one-time code and are destroyed then.
    """
    from kalon.messaging import tasks

    if template_code not in rules.KNOWN:
        raise Invalid(f"There is no message called {template_code}.", field="template_code")
    patient = _patient(to_patient, by)
    channel, recipient = _address(patient, channel, recipient)
    if not recipient:
        return None
    organization = people.organization(seen_by=by)
    said = {"clinic": organization.name, **({"name": patient.given_name} if patient else {}), **_plain(data)}
    wording = queries.wording(template_code, channel, language or getattr(patient, "language", ""), seen_by=by)
    message = Message(
        organization_id=by.organization_id,
        patient=patient,
        data_key=None if patient else own_key(),
        template_code=template_code,
        channel=channel,
        language=wording.language,
        once=once[:LONGEST_ONCE],
        secret_until=secret_until,
    )
    message.recipient = recipient
    message.subject = rules.fill(wording.subject, said, one_line=True)
    message.body = _body(wording, said, channel)
    if not _born_once(message):
        return None
    outbox.defer(tasks.deliver, organization_id=message.organization_id, message_id=message.pk)
    return message


def _patient(to_patient: Any, by: Actor) -> Any:
    if not isinstance(to_patient, UUID | str):
        return to_patient
    return patients.patient(UUID(str(to_patient)), seen_by=actors.system("messaging", by.organization_id))


def _address(patient: Any, channel: str | None, recipient: str) -> tuple[str, str]:
    """E-mail where there is an address, else SMS, unless one was asked for."""
    if recipient or patient is None:
        return channel or (Channel.EMAIL if "@" in recipient else Channel.SMS), recipient
    reached = {Channel.EMAIL: patient.email or "", Channel.SMS: patient.phone or ""}
    chosen = channel or next((way for way, address in reached.items() if address), Channel.EMAIL)
    return chosen, reached.get(Channel(chosen), "")


def _body(wording: rules.Wording, said: Mapping[str, str], channel: str) -> str:
    is_sms = channel == Channel.SMS
    body = rules.fill(wording.body, said, one_line=is_sms)
    return body[: rules.LONGEST_SMS] if is_sms else body


def _plain(data: Mapping[str, object]) -> dict[str, str]:
    """What is filled in, as text of one line; nothing in it is read as wording again."""
    return {name: " ".join(str(value).split())[:LONGEST_VALUE] for name, value in data.items() if value is not None}


def _born_once(message: Message) -> bool:
    try:
        with transaction.atomic():
            MESSAGE.born(message, name="queue")
    except IntegrityError as error:
        if broken_constraint(error.__cause__) != "messaging_message_once":
            raise
        return False
    return True
