"""What comes back: reports of providers, and what people write to the clinic's number."""

from uuid import UUID

from django.db import models

from kalon.kernel import clock
from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import append_only
from kalon.messaging.models.channels import Channel


class ProviderEvent(OrganizationRecord):
    """A report of a provider that was believed; the same report, sent again, is not taken a second time."""

    provider = models.CharField(max_length=20)
    key = models.CharField(max_length=200)
    message = models.ForeignKey(
        "messaging.Message", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    at = models.DateTimeField(default=clock.now)

    message_id: UUID | None

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "provider", "key"], name="messaging_providerevent_once"),
            SameOrganization(name="messaging_providerevent_same", field="message_id", to="messaging.Message"),
            *append_only("messaging_providerevent", name="messaging_providerevent_append_only"),
            RowSecurity(name="messaging_providerevent_rows", app="SELECT, INSERT"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.key}"


class Answer(OrganizationRecord):
    """What somebody wrote to the clinic's number, and what was understood; kept as it came.

    `message` is the reminder it answers. Sealed under the patient's key, or its own where nobody knows whose number
    it is.
    """

    class Meaning(models.TextChoices):
        CONFIRM = "CONFIRM", "Will come"
        RESCHEDULE = "RESCHEDULE", "Wants another time"
        CANCEL = "CANCEL", "Will not come"
        STOP = "STOP", "Wants no more messages"
        START = "START", "Wants messages again"
        OTHER = "OTHER", "Something else"

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    data_key = models.BinaryField(null=True, editable=False)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    sender = EncryptedText(key="sealing_key", max_length=320)
    sender_hash = models.CharField(max_length=64, editable=False)
    body = EncryptedText(key="sealing_key", max_length=4096)
    meaning = models.CharField(max_length=12, choices=Meaning.choices)
    message = models.ForeignKey(
        "messaging.Message", on_delete=models.PROTECT, null=True, related_name="answers", editable=False
    )
    written_at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)

    patient_id: UUID | None
    message_id: UUID | None

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["sender_hash", "-received_at"], name="messaging_answer_of_address"),
            models.Index(fields=["patient", "-id"], name="messaging_answer_of_patient"),
        ]
        constraints = [
            SameOrganization(name="messaging_answer_same_patient", field="patient_id", to="patients.Patient"),
            SameOrganization(name="messaging_answer_same_message", field="message_id", to="messaging.Message"),
            RowSecurity(
                name="messaging_answer_rows",
                patient="patient_id",
                app="SELECT, INSERT, UPDATE (data_key)",  # the key is wrapped anew when the master key is turned
                portal="SELECT",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_meaning_display()} ({self.channel})"

    @property
    def sealing_key(self) -> bytes | None:
        """The patient's data key, or the row's own."""
        key = self.patient.data_key if self.patient is not None else self.data_key
        return None if key is None else bytes(key)
