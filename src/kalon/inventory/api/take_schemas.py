"""How stock takes look in JSON."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import Field, PlainSerializer

from kalon.inventory.api.schemas import Counted, Text
from kalon.inventory.api.unit_schemas import Scan
from kalon.inventory.rules import plain

Known = Annotated[Decimal | None, PlainSerializer(lambda one: None if one is None else plain(one))]


class StockTakeIn(Schema):
    location_id: UUID


class StockTakeOut(Schema):
    """A place that is counted, by whom, and how far it is."""

    id: UUID
    number: str
    location_id: UUID
    status: str
    started_by_name: str
    counted_by_name: str
    confirmed_by_name: str
    created_at: datetime


class StockTakeLineOut(Schema):
    """One batch; `book` is what the books had at the moment of the count, kept from sight until the count is over."""

    id: UUID
    item_id: UUID
    batch_id: UUID
    counted: Known
    book: Known
    reason: str


class StockTakePieceOut(Schema):
    """A piece: found, not expected here (`stood` says where the books had it), or missing."""

    id: UUID
    unit_id: UUID | None
    scan: str
    found: str
    stood: str
    reason: str


class StockTakeCountIn(Schema):
    """What stands there of a batch; nothing takes a count back."""

    batch_id: UUID
    counted: Counted | None


class StockTakeScanIn(Schema):
    scan: Scan


class StockTakeReasonIn(Schema):
    reason: Text


class StockTakeConfirmIn(Schema):
    """Why it differs: by line or piece, and for all others."""

    reasons: Annotated[dict[UUID, Text], Field(max_length=1000)] = {}
    reason: Text = ""
