"""JSON of messages: what was told, whether it arrived, and how patients wish to be reached."""

from datetime import datetime, time
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Page, Router, paged
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.messaging import actions, queries
from kalon.messaging.lifecycles import VIEW
from kalon.messaging.models import Channel, Message, Preference
from kalon.messaging.rules import Purpose
from kalon.people import queries as people

router = Router(tags=["messages"])
mine = Router(tags=["patient portal"])


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


class MessageReasonIn(Schema):
    reason: Annotated[str, Field(max_length=200)]


class PreferenceIn(Schema):
    """All of it is said anew; `stopped` may only leave out what it held, None keeps it."""

    channels: Annotated[list[Channel], Field(max_length=4, description="In the order in which they are tried")]
    language: Annotated[str, Field(max_length=8, description="Empty: as in the record")] = ""
    declined: Annotated[list[Purpose], Field(max_length=5, description="REMINDER and MARKETING can be declined")] = []
    stopped: Annotated[list[Channel], Field(max_length=4)] | None = None


class PreferenceOut(Schema):
    channels: list[str] = Field(description="In the order in which they are tried; then the usual ones")
    language: str
    declined: list[str]
    stopped: list[str] = Field(description="Where the patient wrote STOP: only codes and legal notices go there")
    devices: int = Field(description="Browsers that show notifications")


class QuietHoursIn(Schema):
    starts_at: time
    ends_at: time = Field(description="The same as `starts_at`: never quiet")


class QuietHoursOut(QuietHoursIn):
    branch_id: UUID


@router.get("/preferences/{patient_id}", response=PreferenceOut, summary="How a patient wishes to be reached")
def get_preference(request: HttpRequest, patient_id: UUID) -> Any:
    by = _by(request)
    patient: Any = queries.reachable_patient(patient_id, seen_by=by)
    audit.read(by, patient, purpose="how the patient is reached")
    return wishes(queries.preference(patient_id, seen_by=by), by)


@router.put("/preferences/{patient_id}", response=PreferenceOut, summary="Change how a patient is reached")
def put_preference(request: HttpRequest, patient_id: UUID, body: PreferenceIn) -> Any:
    return _changed(patient_id, body, _by(request))


@router.get("/quiet-hours/{branch_id}", response=QuietHoursOut, summary="When a branch writes to nobody")
def get_quiet_hours(request: HttpRequest, branch_id: UUID) -> Any:
    by = _by(request)
    by.must(VIEW, do="see the quiet hours")
    branch = people.branch(branch_id, seen_by=by)
    quiet = queries.quiet(branch.pk, seen_by=by)
    return QuietHoursOut(branch_id=branch.pk, starts_at=quiet.starts, ends_at=quiet.ends)


@router.put("/quiet-hours/{branch_id}", response=QuietHoursOut, summary="Change when a branch writes to nobody")
def put_quiet_hours(request: HttpRequest, branch_id: UUID, body: QuietHoursIn) -> Any:
    """On the branch's own clock; they may run over midnight."""
    quiet = actions.change_quiet_hours(branch_id, starts_at=body.starts_at, ends_at=body.ends_at, by=_by(request))
    return QuietHoursOut(branch_id=quiet.branch_id, starts_at=quiet.starts_at, ends_at=quiet.ends_at)


@mine.get("", response=PreferenceOut, summary="How you wish to be reached")
def my_preference(request: HttpRequest) -> Any:
    by = _by(request)
    return wishes(queries.preference(by.own_patient_id, seen_by=by), by)


@mine.put("", response=PreferenceOut, summary="Say how you wish to be reached")
def put_my_preference(request: HttpRequest, body: PreferenceIn) -> Any:
    by = _by(request)
    return _changed(by.own_patient_id, body, by)


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
def send_again(request: HttpRequest, message_id: UUID, body: MessageReasonIn) -> Any:
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


def wishes(wish: Preference, by: Actor) -> PreferenceOut:
    """How somebody wishes to be reached, and on how many devices."""
    return PreferenceOut(
        channels=wish.channels,
        language=wish.language,
        declined=wish.declined,
        stopped=wish.stopped,
        devices=queries.devices(wish.patient_id, seen_by=by).count(),
    )


def _changed(patient_id: UUID, body: PreferenceIn, by: Actor) -> PreferenceOut:
    said: dict[str, Any] = body.model_dump()
    return wishes(actions.change_preference(patient_id, **said, by=by), by)


def _by(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]
