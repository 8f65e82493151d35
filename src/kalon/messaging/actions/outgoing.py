"""A message as its sender is given it: opened, with everything the channel needs."""

from datetime import timedelta

from kalon.kernel import clock
from kalon.messaging import rules
from kalon.messaging.actions import senders
from kalon.messaging.actions.senders import Device, Outgoing
from kalon.messaging.models import Answer, Channel, DeliveryEvent, Message, PushKey, PushSubscription

IN_CONVERSATION = timedelta(hours=24) - timedelta(minutes=5)  # Meta's own clock decides; we stay clear of its edge
NEIGHBOURS = 200


def outgoing(message: Message, *, is_lost: bool = False) -> Outgoing:
    """Open it for its sender."""
    channel = message.channel
    sender = senders.carrier(channel)
    began = message.log.filter(kind=DeliveryEvent.Kind.BEGAN).order_by("-id").values_list("at", flat=True).first()
    push = sender != "embedded" and channel == Channel.PUSH
    return Outgoing(
        id=message.pk,
        organization_id=message.organization_id,
        channel=channel,
        recipient=message.recipient,
        subject=message.subject or "",
        body=message.body or "",
        attempt=message.attempts,
        sender=sender,
        is_lost=is_lost,
        code=message.template_code,
        language=message.language,
        values=message.values or {},
        choices=rules.choices(message.template_code, message.language) if channel == Channel.WHATSAPP else {},
        in_conversation=channel == Channel.WHATSAPP and _wrote_lately(message),
        attachment=message.attachment or "",
        until=message.until,
        began_at=began,
        not_these=_ids_of_others(message) if is_lost else frozenset(),
        devices=_devices(message) if push else (),
        push_key=_push_key(message) if push else ("", ""),
    )


def _wrote_lately(message: Message) -> bool:
    since = clock.now() - IN_CONVERSATION
    rows = Answer.objects.filter(organization_id=message.organization_id, sender_hash=message.recipient_hash)
    return rows.filter(channel=Channel.WHATSAPP, written_at__gte=since).exists()


def _ids_of_others(message: Message) -> frozenset[str]:
    """What the provider called the other messages to this address."""
    rows = Message.objects.filter(organization_id=message.organization_id, recipient_hash=message.recipient_hash)
    others = rows.exclude(pk=message.pk).exclude(provider_id="").order_by("-id")
    return frozenset(others.values_list("provider_id", flat=True)[:NEIGHBOURS])


def _devices(message: Message) -> tuple[Device, ...]:
    assert message.patient_id is not None
    rows = PushSubscription.objects.filter(
        organization_id=message.organization_id, patient_id=message.patient_id, ended_at=None
    )
    return tuple(Device(row.pk, row.endpoint, row.p256dh, row.auth) for row in rows.select_related("patient"))


def _push_key(message: Message) -> tuple[str, str]:
    key = PushKey.objects.filter(organization_id=message.organization_id).first()
    return (key.public_key, key.private_key) if key else ("", "")
