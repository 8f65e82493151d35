"""The verbs of the store: the only writer of its tables."""

from kalon.inventory.actions.giving import give_back, issue, issue_batch
from kalon.inventory.actions.keeping import add_item, add_location, change_item, change_location
from kalon.inventory.actions.shelving import (
    Delivery,
    adjust,
    move,
    quarantine,
    receive,
    release,
    waste,
    write_off_expired,
)
from kalon.inventory.events import Issued, Returned, Source

__all__ = [
    "Delivery",
    "Issued",
    "Returned",
    "Source",
    "add_item",
    "add_location",
    "adjust",
    "change_item",
    "change_location",
    "give_back",
    "issue",
    "issue_batch",
    "move",
    "quarantine",
    "receive",
    "release",
    "waste",
    "write_off_expired",
]
