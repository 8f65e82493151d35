"""What was said aloud to agree, by a patient or their guardian: the sound, sealed, and the sentence that was read."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.consents.models import guards
from kalon.consents.models.consents import FINGERPRINT, Consent
from kalon.consents.rules.signing import Role
from kalon.consents.rules.spoken import SAID_BY
from kalon.kernel.encrypted import EncryptedJSON, EncryptedText, KeyedRecord
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization


class Spoken(KeyedRecord, PatientRecord):
    """One spoken agreement: who said it, which sentence, under which words, its sound, and who of the staff heard it.

    The sound is sealed under the row's own key together with `half`, which opens with the patient's key.
    """

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="+")
    content_sha256 = models.CharField(max_length=64)
    said_by = models.CharField(max_length=12, choices=[(str(one), one.label) for one in SAID_BY], default=Role.PATIENT)
    sentence = EncryptedText(key="patient.data_key")
    half = EncryptedJSON(key="patient.data_key", editable=False)
    container = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    took_ms = models.PositiveIntegerField()
    sealed = models.BinaryField()
    spoken_at = models.DateTimeField()
    heard_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")

    consent_id: UUID
    user_id: UUID

    class Meta:
        ordering = ["consent", "-spoken_at", "-id"]
        constraints = [
            guards.spoken_kept(),
            models.CheckConstraint(
                condition=Q(
                    sha256__regex=FINGERPRINT,
                    content_sha256__regex=FINGERPRINT,
                    took_ms__range=(2_000, 60_000),
                    size__range=(1, 3 * 1024 * 1024),
                    said_by__in=[str(one) for one in SAID_BY],
                ),
                name="consents_spoken_whole",
            ),
            SameOrganization(
                name="consents_spoken_of_patient",
                field="consent_id",
                to="consents.Consent",
                through=("organization_id", "patient_id"),
            ),
            SameOrganization(name="consents_spoken_heard_here", field="heard_by_id", to="people.Staff"),
            RowSecurity(name="consents_spoken_rows", patient="patient_id", portal="SELECT"),
        ]
