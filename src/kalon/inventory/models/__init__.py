"""Tables of the store: items, places, batches, units, the ledger and what it sums to, what is put aside."""

from kalon.inventory.models.items import Batch, Item, Location
from kalon.inventory.models.ledger import Balance, Movement
from kalon.inventory.models.recalls import RecallHit, RecallNotice, RecallScope, RecallTask
from kalon.inventory.models.reservations import KitLine, Reservation
from kalon.inventory.models.takes import StockTake, StockTakeLine, StockTakePiece
from kalon.inventory.models.units import Implant, SerialUnit

__all__ = [
    "Balance",
    "Batch",
    "Implant",
    "Item",
    "KitLine",
    "Location",
    "Movement",
    "RecallHit",
    "RecallNotice",
    "RecallScope",
    "RecallTask",
    "Reservation",
    "SerialUnit",
    "StockTake",
    "StockTakeLine",
    "StockTakePiece",
]
