"""JSON of what surrounds an operation: going home, and how a surgeon likes it prepared."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Page, Router, paged
from kalon.kernel import audit
from kalon.kernel.errors import NotFound
from kalon.theatre import actions, queries
from kalon.theatre.models import PreferenceCard

homegoing = Router(tags=["theatre"])
cards = Router(tags=["theatre"])


class DischargeIn(Schema):
    with_whom: str = Field(max_length=200)
    note: str = Field("", max_length=4000)


class DischargeOut(DischargeIn):
    id: UUID
    case_id: UUID
    gone_at: datetime
    staff_id: UUID


class PreferenceCardIn(Schema):
    procedure_id: UUID
    surgeon_id: UUID | None = Field(None, description="Whose card; empty: the house's own")
    minutes: int | None = Field(None, ge=5, le=1440)
    anaesthesia: str = Field("", description="GENERAL, REGIONAL, SEDATION, LOCAL or empty")
    team: list[UUID] = Field([], max_length=12, description="Staff who usually come")
    position: str = Field("", max_length=1000)
    room_setup: str = Field("", max_length=1000)
    instruments: str = Field("", max_length=1000)
    sutures: str = Field("", max_length=1000)
    drugs: str = Field("", max_length=1000)
    implants: str = Field("", max_length=1000)
    dressing: str = Field("", max_length=1000)
    notes: str = Field("", max_length=1000)


class PreferenceCardChange(PreferenceCardIn):
    seen: int | None = Field(None, description="The version that was read; a later one on file answers 409")


class PreferenceCardEndIn(Schema):
    procedure_id: UUID
    surgeon_id: UUID | None = Field(None, description="Whose card; empty: the house's own")
    seen: int | None = Field(None, description="The version that was read; a later one on file answers 409")


class PreferenceCardOut(PreferenceCardIn):
    id: UUID
    version: int
    is_active: bool
    written_by_id: UUID
    created_at: datetime


@homegoing.post("/{case_id}/discharge", response={201: DischargeOut}, summary="The patient goes home, with somebody")
def discharge(request: HttpRequest, case_id: UUID, body: DischargeIn) -> Any:
    made = actions.discharge(case_id, **body.model_dump(), by=request.actor)  # type: ignore[attr-defined]
    return 201, DischargeOut(**{name: getattr(made, name) for name in DischargeOut.model_fields})


@homegoing.get("/{case_id}/discharge", response=DischargeOut, summary="When and with whom the patient went home")
def get_discharge(request: HttpRequest, case_id: UUID) -> Any:
    by = request.actor  # type: ignore[attr-defined]
    gone = queries.discharge_of(queries.case(case_id, seen_by=by))
    if gone is None:
        raise NotFound("The patient has not gone home yet.")
    audit.read(by, gone, purpose="API")
    return DischargeOut(**{name: getattr(gone, name) for name in DischargeOut.model_fields})


@cards.get("", response=Page[PreferenceCardOut], summary="The cards that count")
def list_cards(request: HttpRequest, surgeon_id: UUID | None = None) -> Any:
    """`surgeon_id`: that surgeon's and the house's own."""
    rows = queries.counting_cards(seen_by=request.actor, surgeon_id=surgeon_id)  # type: ignore[attr-defined]
    return paged(request, rows, card_out)


@cards.put("", response=PreferenceCardOut, summary="Write a card, as a further version")
def put_card(request: HttpRequest, body: PreferenceCardChange) -> Any:
    facts = body.model_dump(exclude={"procedure_id", "surgeon_id", "seen"})
    by = request.actor  # type: ignore[attr-defined]
    return card_out(actions.write_card(body.procedure_id, body.surgeon_id, facts, seen=body.seen, by=by))


@cards.post("/end", response=PreferenceCardOut, summary="A card counts no longer; its versions stay")
def end_card(request: HttpRequest, body: PreferenceCardEndIn) -> Any:
    by = request.actor  # type: ignore[attr-defined]
    return card_out(actions.end_card(body.procedure_id, body.surgeon_id, seen=body.seen, by=by))


def card_out(one: PreferenceCard) -> PreferenceCardOut:
    return PreferenceCardOut(**{name: getattr(one, name) for name in PreferenceCardOut.model_fields})
