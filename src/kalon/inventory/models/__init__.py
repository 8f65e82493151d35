"""Tables of the store: items, places, batches, the ledger of movements and what it sums to."""

from kalon.inventory.models.items import Batch, Item, Location
from kalon.inventory.models.ledger import Balance, Movement

__all__ = ["Balance", "Batch", "Item", "Location", "Movement"]
