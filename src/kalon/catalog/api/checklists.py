"""JSON of the lists of before and after procedures."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.catalog import actions, queries
from kalon.catalog.api.endpoints import router
from kalon.catalog.models import Checklist
from kalon.kernel.errors import NotFound


class ToDoIn(Schema):
    words: Annotated[str, Field(max_length=200)]
    moment: Annotated[str, Field(max_length=8)] = Field("BEFORE", description="BEFORE the day, DAY_OF, or AFTER")
    who: Annotated[str, Field(max_length=12)] = Field("NURSE", description="NURSE, DOCTOR, ANAESTHETIST, DESK, PATIENT")
    is_required: bool = Field(True, description="Whether what comes next waits for it")


class ChecklistIn(Schema):
    items: Annotated[list[ToDoIn], Field(max_length=40)]
    source: Annotated[str, Field(max_length=300)] = ""
    seen: int | None = Field(None, description="The version that was read; a later one on file answers 409")


class ChecklistOut(Schema):
    id: UUID
    procedure_id: UUID
    version: int
    source: str
    written_by: str
    items: list[ToDoIn]


@router.get("/procedures/{procedure_id}/checklist", response=ChecklistOut, summary="What is done before and after it")
def get_checklist(request: HttpRequest, procedure_id: UUID) -> Any:
    by = request.actor  # type: ignore[attr-defined]
    by.must("catalog.manage", do="read the list of a procedure")
    found = queries.checklist_of(queries.procedure(procedure_id, seen_by=by).pk, seen_by=by)
    if found is None:
        raise NotFound("No list is written for this procedure.")
    return checklist_out(found)


@router.put(
    "/procedures/{procedure_id}/checklist", response=ChecklistOut, summary="Write the list anew, as a further version"
)
def put_checklist(request: HttpRequest, procedure_id: UUID, body: ChecklistIn) -> Any:
    items = [actions.ToDo(**one.model_dump()) for one in body.items]
    by = request.actor  # type: ignore[attr-defined]
    return checklist_out(actions.write_checklist(procedure_id, items, body.source, seen=body.seen, by=by))


def checklist_out(found: Checklist) -> ChecklistOut:
    fields = {name: getattr(found, name) for name in ChecklistOut.model_fields if name != "items"}
    items = [
        ToDoIn(words=one.words, moment=one.moment, who=one.who, is_required=one.is_required)
        for one in found.items.all()
    ]
    return ChecklistOut(**fields, items=items)
