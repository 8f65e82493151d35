"""What was recognised: how far the sound was listened to, and the words of each stretch of it, sealed."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel.encrypted import EncryptedJSON, KeyedRecord
from kalon.kernel.live import Announces
from kalon.kernel.models.keys import goes_with_proof
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.voice.models import guards
from kalon.voice.models.sessions import THROUGH_PATIENT, VoiceSession


class Transcript(KeyedRecord, PatientRecord):
    """The words of a recording: the key that its stretches are sealed under, and how far it was listened to.

    `heard_ms` counts from the beginning of the recording over all takes; `take` is the index of the chunk that began
    the take being listened to, `take_ms` where that stands on the recording's clock, `enter_at` the chunk at which the
    listener enters next. `heard_parts`: chunks that were listened to, to their end.
    """

    session = models.OneToOneField(VoiceSession, on_delete=models.PROTECT, related_name="transcript")
    half = EncryptedJSON(key="patient.data_key", editable=False)
    engine = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=8, blank=True)
    heard_ms = models.PositiveIntegerField(default=0)
    take = models.PositiveIntegerField(default=0)
    take_ms = models.PositiveIntegerField(default=0)
    enter_at = models.PositiveIntegerField(default=0)
    heard_parts = models.PositiveIntegerField(default=0)
    words = models.PositiveIntegerField(default=0)
    took_ms = models.PositiveIntegerField(default=0)
    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.CharField(max_length=200, blank=True)

    session_id: UUID

    class Meta:
        db_table = "voice_transcript"
        constraints = [
            goes_with_proof("voice_transcript"),
            guards.words_held(),
            Announces(
                name="voice_transcript_live",
                topic="voice",
                place="(SELECT branch_id FROM voice_voicesession WHERE id = {row}.session_id)",
                columns=("heard_ms", "heard_parts"),
            ),
            models.UniqueConstraint(fields=[*THROUGH_PATIENT, "id"], name="voice_transcript_of_patient"),
            models.CheckConstraint(
                condition=Q(deleted_at=None, deleted_by="", data_key__isnull=False)
                | Q(deleted_at__isnull=False, data_key=None) & ~Q(deleted_by=""),
                name="voice_transcript_deleted",
            ),
            SameOrganization(
                name="voice_transcript_of_session", field="session_id", to="voice.VoiceSession", through=THROUGH_PATIENT
            ),
            RowSecurity(name="voice_transcript_rows", patient="patient_id"),
        ]


class Span(PatientRecord):
    """The words of one stretch of the recording, sealed, with when each was said; never changed.

    `take`, `take_ms` and `enter_at` as in the transcript: where a listener finds this stretch in the sound.
    """

    transcript = models.ForeignKey(Transcript, on_delete=models.PROTECT, related_name="spans")
    from_ms = models.PositiveIntegerField()
    to_ms = models.PositiveIntegerField()
    language = models.CharField(max_length=8)
    take = models.PositiveIntegerField()
    take_ms = models.PositiveIntegerField()
    enter_at = models.PositiveIntegerField()
    sealed = models.BinaryField()

    transcript_id: UUID

    class Meta:
        db_table = "voice_span"
        ordering = ["from_ms"]
        constraints = [
            guards.goes_with_key("voice_span", name="voice_span_stays", parent="voice_transcript", key="transcript_id"),
            models.UniqueConstraint(fields=["transcript", "from_ms"], name="voice_span_once"),
            models.CheckConstraint(condition=Q(to_ms__gt=models.F("from_ms")), name="voice_span_takes_time"),
            SameOrganization(
                name="voice_span_of_transcript",
                field="transcript_id",
                to="voice.Transcript",
                through=THROUGH_PATIENT,
            ),
            RowSecurity(name="voice_span_rows", patient="patient_id", app="SELECT, INSERT, DELETE"),
        ]
