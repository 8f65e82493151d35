"""JSON of the procedure catalogue: what is done, as against what is sold."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Page, paged
from kalon.catalog import actions, queries
from kalon.catalog.api.endpoints import router
from kalon.catalog.api.schemas import Code, Minutes, Name
from kalon.catalog.models import Procedure
from kalon.catalog.rules import CodeLine, TeamLine

MAY_BE_EMPTY = {"service_id", "room_kind", "least_days_between"}
Kind = Annotated[str, Field(max_length=16)]
View = Annotated[str, Field(max_length=40)]


class TeamIn(Schema):
    staff_kind: Kind = Field(description="NURSE, ANAESTHETIST, …")
    count: Minutes = 1


class CodeIn(Schema):
    system: Annotated[str, Field(max_length=12)] = Field(description="CPT, SNOMED-CT, PM-JAY, … or OTHER")
    code: Annotated[str, Field(max_length=30)]
    words: Annotated[str, Field(max_length=300)] = Field("", description="Your own, or what your licence allows")


class ProcedureChange(Schema):
    """The fields to change; `team` and `codes` replace all of theirs."""

    code: Code | None = None
    name: Annotated[str, Field(max_length=160)] | None = None
    category: Kind | None = Field(None, description="FACE, BREAST, BODY, HAIR, SKIN, INJECTABLE, LASER, …")
    setting: Kind | None = Field(None, description="SURGICAL or NON_SURGICAL")
    service_id: UUID | None = Field(None, description="What is sold for it")
    minutes: Minutes | None = None
    room_kind: Kind | None = None
    has_side: bool | None = None
    needs_consent: bool | None = None
    takes_implant: bool | None = None
    photo_views: Annotated[list[View], Field(max_length=30)] | None = Field(None, description="FRONT, LEFT_45, …")
    least_days_between: Minutes | None = None
    patient_words: Annotated[str, Field(max_length=4000)] | None = None
    is_active: bool | None = None
    team: Annotated[list[TeamIn], Field(max_length=20)] | None = None
    codes: Annotated[list[CodeIn], Field(max_length=40)] | None = None


class ProcedureIn(ProcedureChange):
    code: Code
    name: Annotated[str, Field(max_length=160)]
    category: Kind


class ProcedureOut(Schema):
    id: UUID
    code: str
    name: str
    category: str
    setting: str
    service_id: UUID | None
    minutes: int
    room_kind: str | None
    has_side: bool
    needs_consent: bool
    takes_implant: bool
    photo_views: list[str]
    least_days_between: int | None
    patient_words: str
    is_active: bool
    team: list[TeamIn] = Field(description="Who comes besides; the staff's to read")
    codes: list[CodeIn] = Field(description="The staff's to read")


@router.get("/procedures", response=Page[ProcedureOut], summary="What is done here")
def list_procedures(request: HttpRequest, q: Name = "", category: Kind = "", setting: Kind = "") -> Any:
    by = _by(request)
    rows = queries.procedures(seen_by=by, text=q.strip(), category=category, setting=setting)
    return paged(request, rows, lambda row: procedure_out(row, by), by="id")


@router.get("/procedures/{procedure_id}", response=ProcedureOut, summary="One procedure")
def get_procedure(request: HttpRequest, procedure_id: UUID) -> Any:
    return procedure_out(queries.procedure(procedure_id, seen_by=_by(request)), _by(request))


@router.post("/procedures", response={201: ProcedureOut}, summary="Put a procedure into the catalogue")
def add_procedure(request: HttpRequest, body: ProcedureIn) -> Any:
    made = actions.add_procedure(_given(body), _team(body) or (), _codes(body) or (), by=_by(request))
    return 201, procedure_out(made, _by(request))


@router.patch("/procedures/{procedure_id}", response=ProcedureOut, summary="Change a procedure")
def change_procedure(request: HttpRequest, procedure_id: UUID, body: ProcedureChange) -> Any:
    changed = actions.change_procedure(procedure_id, _given(body), _team(body), _codes(body), by=_by(request))
    return procedure_out(changed, _by(request))


@router.post("/procedures/{procedure_id}/retire", response=ProcedureOut, summary="Take a procedure out of use")
def retire_procedure(request: HttpRequest, procedure_id: UUID) -> Any:
    return procedure_out(actions.retire_procedure(procedure_id, by=_by(request)), _by(request))


def procedure_out(found: Procedure, by: Any) -> ProcedureOut:
    fields = {name: getattr(found, name) for name in ProcedureOut.model_fields if name not in ("team", "codes")}
    if by.is_patient:
        return ProcedureOut(**fields, team=[], codes=[])
    return ProcedureOut(
        **fields,
        team=[TeamIn(staff_kind=line.staff_kind, count=line.count) for line in found.team.all()],
        codes=[CodeIn(system=line.system, code=line.code, words=line.words) for line in found.codes.all()],
    )


def _team(body: ProcedureChange) -> list[TeamLine] | None:
    return None if body.team is None else [TeamLine(**line.dict()) for line in body.team]


def _codes(body: ProcedureChange) -> list[CodeLine] | None:
    return None if body.codes is None else [CodeLine(**line.dict()) for line in body.codes]


def _given(body: Schema) -> dict[str, Any]:
    """The row's own fields that were sent; null clears only what may be empty."""
    sent = body.dict(exclude_unset=True, exclude={"team", "codes"})
    return {name: value for name, value in sent.items() if value is not None or name in MAY_BE_EMPTY}


def _by(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]
