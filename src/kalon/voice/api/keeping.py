"""JSON of what a clinic decides about recordings: what is taken out, how long all is kept, what is held and deleted."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Page, Router, paged
from kalon.kernel import audit
from kalon.voice import actions, queries
from kalon.web.fronts import actor_of

router = Router(tags=["voice"])


class KeepIn(Schema):
    sound_days: int = Field(ge=1, le=3660)
    words_days: int = Field(ge=365, le=9132)


class KeepOut(Schema):
    sound_days: int
    words_days: int


class HeldRecordingOut(Schema):
    id: UUID
    patient_id: UUID
    consultation_id: UUID
    held_at: datetime
    held_by: str
    held_reason: str


class DeletionProofOut(Schema):
    """A key that is destroyed, and stays destroyed when a backup is restored."""

    what: str
    at: datetime
    by: str
    row: UUID
    fingerprint: str = Field(description="SHA-256 of the key, in hexadecimal")


class OwnPatternIn(Schema):
    name: str = Field(max_length=60, description="What it takes out")
    regex: str = Field(max_length=200, description="A regular expression that says how often at most: {1,6}")
    token: str = Field(max_length=60, description="What stands in its place: [LOCKER_REDACTED]")


class SwitchPatternIn(Schema):
    is_active: bool


class OwnPatternOut(OwnPatternIn):
    id: UUID
    is_active: bool
    written_by: str
    replaces_id: UUID | None = Field(description="The wording before this one")
    ended_at: datetime | None = Field(description="When the next wording took its place")


class TryWordsIn(Schema):
    text: str = Field(max_length=4_000)


class TakenOutOut(Schema):
    kind: str
    start: int = Field(description="Where it stands in `source`")
    end: int
    token: str
    why: str


class TriedWordsOut(Schema):
    source: str = Field(description="The words as they were read")
    text: str = Field(description="The words as they would leave")
    spans: list[TakenOutOut]


@router.get("/keeping", response=KeepOut, summary="How long sound and words are kept, in days")
def keeping(request: HttpRequest) -> Any:
    return queries.keeping(seen_by=actor_of(request))


@router.put("/keeping", response={204: None}, summary="Decide how long sound and words are kept")
def set_keeping(request: HttpRequest, body: KeepIn) -> Any:
    """It counts from tonight on, for older recordings too."""
    actions.set_policy(sound_days=body.sound_days, words_days=body.words_days, by=actor_of(request))
    return 204, None


@router.get("/held", response=Page[HeldRecordingOut], summary="Recordings that a legal matter holds, newest first")
def held(request: HttpRequest) -> Any:
    by = actor_of(request)
    seen = lambda shown: audit.reads(by, shown, purpose="recordings held for a legal matter")  # noqa: E731
    return paged(request, queries.held(seen_by=by), HeldRecordingOut.from_orm, seen=seen)


@router.get("/deleted", response=Page[DeletionProofOut], summary="The proof of deletion, newest first")
def deleted(request: HttpRequest) -> Any:
    return paged(request, queries.destroyed(seen_by=actor_of(request)), queries.proof)


@router.get("/{uuid:pk}/deleted", response=list[DeletionProofOut], summary="What of one recording was deleted")
def deleted_of(request: HttpRequest, pk: UUID) -> Any:
    by = actor_of(request)
    return queries.destroyed_of(actions.look(pk, purpose="read what of a recording was deleted", by=by), seen_by=by)


@router.get("/patterns", response=Page[OwnPatternOut], summary="What the clinic takes out besides, newest first")
def patterns(request: HttpRequest) -> Any:
    return paged(request, queries.own_patterns(seen_by=actor_of(request)), OwnPatternOut.from_orm)


@router.post("/patterns", response={201: OwnPatternOut}, summary="Have something more taken out")
def add_pattern(request: HttpRequest, body: OwnPatternIn) -> Any:
    """422 for a pattern that could run for ever, fits any text, or has no such token."""
    return 201, actions.add_pattern(**body.dict(), by=actor_of(request))


@router.put("/patterns/{uuid:pk}", response=OwnPatternOut, summary="Use a pattern again, or no more")
def switch_pattern(request: HttpRequest, pk: UUID, body: SwitchPatternIn) -> Any:
    """It is never removed, so that it stays known what once was taken out."""
    return actions.switch_pattern(pk, on=body.is_active, by=actor_of(request))


@router.post("/patterns/{uuid:pk}/reword", response=OwnPatternOut, summary="Take the same out by another wording")
def reword_pattern(request: HttpRequest, pk: UUID, body: OwnPatternIn) -> Any:
    """The new wording has an id of its own and names the one before, which ends and is kept."""
    return actions.reword_pattern(pk, **body.dict(), by=actor_of(request))


@router.get("/patterns/{uuid:pk}/earlier", response=list[OwnPatternOut], summary="How it was worded before")
def earlier_wordings(request: HttpRequest, pk: UUID) -> Any:
    """The latest first; those of a pattern that was switched off, too."""
    by = actor_of(request)
    return queries.earlier_wordings(queries.own_pattern(pk, seen_by=by), seen_by=by)


@router.post("/patterns/try", response=TriedWordsOut, summary="Some words as they would leave; nothing is kept")
def try_patterns(request: HttpRequest, body: TryWordsIn) -> Any:
    return actions.tried(body.text, by=actor_of(request))
