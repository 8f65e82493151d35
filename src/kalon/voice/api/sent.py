"""JSON of what was to leave for an outside engine: which texts there were, and one of them with what came back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Page, Router, paged
from kalon.kernel import audit
from kalon.voice import actions, queries
from kalon.voice.models import Outbound
from kalon.web.fronts import actor_of

router = Router(tags=["voice"])


class SentOut(Schema):
    id: UUID
    session_id: UUID = Field(alias="mapping.session_id")
    patient_id: UUID
    token: str = Field(alias="mapping.token", description="As whom the engine outside knows the patient")
    engine: str
    asked_by: str
    created_at: datetime
    answered_at: datetime | None
    is_refused: bool = Field(description="It still named somebody, so it did not leave")
    is_deleted: bool = Field(description="Its words went with those of the recording")
    failure: str

    @staticmethod
    def resolve_is_deleted(found: Outbound) -> bool:
        return found.data_key is None


class StayedOut(Schema):
    """What was still found in a text, and where; never the thing itself."""

    kind: str
    at: int
    length: int
    why: str


class SentTextOut(SentOut):
    sent: str | None
    received: str | None
    reasons: list[StayedOut]

    @staticmethod
    def resolve_sent(found: Outbound) -> str | None:
        return None if found.data_key is None else str(found.sent)

    @staticmethod
    def resolve_received(found: Outbound) -> str | None:
        return None if found.data_key is None or found.received is None else str(found.received)


@router.get("/sent", response=Page[SentOut], summary="What was to go to an outside engine, newest first")
def sent_list(request: HttpRequest, session_id: UUID | None = None) -> Any:
    """Of one recording or of all, without the words; what did not leave is there too."""
    by = actor_of(request)
    seen = lambda shown: audit.reads(by, shown, purpose="list of what was sent to outside engines")  # noqa: E731
    return paged(request, queries.sent_list(session_id, seen_by=by), lambda row: row, seen=seen)


@router.get("/sent/{uuid:pk}", response=SentTextOut, summary="One text with its reasons, or with what came back")
def sent(request: HttpRequest, pk: UUID) -> Any:
    """The read is in the log."""
    return actions.look_at_sent(pk, by=actor_of(request))
