"""What is told: wordings, messages, and the log of each attempt."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel import clock, crypto
from kalon.kernel.encrypted import EncryptedJSON, EncryptedText
from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger, append_only
from kalon.messaging.lifecycles import MESSAGE, Status
from kalon.messaging.models.channels import Channel

# What was said, to whom, about whom: never changed afterwards. Only a one-time code is taken out, by leaving nothing.
_HOW_IT_WENT = (
    "ARRAY['status', 'status_at', 'attempts', 'provider_id', 'subject', 'body', 'data_key',"
    " 'due_at', 'released_at', 'read_at', 'withdrawn_at']"
)
KEPT = f"""
    IF to_jsonb(NEW) - {_HOW_IT_WENT} <> to_jsonb(OLD) - {_HOW_IT_WENT}
        OR (NEW.subject IS DISTINCT FROM OLD.subject AND NEW.subject IS NOT NULL)
        OR (NEW.body IS DISTINCT FROM OLD.body AND NEW.body IS NOT NULL)
        OR (NEW.body IS NULL AND OLD.body IS NOT NULL AND (OLD.secret_until IS NULL OR OLD.secret_until > kalon_now()))
        OR (NEW.subject IS NULL AND OLD.subject IS NOT NULL AND NEW.body IS NOT NULL)
        OR (NEW.data_key IS NOT NULL AND OLD.data_key IS NULL)
    THEN
        RAISE EXCEPTION 'what a message said is never changed; send another one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'messaging_message_kept';
    END IF;
    RETURN NEW;"""


class Template(OrganizationRecord):
    """The organisation's own wording of one message, in one language, for one channel."""

    code = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    language = models.CharField(max_length=8, default="en")
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(max_length=4000)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code", "channel", "language", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "code", "channel", "language"], name="messaging_template_once"
            ),
            models.CheckConstraint(condition=~Q(body=""), name="messaging_template_says_something"),
            models.CheckConstraint(condition=Q(language__regex=r"^[a-z]{2,3}$"), name="messaging_template_language"),
            RowSecurity(name="messaging_template_rows", portal="SELECT"),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.channel}, {self.language})"


class Message(OrganizationRecord, Staged):
    """One thing told to one person, encrypted under the patient's key, or its own where there is no patient.

    `once` says what it is about: a second message with the same is never made. `secret_until`: it carries a
    one-time code, and its words are destroyed after that instant. It leaves at `due_at`, never after `until` (a
    reminder of a visit that has begun is no use), and `released_at` is when it was given to the outbox. `values` are
    the names that were filled in, for the channels that word it themselves. `recipient_hash` finds it again when
    that address answers; `about_id` is the row it is about, of whatever kind.
    """

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    data_key = models.BinaryField(null=True, editable=False)
    template_code = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    language = models.CharField(max_length=8, default="en")
    recipient = EncryptedText(key="sealing_key", max_length=320)
    subject = EncryptedText(key="sealing_key", null=True)
    body = EncryptedText(key="sealing_key", null=True)
    values = EncryptedJSON(key="sealing_key", null=True)
    attachment = EncryptedText(key="sealing_key", null=True)
    recipient_hash = models.CharField(max_length=64, blank=True, editable=False)
    about_id = models.UUIDField(null=True, editable=False)
    once = models.CharField(max_length=200)
    due_at = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    provider_id = models.CharField(max_length=200, blank=True)
    secret_until = models.DateTimeField(null=True)

    patient_id: UUID | None
    organization_id: UUID
    objects: ClassVar[models.Manager["Message"]]

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["patient", "-id"], name="messaging_message_of_patient"),
            models.Index(fields=["status", "status_at"], name="messaging_message_waiting"),
            models.Index(
                fields=["due_at"],
                condition=Q(status=Status.QUEUED, released_at=None),
                name="messaging_message_due",
            ),
            models.Index(fields=["recipient_hash", "-id"], name="messaging_message_of_address"),
            models.Index(fields=["about_id", "template_code"], name="messaging_message_about"),
        ]
        constraints = [
            *MESSAGE.rules("messaging_message", patient="patient_id"),
            models.UniqueConstraint(fields=["organization", "once"], name="messaging_message_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="messaging_message_in_organization"),
            Trigger(name="messaging_message_kept", events="BEFORE UPDATE", body=KEPT),
            SameOrganization(name="messaging_message_same_patient", field="patient_id", to="patients.Patient"),
            RowSecurity(name="messaging_message_rows", patient="patient_id", portal="SELECT, INSERT"),
        ]

    def __str__(self) -> str:
        return f"{self.template_code} {self.pk}"

    @property
    def sealing_key(self) -> bytes | None:
        """The data key its words are sealed under; None once the patient, or the code, is erased."""
        if self.patient_id is not None:
            assert self.patient is not None
            return _as_bytes(self.patient.data_key)
        return _as_bytes(self.data_key)

    @property
    def is_secret(self) -> bool:
        return self.secret_until is not None

    @property
    def is_purged(self) -> bool:
        return self.body is None


def address_hash(organization_id: UUID, channel: str, address: str) -> str:
    """How an address is found again without standing in clear; a number is the same by SMS and by WhatsApp."""
    plain = address.strip().lower() if channel == Channel.EMAIL else "".join(c for c in address if c.isdigit())
    return crypto.keyed_hash("messaging.address", organization_id, plain).hex() if plain else ""


def _as_bytes(key: bytes | memoryview | None) -> bytes | None:
    return None if key is None else bytes(key)


def own_key() -> bytes:
    """A data key for a message about nobody who has a record yet."""
    return crypto.new_data_key()


class DeliveryEvent(OrganizationRecord):
    """One line of the delivery log: an attempt began, was taken, was refused, was asked after. Never changed."""

    class Kind(models.TextChoices):
        BEGAN = "BEGAN", "Handing over"
        ACCEPTED = "ACCEPTED", "Taken by the sender"
        DELIVERED = "DELIVERED", "Arrived"
        DEFERRED = "DEFERRED", "Not now, tried again later"
        REFUSED = "REFUSED", "Refused"
        LOST = "LOST", "No answer"
        ASKED = "ASKED", "Asked after"
        READ = "READ", "Read"
        WITHDRAWN = "WITHDRAWN", "No longer needed"

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="log", editable=False)
    attempt = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    sender = models.CharField(max_length=40)
    detail = models.CharField(max_length=300, blank=True)  # a provider's code or sentence, never a name or an address
    at = models.DateTimeField(default=clock.now)

    message_id: UUID

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["message", "attempt"], condition=Q(kind="BEGAN"), name="messaging_deliveryevent_began_once"
            ),
            SameOrganization(name="messaging_deliveryevent_same", field="message_id", to="messaging.Message"),
            *append_only("messaging_deliveryevent", name="messaging_deliveryevent_append_only"),
            RowSecurity(name="messaging_deliveryevent_rows", app="SELECT, INSERT"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.sender})"
