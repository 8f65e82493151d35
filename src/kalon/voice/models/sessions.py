"""The recorded consultation, the sealed chunks of its sound, and how long a clinic keeps them."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel import clock
from kalon.kernel.encrypted import EncryptedJSON, KeyedRecord
from kalon.kernel.lifecycle import Staged
from kalon.kernel.live import Announces
from kalon.kernel.models.keys import goes_with_proof
from kalon.kernel.models.records import OrganizationRecord, PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.voice.lifecycles import SESSION, Status
from kalon.voice.models import guards
from kalon.voice.rules import sound

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from kalon.voice.models.drafts import Draft
    from kalon.voice.models.words import Transcript

TABLE = "voice_voicesession"
THROUGH_PATIENT = ("organization_id", "patient_id")


class Policy(OrganizationRecord):
    """For how many days a clinic keeps the sound of a consultation, and the words that were recognised in it."""

    sound_days = models.PositiveSmallIntegerField(default=365)
    words_days = models.PositiveSmallIntegerField(default=2557)

    class Meta:
        db_table = "voice_policy"
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="voice_policy_one"),
            models.CheckConstraint(
                condition=Q(sound_days__range=(1, 3660), words_days__range=(365, 9132)), name="voice_policy_days"
            ),
            RowSecurity(name="voice_policy_rows"),
        ]


class VoiceSession(KeyedRecord, PatientRecord, Staged):
    """One recording of one consultation, from the consent to the verified note.

    The sound is sealed under the row's own key together with `half`, which opens with the patient's key. `parts` is how
    many chunks there are, known once the recording is finished. `held_at`: kept for a legal matter until that is ended.
    """

    consultation = models.ForeignKey("consultations.Consultation", on_delete=models.PROTECT, related_name="+")
    consent = models.ForeignKey("consents.Consent", on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.CONSENTED)
    recorded_by = models.CharField(max_length=200)
    half = EncryptedJSON(key="patient.data_key", editable=False)
    container = models.CharField(max_length=20, blank=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    parts = models.PositiveIntegerField(null=True)
    failure = models.CharField(max_length=300, blank=True)
    sound_deleted_at = models.DateTimeField(null=True)
    sound_deleted_by = models.CharField(max_length=200, blank=True)
    held_at = models.DateTimeField(null=True)
    held_by = models.CharField(max_length=200, blank=True)
    held_reason = models.CharField(max_length=300, blank=True)

    consultation_id: UUID
    consent_id: UUID
    branch_id: UUID
    transcript: "Transcript"
    drafts: "RelatedManager[Draft]"

    class Meta:
        db_table = TABLE
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["patient", "-created_at"], name="voice_sessions_of_patient"),
            models.Index(fields=["consultation", "-id"], name="voice_sessions_of_visit"),
            models.Index(fields=["organization", "finished_at"], name="voice_sessions_by_end"),
        ]
        constraints = [
            goes_with_proof(TABLE),
            *SESSION.rules(TABLE, patient="patient_id"),
            guards.consented(),
            guards.fixed(),
            guards.noted(),
            Announces(name="voice_session_live", topic="voice", place="{row}.branch_id", columns=("status",)),
            models.UniqueConstraint(
                fields=["consultation"],
                condition=Q(status=Status.RECORDING) | Q(status__in=["CONSENTED", "PAUSED"], finished_at=None),
                name="voice_session_one_open",
            ),
            models.UniqueConstraint(fields=[*THROUGH_PATIENT, "id"], name="voice_session_of_patient"),
            models.CheckConstraint(
                condition=Q(finished_at=None, parts=None) | Q(finished_at__isnull=False, parts__isnull=False),
                name="voice_session_finished",
            ),
            models.CheckConstraint(
                condition=Q(sound_deleted_at=None, sound_deleted_by="", data_key__isnull=False)
                | Q(sound_deleted_at__isnull=False, data_key=None) & ~Q(sound_deleted_by=""),
                name="voice_session_deleted",
            ),
            models.CheckConstraint(
                condition=Q(held_at=None, held_by="", held_reason="")
                | Q(held_at__isnull=False) & ~Q(held_by="") & ~Q(held_reason=""),
                name="voice_session_held_by_somebody",
            ),
            models.CheckConstraint(condition=Q(container__in=["", *sound.CONTAINERS]), name="voice_session_container"),
            SameOrganization(
                name="voice_session_consultation_of_patient",
                field="consultation_id",
                to="consultations.Consultation",
                through=THROUGH_PATIENT,
            ),
            SameOrganization(name="voice_session_branch_here", field="branch_id", to="people.Branch"),
            RowSecurity(name="voice_session_rows", patient="patient_id"),
        ]

    def __str__(self) -> str:
        return f"recording, {self.get_status_display().lower()}"

    def consent_holds(self) -> bool:
        """Whether the consent that this one was begun under holds this moment."""
        self.consent.refresh_from_db(fields=["status", "valid_until"])
        return bool(self.consent.holds_at(clock.now()))

    def is_heard(self) -> bool:
        """Whether all of its chunks are there and were listened to."""
        return self.parts is not None and self.transcript.heard_parts == self.parts

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None


class Chunk(PatientRecord):
    """A few seconds of sound as they came, sealed; `begins`: the recorder began anew here, with a header of its own.

    `entry` is the byte at which a listener can enter after that header; `sha256` is of the bytes as they came.
    """

    session = models.ForeignKey(VoiceSession, on_delete=models.PROTECT, related_name="chunks")
    index = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    begins = models.BooleanField(default=False)
    entry = models.PositiveIntegerField(null=True)
    sealed = models.BinaryField()

    session_id: UUID

    class Meta:
        db_table = "voice_chunk"
        ordering = ["index"]
        constraints = [
            guards.taken(),
            guards.goes_with_key("voice_chunk", name="voice_chunk_stays", parent=TABLE, key="session_id"),
            models.UniqueConstraint(fields=["session", "index"], name="voice_chunk_once"),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$", size__range=(1, sound.MOST_BYTES))
                & Q(index__lt=sound.MOST_CHUNKS),
                name="voice_chunk_whole",
            ),
            SameOrganization(
                name="voice_chunk_of_session", field="session_id", to="voice.VoiceSession", through=THROUGH_PATIENT
            ),
            RowSecurity(name="voice_chunk_rows", patient="patient_id", app="SELECT, INSERT, DELETE"),
        ]
