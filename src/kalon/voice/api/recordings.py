"""JSON of recordings: each path makes one call to a verb or a query; sound comes in and goes out as it is."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from ninja import Header

from kalon.api import Page, Router, paged
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.voice import actions, queries
from kalon.voice.api.schemas import (
    ArrivedOut,
    ConsentToRecordOut,
    DraftIn,
    FinishIn,
    TranscriptOut,
    VerifiedOut,
    VerifyIn,
    VoiceDraftOut,
    VoiceProgressOut,
    VoiceReasonIn,
    VoiceSessionIn,
    VoiceSessionOut,
)
from kalon.web import files
from kalon.web.fronts import actor_of

router = Router(tags=["voice"])


@router.get("", response=Page[VoiceSessionOut], summary="The recordings of a patient, newest first")
def list_recordings(request: HttpRequest, patient_id: UUID) -> Any:
    by = actor_of(request)
    rows = queries.of_patient(patient_id, seen_by=by)
    seen = lambda shown: audit.reads(by, shown, purpose="recordings")  # noqa: E731
    return paged(request, rows, lambda row: row, seen=seen)


@router.post("", response={201: VoiceProgressOut}, summary="Prepare a recording of a visit that is going on")
def begin(request: HttpRequest, body: VoiceSessionIn) -> Any:
    """409 without a live consent to recordings. The recording that is open already is answered again."""
    return 201, actions.begin(body.consultation_id, by=actor_of(request))


@router.post("/ask", response=ConsentToRecordOut, summary="Ask the patient of a visit to agree to being recorded")
def ask_to_record(request: HttpRequest, body: VoiceSessionIn) -> Any:
    """The consent that is open already, or a new one put before the patient; signed or said by /api/consents."""
    return {"consent_id": actions.ask_to_record(body.consultation_id, by=actor_of(request))}


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


@router.get("/{uuid:pk}/draft", response=VoiceDraftOut, summary="The draft of its note that counts, with its sources")
def draft(request: HttpRequest, pk: UUID) -> Any:
    """What is flagged was not said, or not so: show it, and never fill it in."""
    by = actor_of(request)
    actions.look(pk, purpose="read a drafted note", by=by)
    return _drafted(pk, by)


@router.post(
    "/{uuid:pk}/draft", response={201: VoiceDraftOut, 202: VoiceDraftOut}, summary="Have its note drafted anew"
)
def draft_anew(request: HttpRequest, pk: UUID, body: DraftIn) -> Any:
    """By the house at once: 201. An engine outside is asked by a job: 202 with the draft that counts until then."""
    by = actor_of(request)
    actions.request_draft(pk, body.engine or queries.HOUSE, by=by)
    return 201 if body.engine in ("", queries.HOUSE) else 202, _drafted(pk, by)


@router.post("/{uuid:pk}/verify", response=VerifiedOut, summary="Verify the draft: all of it is written, or nothing")
def verify(request: HttpRequest, pk: UUID, body: VerifyIn) -> Any:
    """By the consultation's doctor, with the patient there. 409 for a later draft; 422 for a part left open."""
    return actions.verify(pk, body.decisions(), by=actor_of(request))


@router.get("/{uuid:pk}/sound", summary="Some seconds of the sound, as WAV")
def sound(request: HttpRequest, pk: UUID, at: float = 0.0, seconds: float = 10.0) -> HttpResponseBase:
    """At most 60 seconds at once; each listening is in the log."""
    content = actions.play(pk, at=at, seconds=seconds, by=actor_of(request))
    return files.shown(iter([content]), content_type="audio/wav", size=len(content), name="recording.wav")


def _drafted(pk: UUID, by: Actor) -> dict[str, Any]:
    found = queries.latest_draft(pk, seen_by=by)
    if found is None:
        raise NotFound("Nothing is drafted of this recording yet.")
    names = ("number", "engine", "model", "language", "took_ms")
    return {**{name: getattr(found, name) for name in names}, "body": queries.draft_body(found, seen_by=by)}
