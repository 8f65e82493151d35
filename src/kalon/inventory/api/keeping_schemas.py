"""How items, places and kits are written in JSON."""

from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, Field, StringConstraints

from kalon.inventory.api.schemas import Cost, Counted, Quantity, Wanted, without_nul

Said = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300), AfterValidator(without_nul)]


class StockItemChange(Schema):
    """The fields of an item to change; what is left out stays. `price` is of one unit, before tax."""

    name: Said | None = None
    kind: Said | None = Field(None, description="MEDICINE, INJECTABLE, CONSUMABLE, IMPLANT or DEVICE_PART")
    unit: Said | None = Field(None, description="What it is counted in; stays once something moved")
    step: Wanted | None = None
    units_per_pack: Wanted | None = None
    generic: Said | None = None
    strength: Said | None = None
    form: Said | None = None
    manufacturer: Said | None = None
    hsn: Said | None = None
    tax_code: Said | None = None
    price: Cost | None = None
    reorder_level: Counted | None = None
    needs_batch: bool | None = None
    needs_expiry: bool | None = None
    needs_serial: bool | None = Field(None, description="Each piece of this implant has a number of its own")
    device_code: Said | None = Field(None, description="GTIN or HIBC identifier that every pack carries")
    model: Said | None = None
    size: Said | None = None
    shape: Said | None = None
    is_active: bool | None = None


class StockItemIn(StockItemChange):
    name: Said
    kind: Said = Field(description="MEDICINE, INJECTABLE, CONSUMABLE, IMPLANT or DEVICE_PART")
    unit: Said


class StockPlaceChange(Schema):
    """The fields of a place to change; what is left out stays."""

    code: Said | None = None
    name: Said | None = None
    kind: Said | None = Field(None, description="STORE, PHARMACY, TREATMENT or THEATRE")
    is_active: bool | None = None


class StockPlaceIn(StockPlaceChange):
    branch_id: UUID | None = Field(None, description="Empty: one's own branch")
    code: Said
    name: Said


class StockPlaceOut(Schema):
    """A place of a branch where stock is kept."""

    id: UUID
    branch_id: UUID
    code: str
    name: str
    kind: str
    is_active: bool


class KitPartIn(Schema):
    item_id: UUID
    quantity: Wanted
    need: Annotated[str, Field(max_length=16)] = Field("REQUIRED", description="REQUIRED or OPTIONAL")


class KitIn(Schema):
    """All that a procedure takes; what is not named is taken out of its kit."""

    lines: Annotated[list[KitPartIn], Field(max_length=60)]


class KitLineOut(Schema):
    """So much of one item that a procedure takes."""

    item_id: UUID
    item: str
    unit: str
    quantity: Quantity
    need: str
