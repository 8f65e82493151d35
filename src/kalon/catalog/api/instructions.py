"""JSON of what patients are told before and after a procedure, by kind and language."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.catalog import actions, queries
from kalon.catalog.api.endpoints import router
from kalon.catalog.models import ProcedureInstructions
from kalon.catalog.models.instructions import LONGEST_INSTRUCTIONS
from kalon.web.fronts import actor_of


class InstructionsIn(Schema):
    text: Annotated[str, Field(max_length=LONGEST_INSTRUCTIONS)] = Field(description="Empty takes it away")
    source: Annotated[str, Field(max_length=300)] = ""


class InstructionsOut(Schema):
    """What patients are told: PRE_OP, POST_OP or AFTERCARE, in one language."""

    kind: str
    language: str
    text: str
    source: str


@router.get(
    "/procedures/{procedure_id}/instructions", response=list[InstructionsOut], summary="What patients are told of it"
)
def list_instructions(request: HttpRequest, procedure_id: UUID, language: str = "en") -> Any:
    """In one language, as it is written; patients get English where their language has no text."""
    by = actor_of(request)
    by.must("catalog.manage", do="read what patients are told")
    found = queries.procedure(procedure_id, seen_by=by)
    return [*queries.written_instructions(found.pk, language, seen_by=by).values()]


@router.put(
    "/procedures/{procedure_id}/instructions/{kind}/{language}",
    response={200: InstructionsOut, 204: None},
    summary="Write what patients are told; an empty text takes it away",
)
def write_instructions(
    request: HttpRequest, procedure_id: UUID, kind: str, language: str, body: InstructionsIn
) -> ProcedureInstructions | tuple[int, None]:
    by = actor_of(request)
    found = actions.write_instructions(procedure_id, kind, language, body.text, body.source, by=by)
    return found or (204, None)
