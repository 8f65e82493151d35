"""One-time codes to sign with."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.consents.models import guards
from kalon.consents.models.consents import FINGERPRINT, Consent
from kalon.consents.rules import CHANNELS, MOST_TRIES
from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization


class SigningCode(PatientRecord):
    """A one-time code that was sent to sign one consent: by which channel and to where, until when, how often tried.

    The code itself is nowhere: `code_hash` is keyed. `sent_to` is the address as evidence shows it. `user` is the
    account under which it was asked for, and under which alone it signs. `proven_at`: it was typed back.
    """

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="codes")
    content_sha256 = models.CharField(max_length=64)
    channel = models.CharField(max_length=8, choices=CHANNELS)
    sent_to = EncryptedText(key="patient.data_key")
    code_hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    proven_at = models.DateTimeField(null=True)
    user = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")

    consent_id: UUID
    user_id: UUID | None

    class Meta:
        ordering = ["consent", "-sent_at", "-id"]
        indexes = [models.Index(fields=["consent", "-sent_at"], name="consents_code_newest")]
        constraints = [
            guards.code_kept(),
            models.CheckConstraint(condition=Q(tries__lte=MOST_TRIES), name="consents_signingcode_tries"),
            models.CheckConstraint(
                condition=Q(channel__in=[name for name, _ in CHANNELS]) & Q(code_hash__regex=FINGERPRINT),
                name="consents_signingcode_channel",
            ),
            SameOrganization(
                name="consents_signingcode_of_patient",
                field="consent_id",
                to="consents.Consent",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(name="consents_signingcode_rows", patient="patient_id", portal="SELECT, INSERT, UPDATE"),
        ]
