"""/api/inventory/stock-takes: counted by one person without the books, confirmed by another."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from kalon.api import Page, paged
from kalon.inventory import actions, queries
from kalon.inventory.api.endpoints import router
from kalon.inventory.api.take_schemas import (
    StockTakeConfirmIn,
    StockTakeCountIn,
    StockTakeIn,
    StockTakeLineOut,
    StockTakeOut,
    StockTakePieceOut,
    StockTakeReasonIn,
    StockTakeScanIn,
)
from kalon.inventory.models import StockTake, StockTakeLine, StockTakePiece
from kalon.kernel.actors import Actor


@router.get("/stock-takes", response=Page[StockTakeOut], summary="Stock takes, the latest first")
def list_takes(request: HttpRequest) -> Any:
    return paged(request, queries.takes(seen_by=_by(request)), take_out, by="-id")


@router.post("/stock-takes", response={201: StockTakeOut}, summary="Begin to count a place")
def start_stock_take(request: HttpRequest, body: StockTakeIn) -> Any:
    return 201, take_out(actions.start_stock_take(body.location_id, by=_by(request)))


@router.get("/stock-takes/{uuid:take_id}", response=StockTakeOut, summary="One stock take")
def get_take(request: HttpRequest, take_id: UUID) -> Any:
    return take_out(queries.take(take_id, seen_by=_by(request)))


@router.get("/stock-takes/{uuid:take_id}/lines", response=Page[StockTakeLineOut], summary="Its count sheet")
def list_take_lines(request: HttpRequest, take_id: UUID) -> Any:
    by = _by(request)
    blind = queries.is_blind(queries.take(take_id, seen_by=by))
    rows = queries.take_lines(take_id, seen_by=by)
    return paged(request, rows, lambda row: line_out(row, blind=blind), by="id")


@router.get("/stock-takes/{uuid:take_id}/pieces", response=Page[StockTakePieceOut], summary="Its pieces")
def list_take_pieces(request: HttpRequest, take_id: UUID) -> Any:
    found = queries.take(take_id, seen_by=_by(request))
    return paged(request, queries.take_pieces(found.pk, seen_by=_by(request)), piece_out, by="id")


@router.post("/stock-takes/{uuid:take_id}/counts", response={201: StockTakeLineOut}, summary="What stands of a batch")
def count_batch(request: HttpRequest, take_id: UUID, body: StockTakeCountIn) -> Any:
    return 201, line_out(actions.count_batch(take_id, body.batch_id, body.counted, by=_by(request)), blind=True)


@router.post("/stock-takes/{uuid:take_id}/scans", response={201: StockTakePieceOut}, summary="A piece stands there")
def scan_piece(request: HttpRequest, take_id: UUID, body: StockTakeScanIn) -> Any:
    return 201, piece_out(actions.scan_piece(take_id, body.scan, by=_by(request)))


@router.post("/stock-takes/{uuid:take_id}/finish", response=StockTakeOut, summary="The count is over")
def finish_count(request: HttpRequest, take_id: UUID) -> Any:
    return take_out(actions.finish_count(take_id, by=_by(request)))


@router.post("/stock-takes/{uuid:take_id}/recount", response=StockTakeOut, summary="Have it counted again")
def count_again(request: HttpRequest, take_id: UUID, body: StockTakeReasonIn) -> Any:
    return take_out(actions.count_again(take_id, body.reason, by=_by(request)))


@router.post("/stock-takes/{uuid:take_id}/confirm", response=StockTakeOut, summary="Somebody else agrees")
def confirm_stock_take(request: HttpRequest, take_id: UUID, body: StockTakeConfirmIn) -> Any:
    return take_out(actions.confirm_stock_take(take_id, reasons=body.reasons, reason=body.reason, by=_by(request)))


@router.post("/stock-takes/{uuid:take_id}/cancel", response=StockTakeOut, summary="Give a stock take up")
def cancel_stock_take(request: HttpRequest, take_id: UUID, body: StockTakeReasonIn) -> Any:
    return take_out(actions.cancel_stock_take(take_id, body.reason, by=_by(request)))


def take_out(row: StockTake) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in set(StockTakeOut.model_fields) - {"id"}}}


def line_out(row: StockTakeLine, *, blind: bool) -> dict[str, Any]:
    return {
        "id": row.pk, "item_id": row.item_id, "batch_id": row.batch_id, "counted": row.counted,
        "book": None if blind else row.book, "reason": row.reason,
    }  # fmt: skip


def piece_out(row: StockTakePiece) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in set(StockTakePieceOut.model_fields) - {"id"}}}


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
