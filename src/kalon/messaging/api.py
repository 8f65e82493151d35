"""JSON of messages: what was told, and whether it arrived."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Page, Router, paged
from kalon.kernel import audit
from kalon.messaging import actions, queries
from kalon.messaging.models import Message

router = Router(tags=["messages"])


class MessageLine(Schema):
    id: UUID
    patient_id: UUID | None
    template_code: str
    channel: str
    language: str
    status: str
    attempts: int
    created_at: datetime
    status_at: datetime


class AttemptOut(Schema):
    at: datetime
    attempt: int
    kind: str
    sender: str
    detail: str


class MessageOut(MessageLine):
    recipient: str
    subject: str | None
    body: str | None = Field(description="Null for one-time codes, which are nobody's to read")
    log: list[AttemptOut]


class ReasonIn(Schema):
    reason: Annotated[str, Field(max_length=200)]


@router.get("", response=Page[MessageLine], summary="What was told, newest first")
def list_messages(
    request: HttpRequest, patient_id: UUID | None = None, status: Annotated[str, Field(max_length=10)] = ""
) -> Any:
    by = _by(request)
    rows = queries.messages(seen_by=by, patient_id=patient_id)
    if status:
        rows = rows.filter(status=status)
    return paged(request, rows, line, seen=lambda shown: audit.reads(by, shown, purpose="list of messages"))


@router.get("/{message_id}", response=MessageOut, summary="One message and each attempt to carry it out")
def get_message(request: HttpRequest, message_id: UUID) -> Any:
    found = queries.message(message_id, seen_by=_by(request))
    audit.read(_by(request), found, purpose="API")
    return whole(request, found)


@router.post("/{message_id}/send-again", response=MessageOut, summary="Try once more what was not delivered")
def send_again(request: HttpRequest, message_id: UUID, body: ReasonIn) -> Any:
    return whole(request, actions.send_again(message_id, body.reason, by=_by(request)))


def line(message: Message) -> MessageLine:
    return MessageLine(**{name: getattr(message, name) for name in MessageLine.model_fields})


def whole(request: HttpRequest, message: Message) -> MessageOut:
    by = _by(request)
    attempts = [] if by.is_patient else [
        AttemptOut(**{name: getattr(event, name) for name in AttemptOut.model_fields})
        for event in queries.log(message, seen_by=by)
    ]  # fmt: skip
    hidden = message.is_secret
    return MessageOut(
        **line(message).dict(),
        recipient=message.recipient,
        subject=None if hidden else message.subject,
        body=None if hidden else message.body,
        log=attempts,
    )


def _by(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]
