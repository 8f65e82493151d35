"""What a patient wishes to hear, how, and on which devices; and when a branch keeps quiet."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from datetime import time
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kalon.kernel import audit, clock, crypto
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid, NotPermitted
from kalon.kernel.tenancy import verb
from kalon.messaging import queries, rules
from kalon.messaging.actions.senders.push_services import is_known_service
from kalon.messaging.lifecycles import MANAGE, VIEW
from kalon.messaging.models import Channel, Preference, PushKey, PushSubscription, QuietHours
from kalon.patients import queries as patients
from kalon.people import queries as people

CORRECT = "patients.correct"
DEVICES = 10


@verb
def change_preference(
    patient_id: UUID,
    *,
    channels: Sequence[str],
    language: str = "",
    declined: Sequence[str] = (),
    stopped: Sequence[str] | None = None,
    by: Actor,
) -> Preference:
    """How a patient wishes to be reached from now on: channels in order, the language, what they do not want to hear.

    `stopped` may only shrink here (somebody who wrote STOP changed their mind); None leaves it as it is.
    """
    if not by.is_patient:
        by.must(CORRECT, do="change how a patient is reached")
    queries.reachable_patient(patient_id, seen_by=by)
    unknown = set(channels) - set(Channel.values)
    if unknown or len(set(channels)) != len(channels):
        raise Invalid("Choose from e-mail, SMS, WhatsApp and notifications, each once.", field="channels")
    if set(declined) - set(rules.DECLINABLE):
        raise Invalid("Only reminders and news can be declined: the others belong to your visit.", field="declined")
    if language and language not in rules.LANGUAGES:
        raise Invalid(f"Choose {' or '.join(rules.LANGUAGES.values())}.", field="language")
    wish = _locked(patient_id, by)
    before = {"channels": wish.channels, "language": wish.language, "declined": wish.declined, "stopped": wish.stopped}
    wish.channels, wish.language, wish.declined = list(channels), language, sorted(declined)
    if stopped is not None:
        wish.stopped = [channel for channel in wish.stopped if channel in stopped]
    _save(wish, before, by)
    return wish


@verb
def stop(patient_id: UUID, channel: str, *, by: Actor) -> Preference:
    """A patient wrote STOP: nothing but codes and legal notices goes out on that channel."""
    return _stopped(patient_id, by, lambda held: {*held, channel})


@verb
def start_again(patient_id: UUID, channel: str, *, by: Actor) -> Preference:
    """A patient wrote START: the channel is theirs again."""
    return _stopped(patient_id, by, lambda held: held - {channel})


@verb
def take_over_refusals(patient_id: UUID, refused_as: UUID, *, by: Actor) -> None:
    """What somebody refused under a record that was joined into theirs stays refused, until they say otherwise."""
    by.must(MANAGE, do="carry over what a patient refused")
    other, wish = _locked(refused_as, by), _locked(patient_id, by)
    before = {"declined": wish.declined, "stopped": wish.stopped}
    declined = sorted({*wish.declined, *other.declined})
    stopped = sorted({*wish.stopped, *other.stopped})
    if other.pk and (declined, stopped) != (wish.declined, wish.stopped):
        wish.declined, wish.stopped = declined, stopped
        _save(wish, before, by)


def _stopped(patient_id: UUID, by: Actor, change: Callable[[set[str]], set[str]]) -> Preference:
    by.must(MANAGE, do="stop a channel")
    wish = _locked(patient_id, by)
    before = {"stopped": wish.stopped}
    wish.stopped = sorted(change(set(wish.stopped)))
    _save(wish, before, by)
    return wish


@verb
def change_quiet_hours(branch_id: UUID, *, starts_at: time, ends_at: time, by: Actor) -> QuietHours:
    """When a branch writes to nobody, on its own clock; from equal to until: never quiet."""
    by.must(MANAGE, do="change the quiet hours")
    branch = people.branch(branch_id, seen_by=by)
    rows = QuietHours.objects.select_for_update().filter(organization_id=by.organization_id, branch_id=branch.pk)
    quiet = rows.first() or QuietHours(organization_id=by.organization_id, branch=branch)
    quiet.starts_at, quiet.ends_at = starts_at, ends_at
    quiet.save()
    audit.note(by, audit.Kind.CHANGE, quiet, facts={"what": "quiet hours", "to": str(quiet)})
    return quiet


@verb
def make_push_key(*, by: Actor) -> PushKey:
    """The pair of keys by which push services know this clinic: made once, the private one sealed at once."""

    by.must(MANAGE, do="set up notifications")
    found = PushKey.objects.filter(organization_id=by.organization_id).first()
    if found is not None:
        return found
    pair = ec.generate_private_key(ec.SECP256R1())
    scalar = pair.private_numbers().private_value.to_bytes(32, "big")
    point = pair.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    made = PushKey(organization_id=by.organization_id)
    made.public_key = base64.urlsafe_b64encode(point).decode().rstrip("=")
    made.private_key = base64.urlsafe_b64encode(scalar).decode().rstrip("=")
    made.save(force_insert=True)
    return made


@verb
def subscribe(patient_id: UUID, *, endpoint: str, p256dh: str, auth: str, device: str = "", by: Actor) -> None:
    """A browser asks for notifications about a patient; asking twice changes nothing."""
    _own(patient_id, by)
    if len(endpoint) > 1000 or not is_known_service(endpoint):
        raise Invalid("This browser's push service is not known here. Choose e-mail or SMS instead.", field="endpoint")
    if not (_is_key(p256dh, 65) and _is_key(auth, 16)):
        raise Invalid("The browser sent incomplete keys. Turn notifications off and on again.", field="keys")
    patient = patients.patient(patient_id, seen_by=by)
    marked = _mark(endpoint, by)
    held = queries.devices(patient_id, seen_by=by)
    if held.filter(endpoint_hash=marked).exists():
        return
    if held.count() >= DEVICES:
        raise Invalid(f"At most {DEVICES} devices. Turn one off first.", field="endpoint")
    assert by.user_id is not None
    made = PushSubscription(
        organization_id=by.organization_id,
        patient=patient,
        user_id=by.user_id,
        device=" ".join(device.split())[:120],
        endpoint_hash=marked,
    )
    made.endpoint, made.p256dh, made.auth = endpoint, p256dh, auth
    made.save(force_insert=True)
    wish = _locked(patient_id, by)
    if Channel.PUSH not in wish.channels:
        wish.channels = [Channel.PUSH, *wish.channels]
        _save(wish, {}, by)


@verb
def unsubscribe(patient_id: UUID, *, endpoint: str = "", by: Actor) -> None:
    """No more notifications about a patient on this browser, or on any when none is named."""
    _own(patient_id, by)
    held = queries.devices(patient_id, seen_by=by)
    if endpoint:
        held = held.filter(endpoint_hash=_mark(endpoint, by))
    held.select_related(None).update(ended_at=clock.now())


def _own(patient_id: UUID, by: Actor) -> None:
    if not by.is_patient or by.user_id is None:
        raise NotPermitted("Only the patient can ask for notifications, on their own device.", permission=VIEW)
    queries.reachable_patient(patient_id, seen_by=by)


def _locked(patient_id: UUID, by: Actor) -> Preference:
    rows = Preference.objects.select_for_update().filter(organization_id=by.organization_id, patient_id=patient_id)
    return rows.first() or queries.unsaid(by.organization_id, patient_id)


def _save(wish: Preference, before: Mapping[str, object], by: Actor) -> None:
    wish.changed_at = clock.now()
    wish.save()
    after = {"channels": wish.channels, "language": wish.language, "declined": wish.declined, "stopped": wish.stopped}
    facts = {"what": "how the patient is reached", "before": before, "after": after}
    audit.note(by, audit.Kind.CHANGE, wish, facts=facts)


def _mark(endpoint: str, by: Actor) -> str:
    return crypto.keyed_hash("messaging.endpoint", by.organization_id, endpoint).hex()


def _is_key(text: str, size: int) -> bool:
    try:
        return len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) == size
    except (binascii.Error, ValueError):
        return False
