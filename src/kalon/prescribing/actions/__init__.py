"""The verbs of prescribing."""

from kalon.prescribing.actions.favourites import forget_favourite, keep_favourite
from kalon.prescribing.actions.finishing import cancel, finalize, send
from kalon.prescribing.actions.paper import read
from kalon.prescribing.actions.writing import (
    Advice,
    add_item,
    answer,
    remove_item,
    repeat,
    save_item,
    start,
    write_advice,
)
from kalon.prescribing.rules import LineDetails

__all__ = [
    "Advice",
    "LineDetails",
    "add_item",
    "answer",
    "cancel",
    "finalize",
    "forget_favourite",
    "keep_favourite",
    "read",
    "remove_item",
    "repeat",
    "save_item",
    "send",
    "start",
    "write_advice",
]
