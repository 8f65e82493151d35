"""Tables of what is told: wordings, messages, and the log of each attempt."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel import clock, crypto
from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger, append_only
from kalon.messaging.lifecycles import MESSAGE, Status

# What was said, to whom, about whom: never changed afterwards. Only a one-time code is taken out, by leaving nothing.
KEPT = """
    IF to_jsonb(NEW) - ARRAY['status', 'status_at', 'attempts', 'provider_id', 'subject', 'body', 'data_key']
        <> to_jsonb(OLD) - ARRAY['status', 'status_at', 'attempts', 'provider_id', 'subject', 'body', 'data_key']
        OR (NEW.subject IS DISTINCT FROM OLD.subject AND NEW.subject IS NOT NULL)
        OR (NEW.body IS DISTINCT FROM OLD.body AND NEW.body IS NOT NULL)
        OR (NEW.body IS NULL AND OLD.body IS NOT NULL AND (OLD.secret_until IS NULL OR OLD.secret_until > kalon_now()))
        OR (NEW.subject IS NULL AND OLD.subject IS NOT NULL AND NEW.body IS NOT NULL)
        OR (NEW.data_key IS DISTINCT FROM OLD.data_key AND NEW.data_key IS NOT NULL)
    THEN
        RAISE EXCEPTION 'what a message said is never changed; send another one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'messaging_message_kept';
    END IF;
    RETURN NEW;"""


class Channel(models.TextChoices):
    EMAIL = "EMAIL", "E-mail"
    SMS = "SMS", "SMS"


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
    one-time code, and its words are destroyed after that instant.
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
    once = models.CharField(max_length=200)
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
