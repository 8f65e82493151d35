"""/api/inventory: look at the store, take in, move, count, write off.

Stock leaves to a patient by what it was for (a chart, a prescription), so there is no address here to issue it by.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from kalon.api import Page, Router, paged
from kalon.inventory import actions, queries
from kalon.inventory.api.schemas import (
    AvailableItemOut,
    BatchOut,
    CountIn,
    ExpiredIn,
    MovementOut,
    ReceiveIn,
    Search,
    SendBackIn,
    ShelfOut,
    StockItemOut,
    StockMoveIn,
    StockReasonIn,
    StockReturnIn,
    WasteIn,
)
from kalon.inventory.models import Balance, Movement
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.people import queries as people

router = Router(tags=["inventory"])


@router.get("/items", response=Page[StockItemOut], summary="Items with what a branch has of them")
def list_items(request: HttpRequest, branch_id: UUID | None = None, kind: str = "", q: Search = "") -> Any:
    by = _by(request)
    branch = branch_id or people.own_branch(by).pk
    rows = queries.items(seen_by=by, kind=kind, text=q.strip())
    stocked = queries.with_stock(rows, branch_id=branch, today=queries.today_at(branch, seen_by=by))
    return paged(request, stocked, item_out, by="id")


@router.get("/stock", response=list[AvailableItemOut], summary="What can be given now, while somebody types")
def in_stock(request: HttpRequest, q: Search = "", branch_id: UUID | None = None) -> Any:
    by = _by(request)
    branch = branch_id or people.own_branch(by).pk
    found = queries.in_stock(q.strip(), branch_id=branch, seen_by=by)
    return [{name: getattr(row, name) for name in AvailableItemOut.model_fields} for row in found]


@router.get("/shelves", response=Page[ShelfOut], summary="Which batch stands where")
def list_shelves(request: HttpRequest, item_id: UUID | None = None, branch_id: UUID | None = None) -> Any:
    rows = queries.shelves(seen_by=_by(request), branch_id=branch_id)
    return paged(request, rows.filter(item_id=item_id) if item_id else rows, shelf_out, by="id")


@router.get("/movements", response=Page[MovementOut], summary="The ledger, newest first")
def list_movements(request: HttpRequest, item_id: UUID | None = None) -> Any:
    by = _by(request)

    def seen(rows: list[Movement]) -> None:
        audit.reads(by, [row for row in rows if row.patient_id], purpose="stock given to patients")

    return paged(request, queries.movements(seen_by=by, item_id=item_id), movement_out, seen=seen)


@router.post("/receipts", response={201: MovementOut}, summary="Take a delivery in")
def receive(request: HttpRequest, body: ReceiveIn) -> Any:
    about = body.dict()
    item_id, location_id = about.pop("item_id"), about.pop("location_id")
    return 201, movement_out(actions.receive(item_id, location_id, actions.Delivery(**about), by=_by(request)))


@router.post("/moves", response={201: MovementOut}, summary="Carry stock to another place")
def move(request: HttpRequest, body: StockMoveIn) -> Any:
    return 201, movement_out(actions.move(**body.dict(), by=_by(request)))


@router.post("/counts", response={201: MovementOut}, summary="Write down what was counted")
def count(request: HttpRequest, body: CountIn) -> Any:
    return 201, movement_out(actions.adjust(**body.dict(), by=_by(request)))


@router.post("/waste", response={201: MovementOut}, summary="Write down what was thrown away")
def waste(request: HttpRequest, body: WasteIn) -> Any:
    return 201, movement_out(actions.waste(**body.dict(), by=_by(request)))


@router.post("/expired", response={201: MovementOut}, summary="Write off all of an expired batch that stands somewhere")
def write_off_expired(request: HttpRequest, body: ExpiredIn) -> Any:
    return 201, movement_out(actions.write_off_expired(body.batch_id, body.location_id, by=_by(request)))


@router.post("/sent-back", response={201: MovementOut}, summary="Send stock back to its supplier")
def send_back(request: HttpRequest, body: SendBackIn) -> Any:
    return 201, movement_out(actions.send_back(**body.dict(), by=_by(request)))


@router.post("/returns", response={201: MovementOut}, summary="Take back what was issued")
def give_back(request: HttpRequest, body: StockReturnIn) -> Any:
    return 201, movement_out(actions.give_back(**body.dict(), by=_by(request)))


@router.post("/batches/{uuid:batch_id}/quarantine", response=BatchOut, summary="Lock a batch away")
def quarantine(request: HttpRequest, batch_id: UUID, body: StockReasonIn) -> Any:
    return actions.quarantine(batch_id, body.reason, by=_by(request))


@router.post("/batches/{uuid:batch_id}/release", response=BatchOut, summary="Let a batch be used again")
def release(request: HttpRequest, batch_id: UUID, body: StockReasonIn) -> Any:
    return actions.release_batch(batch_id, body.reason, by=_by(request))


def item_out(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in StockItemOut.model_fields}


def shelf_out(row: Balance) -> dict[str, Any]:
    return {
        "id": row.pk, "item_id": row.item_id, "batch_id": row.batch_id, "batch_number": row.batch.number,
        "expires_on": row.batch.expires_on, "status": row.batch.status, "location_id": row.location_id,
        "location": row.location.name, "quantity": row.quantity,
    }  # fmt: skip


def movement_out(row: Movement) -> dict[str, Any]:
    same = set(MovementOut.model_fields) - {"batch_number", "made_by"}
    return {
        **{name: getattr(row, name) for name in same},
        "batch_number": row.batch.number,
        "made_by": row.made_by_name,
    }


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
