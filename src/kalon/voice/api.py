"""JSON of recordings: each path makes one call to a verb or a query; sound comes in and goes out as it is."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from ninja import Field, Header, Schema

from kalon.api import Page, Router, paged
from kalon.kernel import audit
from kalon.voice import actions, queries
from kalon.voice.models import VoiceSession
from kalon.web import files
from kalon.web.fronts import actor_of

router = Router(tags=["voice"])


class VoiceSessionIn(Schema):
    consultation_id: UUID


class FinishIn(Schema):
    parts: int | None = Field(
        None, ge=0, le=20_000, description="How many chunks there are; where nothing is said, those that arrived"
    )


class VoiceReasonIn(Schema):
    reason: str = Field(max_length=300)


class KeepIn(Schema):
    sound_days: int = Field(ge=1, le=3660)
    words_days: int = Field(ge=365, le=9132)


class ArrivedOut(Schema):
    runs: list[tuple[int, int]] = Field(description="Which chunks are here, in runs from-to")
    count: int
    following: int = Field(description="The number after the last chunk that is here")
    parts: int | None = Field(description="How many there will be, once the recording is finished")
    is_complete: bool


class VoiceSessionOut(Schema):
    id: UUID
    patient_id: UUID
    consultation_id: UUID
    status: str
    container: str
    started_at: datetime | None
    finished_at: datetime | None
    failure: str
    language: str = Field(alias="transcript.language")
    heard_ms: int = Field(alias="transcript.heard_ms", description="How far it was listened to, in milliseconds")
    words: int = Field(alias="transcript.words")
    sound_deleted_at: datetime | None
    held_at: datetime | None


class VoiceProgressOut(VoiceSessionOut):
    arrived: ArrivedOut

    @staticmethod
    def resolve_arrived(found: VoiceSession) -> queries.Arrived:
        return queries.arrived(found)


class SpokenWordOut(Schema):
    text: str
    from_ms: int
    to_ms: int
    sure: float = Field(description="From 0 to 1")


class SpokenLineOut(Schema):
    from_ms: int
    to_ms: int
    text: str
    speaker: int = Field(description="From 1, where two microphones tell who spoke; else 0")
    words: list[SpokenWordOut]


class TranscriptOut(Schema):
    session: VoiceSessionOut
    lines: list[SpokenLineOut]


@router.get("", response=Page[VoiceSessionOut], summary="The recordings of a patient, newest first")
def list_recordings(request: HttpRequest, patient_id: UUID) -> Any:
    by = actor_of(request)
    rows = queries.of_patient(patient_id, seen_by=by)
    seen = lambda shown: audit.reads(by, shown, purpose="recordings")  # noqa: E731
    return paged(request, rows, VoiceSessionOut.from_orm, seen=seen)


@router.post("", response={201: VoiceProgressOut}, summary="Prepare a recording of a visit that is going on")
def begin(request: HttpRequest, body: VoiceSessionIn) -> Any:
    """409 without a live consent to recordings. The recording that is open already is answered again."""
    return 201, actions.begin(body.consultation_id, by=actor_of(request))


@router.put("/keeping", response={204: None}, summary="How long sound and words are kept")
def set_keeping(request: HttpRequest, body: KeepIn) -> Any:
    actions.set_policy(sound_days=body.sound_days, words_days=body.words_days, by=actor_of(request))
    return 204, None


@router.get("/{uuid:pk}", response=VoiceProgressOut, summary="A recording, and which of its chunks are here")
def show(request: HttpRequest, pk: UUID) -> Any:
    return actions.glance(pk, screen="recording", by=actor_of(request))


@router.put("/{uuid:pk}/chunks/{int:index}", response=ArrivedOut, summary="A few seconds of sound")
def take_in(request: HttpRequest, pk: UUID, index: int, x_chunk_sha256: str = Header(max_length=64)) -> Any:  # type: ignore[type-arg]
    """The body is the bytes, its Content-Type the container (audio/webm, audio/mp4, audio/ogg, audio/wav).

    The same chunk sent again is acknowledged again; another one under its number is refused with 409.
    """
    sent = actions.Sent(index, x_chunk_sha256, request.headers.get("Content-Type", ""))
    return queries.arrived(actions.take_in(pk, sent, request.body, by=actor_of(request)))


@router.post("/{uuid:pk}/start", response=VoiceProgressOut, summary="Record, or go on recording")
def start(request: HttpRequest, pk: UUID) -> Any:
    return actions.start(pk, by=actor_of(request))


@router.post("/{uuid:pk}/pause", response=VoiceProgressOut, summary="Pause")
def pause(request: HttpRequest, pk: UUID) -> Any:
    return actions.pause(pk, by=actor_of(request))


@router.post("/{uuid:pk}/finish", response=VoiceProgressOut, summary="End the recording; what is missing may follow")
def finish(request: HttpRequest, pk: UUID, body: FinishIn) -> Any:
    return actions.finish(pk, body.parts, by=actor_of(request))


@router.post("/{uuid:pk}/try-again", response=VoiceProgressOut, summary="Listen again to what failed")
def try_again(request: HttpRequest, pk: UUID) -> Any:
    return actions.try_again(pk, by=actor_of(request))


@router.post("/{uuid:pk}/discard", response={204: None}, summary="Throw it away; its keys are destroyed")
def discard(request: HttpRequest, pk: UUID, body: VoiceReasonIn) -> Any:
    actions.discard(pk, body.reason, by=actor_of(request))
    return 204, None


@router.post("/{uuid:pk}/hold", response=VoiceSessionOut, summary="Keep it for a legal matter")
def hold(request: HttpRequest, pk: UUID, body: VoiceReasonIn) -> Any:
    return actions.hold(pk, body.reason, by=actor_of(request))


@router.post("/{uuid:pk}/end-hold", response=VoiceSessionOut, summary="Its time counts again")
def end_hold(request: HttpRequest, pk: UUID, body: VoiceReasonIn) -> Any:
    return actions.end_hold(pk, body.reason, by=actor_of(request))


@router.get("/{uuid:pk}/transcript", response=TranscriptOut, summary="What was said, with the second of every word")
def transcript(request: HttpRequest, pk: UUID) -> Any:
    by = actor_of(request)
    found = actions.look(pk, purpose="read what was said", by=by)
    return {"session": found, "lines": queries.lines(found, seen_by=by)}


@router.get("/{uuid:pk}/sound", summary="Some seconds of the sound, as WAV")
def sound(request: HttpRequest, pk: UUID, at: float = 0.0, seconds: float = 10.0) -> HttpResponseBase:
    """At most 60 seconds at once; each listening is in the log."""
    content = actions.play(pk, at=at, seconds=seconds, by=actor_of(request))
    return files.shown(iter([content]), content_type="audio/wav", size=len(content), name="recording.wav")
