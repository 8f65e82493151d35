"""/api/inventory/units, /reservations, /uses and /implants: pieces with serials, what is put aside, the registry."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase

from kalon.api import Page, paged
from kalon.inventory import actions, queries
from kalon.inventory.api.endpoints import router
from kalon.inventory.api.schemas import StockReasonIn
from kalon.inventory.api.unit_schemas import (
    ExplantIn,
    ImplantOut,
    KitReservationIn,
    ReleaseIn,
    ReservationOut,
    ReservedOut,
    ReserveIn,
    Scan,
    StockUseIn,
    StockUseOut,
    SuppliesOut,
    UnitMoveIn,
    UnitOut,
    UnitReceiptIn,
)
from kalon.inventory.models import Implant, Reservation, SerialUnit
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.web import files


@router.get("/units", response=Page[UnitOut], summary="Pieces by serial, lot, model or scanned code")
def list_units(request: HttpRequest, q: Scan = "", item_id: UUID | None = None) -> Any:
    return paged(request, queries.units(seen_by=_by(request), text=q, item_id=item_id), unit_out, by="id")


@router.post("/units/receipts", response={201: list[UnitOut]}, summary="Take pieces in by their codes")
def receive_units(request: HttpRequest, body: UnitReceiptIn) -> Any:
    packs = [actions.Pack(**pack.dict()) for pack in body.packs]
    made = actions.receive_units(
        body.location_id, packs, supplier=body.supplier, reference=body.reference, by=_by(request)
    )
    return 201, [unit_out(unit) for unit in made]


@router.post("/units/{uuid:unit_id}/move", response=UnitOut, summary="Carry a piece to another place")
def move_unit(request: HttpRequest, unit_id: UUID, body: UnitMoveIn) -> Any:
    return unit_out(actions.move_unit(unit_id, body.to_location_id, by=_by(request)))


@router.post("/units/{uuid:unit_id}/quarantine", response=UnitOut, summary="Lock a piece away")
def quarantine_unit(request: HttpRequest, unit_id: UUID, body: StockReasonIn) -> Any:
    return unit_out(actions.quarantine_unit(unit_id, body.reason, by=_by(request)))


@router.post("/units/{uuid:unit_id}/release", response=UnitOut, summary="Let a piece be used again")
def release_unit(request: HttpRequest, unit_id: UUID, body: StockReasonIn) -> Any:
    return unit_out(actions.release_unit(unit_id, body.reason, by=_by(request)))


@router.post("/units/{uuid:unit_id}/waste", response=UnitOut, summary="Write a piece off")
def waste_unit(request: HttpRequest, unit_id: UUID, body: StockReasonIn) -> Any:
    return unit_out(actions.waste_unit(unit_id, body.reason, by=_by(request)))


@router.post("/units/{uuid:unit_id}/expire", response=UnitOut, summary="Write a piece off that has expired")
def expire_unit(request: HttpRequest, unit_id: UUID) -> Any:
    return unit_out(actions.expire_unit(unit_id, by=_by(request)))


@router.post("/units/{uuid:unit_id}/return", response=UnitOut, summary="Send a piece back to its supplier")
def return_unit(request: HttpRequest, unit_id: UUID, body: StockReasonIn) -> Any:
    return unit_out(actions.return_unit(unit_id, body.reason, by=_by(request)))


@router.post("/units/{uuid:unit_id}/explant", response=ImplantOut, summary="Write down that it was taken out")
def explant(request: HttpRequest, unit_id: UUID, body: ExplantIn) -> Any:
    made = actions.explant(unit_id, body.reason, explanted_at=body.explanted_at, by=_by(request))
    return implant_out(made)


@router.get("/implants", response=Page[ImplantOut], summary="The registry, by patient, serial, lot, model or code")
def list_implants(request: HttpRequest, q: Scan = "", patient_id: UUID | None = None) -> Any:
    by = _by(request)
    rows = queries.implants(seen_by=by, text=q)
    if patient_id:
        rows = rows.filter(patient_id__person=patient_id)

    def seen(found: list[Implant]) -> None:
        audit.reads(by, found, purpose="implant registry")

    return paged(request, rows, implant_out, by="id", seen=seen)


@router.get("/implants/{uuid:implant_id}/card.pdf", response={200: bytes}, summary="The patient's implant card")
def implant_card(request: HttpRequest, implant_id: UUID) -> HttpResponseBase:
    name, drawn = actions.implant_card(implant_id, by=_by(request))
    return files.paper(drawn, name)


@router.get("/reservations", response=Page[ReservationOut], summary="What is put aside, for a plan, case or session")
def list_reservations(request: HttpRequest, source: str = "") -> Any:
    by = _by(request)
    rows = queries.reserved_for(source, seen_by=by) if source else queries.reservations(seen_by=by)

    def seen(found: list[Reservation]) -> None:
        audit.reads(by, found, purpose="stock reserved for patients")

    return paged(request, rows, reservation_out, by="id", seen=seen)


@router.post("/reservations", response={201: list[ReservationOut]}, summary="Put an item or a piece aside for a plan")
def reserve(request: HttpRequest, body: ReserveIn) -> Any:
    by = _by(request)
    asked: Any = {"plan_id": body.plan_id, "needed_on": body.needed_on, "source": body.source or None}
    if body.unit_id:
        return 201, [reservation_out(actions.reserve_unit(body.unit_id, **asked, by=by))]
    if body.scan and body.location_id:
        found = actions.reserve_scanned(body.scan, location_id=body.location_id, **asked, by=by)
        return 201, [reservation_out(row) for row in found]
    if not body.item_id or not body.location_id:
        raise Invalid("Name a piece, or an item and the place it is taken from.", field="item_id")
    made = actions.reserve_item(body.item_id, body.quantity, location_id=body.location_id, **asked, by=by)
    return 201, [reservation_out(row) for row in made]


@router.get("/plans/{uuid:plan_id}/supplies", response=SuppliesOut, summary="What a plan takes, and what is missing")
def supplies(
    request: HttpRequest, plan_id: UUID, on: date | None = None, location_id: UUID | None = None
) -> dict[str, Any]:
    by = _by(request)
    found = queries.supplies_of(plan_id, on_day=on, place_id=location_id, seen_by=by)
    audit.read(by, found.plan, purpose="stock reserved for patients")
    own = ("day", "implants", "implants_there", "implants_missing", "is_complete")
    names = ("need", "needed", "there", "missing", "free", "elsewhere")
    rows = [
        {
            "item_id": row.item.pk,
            "item": row.item.name,
            "unit": row.item.unit,
            **{name: getattr(row, name) for name in names},
        }
        for row in found.rows
    ]
    held = [reservation_out(row) for row in found.held]
    return {"plan_id": found.plan.pk, "rows": rows, "held": held, **{name: getattr(found, name) for name in own}}


@router.post("/reservations/kit", response={201: ReservedOut}, summary="Put aside all that a plan's procedures take")
def reserve_kit(request: HttpRequest, body: KitReservationIn) -> Any:
    made = actions.reserve_kit(
        body.plan_id, needed_on=body.needed_on, location_id=body.location_id, source=body.source or None,
        by=_by(request),
    )  # fmt: skip
    short = [
        {"item_id": one.item_id, "name": one.name, "unit": one.unit, "missing": one.missing, "need": one.need}
        for one in made.short
    ]
    return 201, {"lines": [reservation_out(row) for row in made.lines], "short": short}


@router.post("/reservations/release", response=list[ReservationOut], summary="Give free what was put aside")
def release(request: HttpRequest, body: ReleaseIn) -> Any:
    what = body.reservation_id or body.source
    if not what:
        raise Invalid("Name a reservation, or for what it was made.", field="source")
    return [reservation_out(row) for row in actions.release(what, body.reason, by=_by(request))]


@router.post("/uses", response={201: list[StockUseOut]}, summary="Use what was scanned or chosen on a patient")
def consume(request: HttpRequest, body: StockUseIn) -> Any:
    given = actions.consume(**body.dict(), by=_by(request))
    return 201, [{name: getattr(one, name) for name in StockUseOut.model_fields} for one in given]


def unit_out(row: SerialUnit) -> dict[str, Any]:
    return {
        "id": row.pk, "item_id": row.item_id, "item": row.item.name, "batch_id": row.batch_id, "serial": row.serial,
        "lot": row.batch.number, "expires_on": row.batch.expires_on, "udi": row.udi, "status": row.status,
        "recall": row.recall, "location_id": row.location_id, "location": row.location.name if row.location else "",
    }  # fmt: skip


def implant_out(row: Implant) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in set(ImplantOut.model_fields) - {"id"}}}


def reservation_out(row: Reservation) -> dict[str, Any]:
    own = {
        "id": row.pk, "item": row.item.name, "lot": row.batch.number, "serial": row.unit.serial if row.unit else "",
        "source": f"{row.source_kind}:{row.source_id}",
    }  # fmt: skip
    return {**own, **{name: getattr(row, name) for name in set(ReservationOut.model_fields) - set(own)}}


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
