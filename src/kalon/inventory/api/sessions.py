"""/api/procedure-sessions/{id}/supplies: what a session takes from the store, and what of it comes back."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from kalon.api import Page, Router, paged
from kalon.inventory import actions, queries
from kalon.inventory.api.endpoints import movement_out
from kalon.inventory.api.schemas import MovementOut, Quantity, StockReasonIn, Text, Wanted
from kalon.inventory.events import Issued
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.plans import queries as plans

router = Router(tags=["sessions"])
Key = Annotated[str, Field(max_length=60, description="The scan's own: sent again, it changes nothing")]


class SessionUseIn(Schema):
    """An item by its id, or what the scanner read."""

    item_id: UUID | None = None
    scan: Text = ""
    quantity: Wanted = Decimal(1)
    key: Key = ""


class SessionCopyIn(Schema):
    key: Key = ""


class SessionTakenOut(Schema):
    """So much of one batch, as it was taken."""

    movement_id: UUID
    item_id: UUID
    batch_number: str
    expires_on: date | None
    quantity: Quantity


class SessionSupplyOut(Schema):
    """So much of one batch that left for the session, without what came back."""

    movement_id: UUID
    item_id: UUID
    item: str
    unit: str
    batch_number: str
    expires_on: date | None
    quantity: Quantity
    made_by: str
    created_at: datetime


@router.get("/{session_id}/supplies", response=Page[SessionSupplyOut], summary="What it uses, the earliest first")
def list_supplies(request: HttpRequest, session_id: UUID) -> Any:
    """What was put back whole is left out."""
    by = _by(request)
    rows = queries.taken_for(plans.session(session_id, seen_by=by).pk, seen_by=by)
    return paged(
        request, rows, supply_out, by="id", seen=lambda shown: audit.reads(by, shown, purpose="stock used in a session")
    )


@router.post(
    "/{session_id}/supplies", response={201: list[SessionTakenOut]}, summary="Take an item, or what was scanned, for it"
)
def use(request: HttpRequest, session_id: UUID, body: SessionUseIn) -> Any:
    """First expired first; one line for each batch. Refused before the session is ready and once it is done."""
    return 201, _taken(actions.use_in_session(session_id, **body.model_dump(), by=_by(request)))


@router.post(
    "/{session_id}/supplies/as-last-time",
    response={201: list[SessionTakenOut]},
    summary="Take what the session before used, all or none",
)
def use_as_last_time(request: HttpRequest, session_id: UUID, body: SessionCopyIn) -> Any:
    return 201, _taken(actions.use_as_last_time(session_id, key=body.key, by=_by(request)))


@router.post(
    "/{session_id}/supplies/{movement_id}/put-back", response={201: MovementOut}, summary="It was not used after all"
)
def put_back(request: HttpRequest, session_id: UUID, movement_id: UUID, body: StockReasonIn) -> Any:
    """The whole of it that is not back yet stands on its shelf again."""
    made = actions.put_back_from_session(session_id, movement_id, reason=body.reason, by=_by(request))
    return 201, movement_out(made)


def supply_out(row: Any) -> SessionSupplyOut:
    return SessionSupplyOut(
        movement_id=row.pk, item_id=row.item_id, item=row.item.name, unit=row.item.unit,
        batch_number=row.batch.number, expires_on=row.batch.expires_on, quantity=row.left, made_by=row.made_by_name,
        created_at=row.created_at,
    )  # fmt: skip


def _taken(issued: list[Issued]) -> list[SessionTakenOut]:
    return [SessionTakenOut(**{name: getattr(one, name) for name in SessionTakenOut.model_fields}) for one in issued]


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
