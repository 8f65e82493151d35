"""The note drafted from what was said, and what a doctor made of it: sealed, never changed, each under its own key."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from kalon.kernel.encrypted import EncryptedJSON, KeyedRecord
from kalon.kernel.models.keys import goes_with_proof
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.voice.models import guards
from kalon.voice.models.sessions import THROUGH_PATIENT, VoiceSession


class Draft(KeyedRecord, PatientRecord):
    """One draft of the note of a recording; a further one is a new row, and the latest counts.

    `body` is sealed under the row's own key together with `half`, which opens with the patient's key: read it with
    `queries.draft_body`. `engine` drafted it, by `model` where it has several; `took_ms` is how long that lasted.
    """

    session = models.ForeignKey(VoiceSession, on_delete=models.PROTECT, related_name="drafts")
    number = models.PositiveSmallIntegerField()
    half = EncryptedJSON(key="patient.data_key", editable=False)
    engine = models.CharField(max_length=40)
    model = models.CharField(max_length=80, blank=True)
    took_ms = models.PositiveIntegerField()
    language = models.CharField(max_length=8, blank=True)
    drafted_by = models.CharField(max_length=200)
    body = models.BinaryField()

    session_id: UUID

    class Meta:
        db_table = "voice_draft"
        ordering = ["-number"]
        constraints = [
            goes_with_proof("voice_draft"),
            guards.draft_kept(),
            models.UniqueConstraint(fields=["session", "number"], name="voice_draft_number"),
            models.UniqueConstraint(fields=[*THROUGH_PATIENT, "id"], name="voice_draft_of_patient"),
            models.CheckConstraint(condition=Q(number__gte=1), name="voice_draft_counted"),
            SameOrganization(
                name="voice_draft_of_session", field="session_id", to="voice.VoiceSession", through=THROUGH_PATIENT
            ),
            RowSecurity(name="voice_draft_rows", patient="patient_id"),
        ]


class Verified(KeyedRecord, PatientRecord):
    """What a doctor made of a draft: the words they let stand, what they took, and what was written with it.

    `body` is sealed as a draft's is: read it with `queries.verified_body`. The numbers name nobody: sections accepted,
    edited and rejected, items (medicines, allergies, diagnoses, the follow-up) taken and left, and of the words
    drafted how many were kept; `flagged` statements and items, and of those items how many a doctor meant all the
    same (None where nobody counted them yet). `note_versions` are the ids of what was written into the note.
    """

    draft = models.OneToOneField(Draft, on_delete=models.PROTECT, related_name="verified")
    verified_by = models.CharField(max_length=200)
    verified_at = models.DateTimeField()
    half = EncryptedJSON(key="patient.data_key", editable=False)
    body = models.BinaryField()
    accepted = models.PositiveSmallIntegerField(default=0)
    edited = models.PositiveSmallIntegerField(default=0)
    rejected = models.PositiveSmallIntegerField(default=0)
    items_taken = models.PositiveSmallIntegerField(default=0)
    items_left = models.PositiveSmallIntegerField(default=0)
    flagged = models.PositiveSmallIntegerField(null=True)
    flagged_taken = models.PositiveSmallIntegerField(null=True)
    words_drafted = models.PositiveIntegerField(default=0)
    words_kept = models.PositiveIntegerField(default=0)
    note_versions = models.JSONField(default=list)
    prescription = models.ForeignKey("prescribing.Prescription", on_delete=models.PROTECT, null=True, related_name="+")
    follow_up = models.ForeignKey("plans.FollowUpPlan", on_delete=models.PROTECT, null=True, related_name="+")

    draft_id: UUID
    prescription_id: UUID | None
    follow_up_id: UUID | None

    class Meta:
        db_table = "voice_verified"
        ordering = ["-verified_at", "-id"]
        constraints = [
            goes_with_proof("voice_verified"),
            guards.verified_kept(),
            models.UniqueConstraint(fields=[*THROUGH_PATIENT, "id"], name="voice_verified_of_patient"),
            models.CheckConstraint(condition=Q(words_kept__lte=F("words_drafted")), name="voice_verified_share"),
            models.CheckConstraint(
                condition=Q(flagged=None, flagged_taken=None)
                | Q(flagged__isnull=False, flagged_taken__isnull=False, flagged_taken__lte=F("flagged")),
                name="voice_verified_flagged",
            ),
            SameOrganization(
                name="voice_verified_of_draft", field="draft_id", to="voice.Draft", through=THROUGH_PATIENT
            ),
            SameOrganization(
                name="voice_verified_prescription",
                field="prescription_id",
                to="prescribing.Prescription",
                through=THROUGH_PATIENT,
            ),
            RowSecurity(name="voice_verified_rows", patient="patient_id"),
        ]
