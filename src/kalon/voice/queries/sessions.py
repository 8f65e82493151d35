"""Reads of recordings: one, a visit's, which chunks are there, what was said, and what is due to be deleted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf.locale import LANG_INFO
from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from kalon.consultations.queries import completeness
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.voice.lifecycles import LISTEN, RECORD, VIEW, Status
from kalon.voice.models import Chunk, Policy, Span, Transcript, VoiceSession
from kalon.voice.queries.places import is_gone, opened, span_place
from kalon.voice.rules.lines import Line, ranges, read

NOT_SIGNED = ("IN_CONSULTATION", "PLAN_CREATED")
GOES_ON = "Finish the recording, and verify the note that is drafted of it before the outcome."
YET = "What was said is being written down. Verify the note that is drafted of it before the outcome."


@dataclass(frozen=True, slots=True)
class Arrived:
    """Which chunks are there: runs from-to, how many, the next free number, and whether that is all of them."""

    runs: list[tuple[int, int]]
    count: int
    following: int
    parts: int | None

    @property
    def missing(self) -> int:
        return 0 if self.parts is None else self.parts - sum(1 + to - start for start, to in self.runs)

    @property
    def is_complete(self) -> bool:
        return self.parts is not None and self.missing == 0


def sessions(*, seen_by: Actor) -> "QuerySet[VoiceSession]":
    """Every recording of the organisation, newest first."""
    seen_by.must(VIEW, do="see recordings")
    rows = VoiceSession.objects.filter(organization_id=seen_by.organization_id)
    return rows.select_related("patient", "consultation", "branch", "consent", "transcript", "transcript__patient")


def session(pk: UUID | str, *, seen_by: Actor, lock: bool = False) -> VoiceSession:
    """One recording, or a refusal that says nothing of whether it exists."""
    rows = sessions(seen_by=seen_by).filter(pk=pk)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound("There is no such recording.")
    return found


def of_consultation(consultation_id: UUID, *, seen_by: Actor) -> "QuerySet[VoiceSession]":
    """The recordings of one visit, newest first."""
    return sessions(seen_by=seen_by).filter(consultation_id=consultation_id).order_by("-created_at", "-id")


def of_patient(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[VoiceSession]":
    """The recordings of a patient, newest first."""
    return sessions(seen_by=seen_by).filter(patient_id__person=patient_id).order_by("-created_at", "-id")


def going_on(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[VoiceSession]":
    """The recordings of a patient that run this moment."""
    return of_patient(patient_id, seen_by=seen_by).filter(status=Status.RECORDING)


def to_verify(doctor_id: UUID | None, *, seen_by: Actor) -> "QuerySet[VoiceSession]":
    """Drafted notes of visits that are not signed yet, which wait for their doctor; of all doctors without one."""
    rows = sessions(seen_by=seen_by).filter(status=Status.DRAFTED, consultation__status__in=NOT_SIGNED)
    rows = rows.filter(transcript__data_key__isnull=False).select_related("patient", "consultation__doctor")
    return (rows if doctor_id is None else rows.filter(consultation__doctor_id=doctor_id)).order_by("status_at", "id")


def draft_decided(visit: Any) -> completeness.Answer:
    """Whether a doctor has read what was drafted of a visit, before it is signed."""
    silent = [Status.CONSENTED, Status.DISCARDED, Status.FAILED]
    latest = VoiceSession.objects.filter(consultation_id=visit.pk).exclude(status__in=silent).first()
    if latest is None:
        return completeness.NOT_NEEDED
    if latest.status == Status.VERIFIED:
        return completeness.DONE
    if latest.status != Status.DRAFTED:
        there = reverse("voice:console", args=[latest.pk])
        return completeness.missing(YET if latest.is_finished else GOES_ON, href=there, permission=RECORD)
    there = reverse("voice:verify", args=[latest.pk])
    return completeness.missing("Verify the drafted note before the outcome.", href=there, permission=RECORD)


def arrived(found: VoiceSession) -> Arrived:
    """Which chunks of a recording are here, in one query."""
    rows = Chunk.objects.filter(session_id=found.pk).order_by("index").values_list("index", flat=True)
    if found.parts is not None:
        rows = rows.filter(index__lt=found.parts)
    runs = ranges(rows)
    return Arrived(runs, sum(1 + to - start for start, to in runs), runs[-1][1] + 1 if runs else 0, found.parts)


def lines(found: VoiceSession, *, seen_by: Actor, after_ms: int = -1) -> list[Line]:
    """What was said, as far as it is written down; nothing once the words are deleted."""
    seen_by.must(VIEW, do="read what was said")
    of = found.transcript
    if is_gone(of):
        return []
    rows: Iterable[Span] = Span.objects.filter(transcript_id=of.pk, from_ms__gt=after_ms).order_by("from_ms")
    return [line for row in rows for line in read(opened(bytes(row.sealed), of, span_place(of.pk, row.from_ms)))]


def languages(found: VoiceSession, *, seen_by: Actor) -> list[str]:
    """The languages that were heard, by their English names, the most heard first."""
    seen_by.must(VIEW, do="read what was said")
    rows = Span.objects.filter(transcript_id=found.transcript.pk).exclude(language="").order_by()
    codes = rows.values_list("language").annotate(count=Count("id")).order_by("-count", "language")
    return [str(LANG_INFO.get(code, {}).get("name") or code) for code, _ in codes]


def must_listen(seen_by: Actor) -> None:
    seen_by.must(LISTEN, do="listen to recordings")


def policy(*, seen_by: Actor) -> Policy:
    """How long the clinic keeps sound and words; what Kalon begins with until it is decided."""
    held = Policy.objects.filter(organization_id=seen_by.organization_id).first()
    return held or Policy(organization_id=seen_by.organization_id)


def sound_due(*, seen_by: Actor) -> "QuerySet[VoiceSession]":
    """Recordings whose sound has been kept for its time, and that no legal matter holds."""
    since = clock.now() - timedelta(days=policy(seen_by=seen_by).sound_days)
    ended = Q(finished_at__lt=since) | Q(finished_at=None, created_at__lt=since)
    return sessions(seen_by=seen_by).filter(ended, data_key__isnull=False, held_at=None)


def words_due(*, seen_by: Actor) -> "QuerySet[Transcript]":
    """Words that have been kept for their time, and that no legal matter holds."""
    since = clock.now() - timedelta(days=policy(seen_by=seen_by).words_days)
    rows = Transcript.objects.filter(organization_id=seen_by.organization_id, data_key__isnull=False)
    return rows.filter(session__held_at=None, created_at__lt=since).select_related("session", "patient")
