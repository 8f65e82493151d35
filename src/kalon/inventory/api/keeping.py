"""/api/inventory/items, /places and /kits: what is kept, where, and what a procedure takes of it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema

from kalon.api import Page, paged
from kalon.catalog import queries as catalog
from kalon.inventory import actions, queries
from kalon.inventory.api.endpoints import item_out, router
from kalon.inventory.api.keeping_schemas import (
    KitIn,
    KitLineOut,
    StockItemChange,
    StockItemIn,
    StockPlaceChange,
    StockPlaceIn,
    StockPlaceOut,
)
from kalon.inventory.api.schemas import StockItemOut
from kalon.inventory.models import KitLine
from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.web.fronts import actor_of


@router.post("/items", response={201: StockItemOut}, summary="Keep something new in stock")
def add_item(request: HttpRequest, body: StockItemIn) -> Any:
    by = actor_of(request)
    return 201, _item(actions.add_item(_given(body), by=by).pk, by)


@router.get("/items/{uuid:item_id}", response=StockItemOut, summary="One item, in use or not")
def get_item(request: HttpRequest, item_id: UUID) -> Any:
    return _item(item_id, actor_of(request))


@router.patch("/items/{uuid:item_id}", response=StockItemOut, summary="Change an item, or take it out of use")
def change_item(request: HttpRequest, item_id: UUID, body: StockItemChange) -> Any:
    by = actor_of(request)
    return _item(actions.change_item(item_id, _given(body), by=by).pk, by)


@router.get("/places", response=Page[StockPlaceOut], summary="Where stock is kept")
def list_places(request: HttpRequest, branch_id: UUID | None = None, also_unused: bool = False) -> Any:
    rows = queries.locations(seen_by=actor_of(request), branch_id=branch_id, also_unused=also_unused)
    return paged(request, rows, lambda row: row, by="id")


@router.post("/places", response={201: StockPlaceOut}, summary="A further place of a branch")
def add_place(request: HttpRequest, body: StockPlaceIn) -> Any:
    by = actor_of(request)
    return 201, actions.add_location(body.branch_id or people.own_branch(by).pk, _given(body), by=by)


@router.patch("/places/{uuid:place_id}", response=StockPlaceOut, summary="Rename a place, or close it once it is empty")
def change_place(request: HttpRequest, place_id: UUID, body: StockPlaceChange) -> Any:
    return actions.change_location(place_id, _given(body), by=actor_of(request))


@router.get("/kits/{uuid:procedure_id}", response=list[KitLineOut], summary="What a procedure takes out of the store")
def get_kit(request: HttpRequest, procedure_id: UUID) -> Any:
    by = actor_of(request)
    return _kit(queries.kit(catalog.procedure(procedure_id, seen_by=by).pk, seen_by=by))


@router.put("/kits/{uuid:procedure_id}", response=list[KitLineOut], summary="Write anew what a procedure takes")
def set_kit(request: HttpRequest, procedure_id: UUID, body: KitIn) -> Any:
    parts = [actions.KitPart(**part.dict()) for part in body.lines]
    return _kit(actions.set_kit(procedure_id, parts, by=actor_of(request)))


def _item(pk: UUID, by: Actor) -> dict[str, Any]:
    """An item with what the branch of whoever asks has of it."""
    here = people.own_branch(by).pk
    one = queries.items(seen_by=by, also_unused=True).filter(pk=queries.item(pk, seen_by=by).pk)
    return item_out(queries.with_stock(one, branch_id=here, today=queries.today_at(here, seen_by=by)).get())


def _kit(lines: Any) -> list[dict[str, Any]]:
    return [_line(line) for line in lines]


def _line(line: KitLine) -> dict[str, Any]:
    return {
        "item_id": line.item_id, "item": line.item.name, "unit": line.item.unit, "quantity": line.quantity,
        "need": line.need,
    }  # fmt: skip


def _given(body: Schema) -> dict[str, Any]:
    """What was sent; what is left out or null stays as it is."""
    return body.dict(exclude_unset=True, exclude_none=True, exclude={"branch_id"})
