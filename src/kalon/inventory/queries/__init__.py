"""What is in stock, where, until when, and where it went."""

from kalon.inventory.queries.items import (
    Available,
    Figures,
    batch,
    batches,
    figures,
    in_stock,
    item,
    items,
    location,
    locations,
    today_at,
    with_stock,
)
from kalon.inventory.queries.ledger import (
    Mismatch,
    balance,
    expiring,
    mismatches,
    movement,
    movements,
    movements_of,
    shelves,
)

__all__ = [
    "Available",
    "Figures",
    "Mismatch",
    "balance",
    "batch",
    "batches",
    "expiring",
    "figures",
    "in_stock",
    "item",
    "items",
    "location",
    "locations",
    "mismatches",
    "movement",
    "movements",
    "movements_of",
    "shelves",
    "today_at",
    "with_stock",
]
