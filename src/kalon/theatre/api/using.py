"""JSON of what a case uses: scanned, given back, thrown away, put in and taken out."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema
from pydantic import PlainSerializer

from kalon.api import Page, Router, paged
from kalon.inventory import queries as stock
from kalon.kernel import audit
from kalon.theatre import actions, queries
from kalon.web.fronts import actor_of

using = Router(tags=["theatre"])
Amount = Annotated[Decimal, Field(gt=0, max_digits=9, decimal_places=3, allow_inf_nan=False)]
Plain = Annotated[Decimal, PlainSerializer(lambda amount: f"{amount.normalize():f}", return_type=str)]


class CaseScanIn(Schema):
    code: str = Field(max_length=200, description="A pack, its serial or lot; or the wristband of who lies there")
    side: str = Field("", max_length=8, description="LEFT, RIGHT or MIDLINE: asked where the plan works on both")
    quantity: Amount = Decimal(1)
    is_second: bool = Field(False, description="A further implant on the same side is meant")
    key: str = Field("", max_length=60, description="The scan's own: sent again, it changes nothing")


class CaseWasteIn(Schema):
    code: str = Field(max_length=200)
    quantity: Amount = Decimal(1)
    reason: str = Field(max_length=300)


class CaseBackIn(Schema):
    quantity: Amount
    reason: str = Field("Not used after all", max_length=300)


class TakenOutIn(Schema):
    reason: str = Field(max_length=300)


class CaseSaidOut(Schema):
    said: str = Field(description="What was written, in words for the theatre")


class CaseMovementOut(Schema):
    """One line of the store's ledger that names the case."""

    id: UUID
    kind: str = Field(description="ISSUED, RETURNED or WASTED")
    item_id: UUID
    item: str
    unit: str
    batch_number: str
    serial: str = Field(description="Empty where it is no piece with a serial")
    quantity: Plain
    returns_id: UUID | None = Field(description="For what came back: the line by which it left")
    reason: str
    made_by: str
    created_at: datetime


class CaseImplantOut(Schema):
    id: UUID
    side: str
    item_name: str
    model: str
    size: str
    lot: str
    serial: str
    udi: str
    expires_on: date | None
    surgeon_name: str
    implanted_at: datetime
    explanted_at: datetime | None
    explant_reason: str


@using.get("/{case_id}/used", response=Page[CaseMovementOut], summary="What left the store for it, the earliest first")
def list_used(request: HttpRequest, case_id: UUID) -> Any:
    by = actor_of(request)
    found = queries.case(case_id, seen_by=by)
    rows = stock.used_for(actions.paper(found), seen_by=by).select_related("item", "batch", "unit")
    return paged(
        request, rows, movement_out, by="id", seen=lambda shown: audit.reads(by, [found, *shown], purpose="API")
    )


@using.post("/{case_id}/used", response=CaseSaidOut, summary="Scan to consume, or compare the wristband")
def use(request: HttpRequest, case_id: UUID, body: CaseScanIn) -> Any:
    return {"said": actions.use(case_id, actions.Scan(**body.model_dump()), by=actor_of(request))}


@using.post("/{case_id}/used/{movement_id}/back", response=CaseSaidOut, summary="It was not used after all")
def give_back(request: HttpRequest, case_id: UUID, movement_id: UUID, body: CaseBackIn) -> Any:
    return {"said": actions.give_back(case_id, movement_id, body.quantity, body.reason, by=actor_of(request))}


@using.post("/{case_id}/wasted", response=CaseSaidOut, summary="It was opened and dropped: thrown away")
def waste(request: HttpRequest, case_id: UUID, body: CaseWasteIn) -> Any:
    wish = actions.Scan(code=body.code, quantity=body.quantity)
    return {"said": actions.waste(case_id, wish, body.reason, by=actor_of(request))}


@using.get(
    "/{case_id}/implants", response=Page[CaseImplantOut], summary="The implants of its plan, by serial, with their side"
)
def list_implants(request: HttpRequest, case_id: UUID) -> Any:
    """Those that were taken out again too."""
    by = actor_of(request)
    found = queries.case(case_id, seen_by=by)
    rows = stock.implants_of(found.patient_id, seen_by=by).filter(plan_id=found.plan_id)
    return paged(
        request, rows, implant_out, by="id", seen=lambda shown: audit.reads(by, shown, purpose="case in theatre")
    )


@using.post("/{case_id}/implants/{implant_id}/out", response=CaseSaidOut, summary="An implant comes out again")
def take_out(request: HttpRequest, case_id: UUID, implant_id: UUID, body: TakenOutIn) -> Any:
    return {"said": actions.take_out(case_id, implant_id, body.reason, by=actor_of(request))}


def movement_out(row: Any) -> CaseMovementOut:
    same = set(CaseMovementOut.model_fields) - {"item", "unit", "batch_number", "serial", "made_by"}
    return CaseMovementOut(
        **{name: getattr(row, name) for name in same}, item=row.item.name, unit=row.item.unit,
        batch_number=row.batch.number, serial=row.unit.serial if row.unit else "", made_by=row.made_by_name,
    )  # fmt: skip


def implant_out(row: Any) -> CaseImplantOut:
    return CaseImplantOut(**{name: getattr(row, name) for name in CaseImplantOut.model_fields})
