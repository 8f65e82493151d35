"""How pieces, reservations and the registry look in JSON."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, Field

from kalon.inventory.api.schemas import Quantity, Text, Wanted, without_nul
from kalon.inventory.rules.udi import LONGEST

Scan = Annotated[str, Field(max_length=LONGEST), AfterValidator(without_nul)]


class UnitOut(Schema):
    """A piece with its serial, where it stands and whether it is recalled."""

    id: UUID
    item_id: UUID
    item: str
    batch_id: UUID
    serial: str
    lot: str
    expires_on: date | None
    udi: str
    status: str
    recall: str
    location_id: UUID | None
    location: str


class PackIn(Schema):
    """One piece: the scanned code, or what was typed where the pack has none."""

    scan: Scan = ""
    item_id: UUID | None = None
    serial: Text = ""
    lot: Text = ""
    expires_on: date | None = None


class UnitReceiptIn(Schema):
    location_id: UUID
    packs: Annotated[list[PackIn], Field(min_length=1, max_length=200)]
    supplier: Text = ""
    reference: Text = ""


class UnitMoveIn(Schema):
    to_location_id: UUID


class ExplantIn(Schema):
    reason: Text
    explanted_at: datetime | None = None


class ImplantOut(Schema):
    """An entry of the implant registry."""

    id: UUID
    patient_id: UUID
    plan_id: UUID
    unit_id: UUID
    side: str
    implanted_at: datetime
    surgeon_name: str
    item_name: str
    manufacturer: str
    model: str
    size: str
    shape: str
    device_code: str
    lot: str
    serial: str
    udi: str
    expires_on: date | None
    explanted_at: datetime | None


class ReservationOut(Schema):
    """So much of a batch, or one piece, put aside for a plan and a day."""

    id: UUID
    plan_id: UUID
    patient_id: UUID
    source: str
    item_id: UUID
    item: str
    batch_id: UUID
    lot: str
    unit_id: UUID | None
    serial: str
    location_id: UUID
    quantity: Quantity
    used: Quantity
    needed_on: date
    status: str


class ReserveIn(Schema):
    """One piece, so much of an item at a place, or what was scanned there."""

    plan_id: UUID
    needed_on: date
    unit_id: UUID | None = None
    item_id: UUID | None = None
    scan: Scan = ""
    quantity: Wanted = Decimal(1)
    location_id: UUID | None = None
    source: Text = ""


class SupplyOut(Schema):
    """One item that a plan takes; `free` at the place asked for, `elsewhere` at the others of the plan's branch."""

    item_id: UUID
    item: str
    unit: str
    need: str
    needed: Quantity
    there: Quantity
    missing: Quantity
    free: Quantity
    elsewhere: Quantity


class SuppliesOut(Schema):
    """What a plan takes, what is put aside of it and what is missing; `implants` are pieces with serials."""

    plan_id: UUID
    day: date | None
    rows: list[SupplyOut]
    implants: int
    implants_there: int
    implants_missing: int
    is_complete: bool
    held: list[ReservationOut]


class KitReservationIn(Schema):
    plan_id: UUID
    needed_on: date
    location_id: UUID
    source: Text = ""


class ShortOut(Schema):
    """What a plan takes and is not there."""

    item_id: UUID
    name: str
    unit: str
    missing: Quantity
    need: str


class ReservedOut(Schema):
    lines: list[ReservationOut]
    short: list[ShortOut]


class ReleaseIn(Schema):
    """One reservation, or all of a plan, a case or a session ("case:<id>")."""

    reservation_id: UUID | None = None
    source: Text = ""
    reason: Text


class StockUseIn(Schema):
    """What is used on a patient; `key` is made once for each scan, so that sending it twice uses it once."""

    item_id: UUID | None = None
    batch_id: UUID | None = None
    scan: Scan = ""
    quantity: Wanted = Decimal(1)
    patient_id: UUID
    branch_id: UUID
    source: Text
    plan_id: UUID | None = None
    location_id: UUID | None = None
    key: Annotated[str, Field(max_length=60), AfterValidator(without_nul)] = ""


class StockUseOut(Schema):
    """So much of one batch that was used."""

    movement_id: UUID
    item_id: UUID
    batch_id: UUID
    batch_number: str
    quantity: Quantity
    location_id: UUID
