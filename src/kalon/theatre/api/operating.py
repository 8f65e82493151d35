"""JSON of what is put right in theatre, what is counted and said beside another tablet, and what was noted."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema
from pydantic import AwareDatetime

from kalon.api import Router
from kalon.kernel import audit
from kalon.kernel.errors import NotFound
from kalon.theatre import actions, queries
from kalon.theatre.api import CaseOut, shown_case
from kalon.web.fronts import actor_of

operating = Router(tags=["theatre"])


class CaseTimeCorrectionIn(Schema):
    which: str = Field(description="in, anaesthesia, incision, closure or out")
    at: AwareDatetime | None = Field(description="An instant; null where it has not happened yet")
    reason: str = Field(max_length=300)
    seen: AwareDatetime | None = Field(None, description="The time that was read; another one by now answers 409")


class SurgicalCountIn(Schema):
    what: str = Field(description="SWABS, NEEDLES or INSTRUMENTS")
    before: int | None = None
    after: int | None = None
    explanation: str = Field("", max_length=4000)
    seen: tuple[int | None, int | None] | None = Field(
        None, description="Before and after as they were read; others by now answer 409"
    )


class CaseComplicationsIn(Schema):
    words: str = Field(max_length=4000, description="What went otherwise, or “none”")
    seen: str | None = Field(None, max_length=4000, description="The words that were read; others by now answer 409")


class CheckBackIn(Schema):
    code: str


class OperationNoteIn(Schema):
    content: dict[str, str] = Field(description="The parts of the note by name")


class OperationNoteOut(Schema):
    id: UUID
    case_id: UUID
    content: dict[str, str]
    written_by_id: UUID
    created_at: datetime
    signed_at: datetime | None
    corrects_id: UUID | None


@operating.post("/{case_id}/times/correct", response=CaseOut, summary="Correct a time, or take it back")
def correct_time(request: HttpRequest, case_id: UUID, body: CaseTimeCorrectionIn) -> Any:
    by = actor_of(request)
    actions.correct_time(case_id, body.which, body.at, body.reason, seen=body.seen, by=by)
    return shown_case(case_id, by)


@operating.post("/{case_id}/counts", response=CaseOut, summary="Write down a count")
def count(request: HttpRequest, case_id: UUID, body: SurgicalCountIn) -> Any:
    actions.count(case_id, **body.model_dump(), by=actor_of(request))
    return shown_case(case_id, actor_of(request))


@operating.post("/{case_id}/complications", response=CaseOut, summary="Say what went otherwise, or “none”")
def complications(request: HttpRequest, case_id: UUID, body: CaseComplicationsIn) -> Any:
    by = actor_of(request)
    return shown_case(actions.say_complications(case_id, body.words, seen=body.seen, by=by).pk, by)


@operating.post("/stages/{stage_id}/items/back", response=CaseOut, summary="Take an answer back that was a mistake")
def take_back_answer(request: HttpRequest, stage_id: UUID, body: CheckBackIn) -> Any:
    by = actor_of(request)
    return shown_case(actions.take_back_answer(stage_id, body.code, by=by).stage.case_id, by)


@operating.get("/{case_id}/note", response=OperationNoteOut, summary="The operation note that counts")
def get_note(request: HttpRequest, case_id: UUID) -> Any:
    by = actor_of(request)
    found = queries.case(case_id, seen_by=by)
    note = queries.note_of(found)
    if note is None:
        raise NotFound("No operation note is written yet.")
    audit.read(by, note, purpose="API")
    return OperationNoteOut(**{name: getattr(note, name) for name in OperationNoteOut.model_fields})


@operating.put("/{case_id}/note", response=CaseOut, summary="Write the operation note")
def write_note(request: HttpRequest, case_id: UUID, body: OperationNoteIn) -> Any:
    return shown_case(actions.write_note(case_id, body.content, by=actor_of(request)).case_id, actor_of(request))


@operating.post("/{case_id}/note/sign", response=CaseOut, summary="Sign the operation note")
def sign_note(request: HttpRequest, case_id: UUID) -> Any:
    return shown_case(actions.sign_note(case_id, by=actor_of(request)).case_id, actor_of(request))
