"""How the words of a consent were read: part by part, with initials and with questions."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.consents.models import guards
from kalon.consents.models.consents import FINGERPRINT, Consent
from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization

OF_PATIENT = ("organization_id", "patient_id")


class SectionRead(PatientRecord):
    """One part of the words, read: when it was last put on the screen, when it was said to be read, and the initials.

    `seconds` are counted by the database between the two. `content_sha256` says which words: in another language the
    reading begins anew. `user` is the account on the device.
    """

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="readings")
    content_sha256 = models.CharField(max_length=64)
    number = models.PositiveSmallIntegerField()
    shown_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    seconds = models.PositiveIntegerField(null=True)
    initials = EncryptedText(key="patient.data_key", null=True)
    user = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")

    user_id: UUID | None

    class Meta:
        ordering = ["consent", "number"]
        constraints = [
            guards.read_in_turn(),
            models.UniqueConstraint(fields=["consent", "content_sha256", "number"], name="consents_sectionread_once"),
            models.CheckConstraint(condition=Q(content_sha256__regex=FINGERPRINT), name="consents_sectionread_words"),
            SameOrganization(
                name="consents_sectionread_of_patient", field="consent_id", to="consents.Consent", through=OF_PATIENT
            ),
            RowSecurity(
                name="consents_sectionread_rows",
                patient="patient_id",
                portal="SELECT, INSERT, UPDATE",
            ),
        ]


class Question(PatientRecord):
    """What a patient asks about a part before they sign, and what the clinic answers; each is written once."""

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="questions")
    number = models.PositiveSmallIntegerField()
    words = EncryptedText(key="patient.data_key")
    asked_at = models.DateTimeField()
    answer = EncryptedText(key="patient.data_key", blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    answered_name = models.CharField(max_length=200, blank=True)

    consent_id: UUID

    class Meta:
        ordering = ["asked_at", "id"]
        indexes = [
            models.Index(
                fields=["organization", "asked_at"], condition=Q(answered_at=None), name="consents_question_open"
            )
        ]
        constraints = [
            guards.answered_once(),
            SameOrganization(
                name="consents_question_of_patient", field="consent_id", to="consents.Consent", through=OF_PATIENT
            ),
            RowSecurity(
                name="consents_question_rows",
                patient="patient_id",
                portal="SELECT, INSERT",
            ),
        ]
