"""How stock looks in JSON. Quantities are strings, as they are exact."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, Field, PlainSerializer

from kalon.inventory.rules import plain

Quantity = Annotated[Decimal, PlainSerializer(plain, return_type=str)]
Wanted = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=3, allow_inf_nan=False)]
Counted = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=3, allow_inf_nan=False)]
Money = Annotated[Decimal, PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str)]
Cost = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2, allow_inf_nan=False)]


def without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not hold a NUL character")
    return text


Text = Annotated[str, Field(max_length=300), AfterValidator(without_nul)]
Search = Annotated[str, Field(max_length=100), AfterValidator(without_nul)]


class StockItemOut(Schema):
    """An item with what a branch has of it, in its unit of stock."""

    id: UUID
    name: str
    kind: str
    unit: str
    step: Quantity
    units_per_pack: Quantity
    generic: str
    strength: str
    form: str
    manufacturer: str
    hsn: str
    tax_code: str
    price: Money
    reorder_level: Quantity
    needs_batch: bool
    needs_expiry: bool
    needs_serial: bool
    device_code: str
    model: str
    size: str
    shape: str
    is_active: bool
    held: Quantity
    available: Quantity
    first_expiry: date | None


class AvailableItemOut(Schema):
    """An item as autocomplete offers it."""

    item_id: UUID
    name: str
    kind: str
    generic: str
    strength: str
    form: str
    unit: str
    step: Quantity
    available: Quantity
    expires_on: date | None
    price: Money


class ShelfOut(Schema):
    """So much of one batch at one place."""

    id: UUID
    item_id: UUID
    batch_id: UUID
    batch_number: str
    expires_on: date | None
    status: str
    location_id: UUID
    location: str
    quantity: Quantity


class MovementOut(Schema):
    """One line of the ledger."""

    id: UUID
    kind: str
    item_id: UUID
    batch_id: UUID
    batch_number: str
    quantity: Quantity
    from_location_id: UUID | None
    to_location_id: UUID | None
    patient_id: UUID | None
    source_kind: str
    source_id: UUID | None
    returns_id: UUID | None
    reason: str
    supplier: str
    reference: str
    made_by: str
    created_at: datetime


class ReceiveIn(Schema):
    """A delivery to take in; `cost` is for all of it, before tax."""

    item_id: UUID
    location_id: UUID
    quantity: Wanted
    number: Text = ""
    expires_on: date | None = None
    supplier: Text = ""
    reference: Text = ""
    cost: Cost | None = None


class StockMoveIn(Schema):
    """From one place to another."""

    batch_id: UUID
    quantity: Wanted
    from_location_id: UUID
    to_location_id: UUID


class CountIn(Schema):
    """What was counted at a place."""

    batch_id: UUID
    location_id: UUID
    counted: Counted
    reason: Text


class WasteIn(Schema):
    """What was thrown away."""

    batch_id: UUID
    location_id: UUID
    quantity: Wanted
    reason: Text


class ExpiredIn(Schema):
    """What has expired, and where it stands."""

    batch_id: UUID
    location_id: UUID


class SendBackIn(Schema):
    """What goes back to its supplier."""

    batch_id: UUID
    location_id: UUID
    quantity: Wanted
    reason: Text
    supplier: Annotated[Text, Field(max_length=120)] = ""
    reference: Annotated[Text, Field(max_length=60)] = ""


class StockReturnIn(Schema):
    """What of an issue comes back."""

    movement_id: UUID
    quantity: Wanted
    reason: Text


class StockReasonIn(Schema):
    reason: Text


class BatchOut(Schema):
    """A batch and whether it may be used."""

    id: UUID
    item_id: UUID
    number: str
    expires_on: date | None
    status: str
