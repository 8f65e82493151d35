"""The verbs of prescribing."""

from kalon.prescribing.actions.dispensing import Fate, HandOut, dispense, refill, take_back
from kalon.prescribing.actions.favourites import forget_favourite, keep_favourite
from kalon.prescribing.actions.finishing import cancel, finalize, send
from kalon.prescribing.actions.paper import content as paper_of
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
    "Fate",
    "HandOut",
    "LineDetails",
    "add_item",
    "answer",
    "cancel",
    "dispense",
    "finalize",
    "forget_favourite",
    "keep_favourite",
    "paper_of",
    "read",
    "refill",
    "remove_item",
    "repeat",
    "save_item",
    "send",
    "start",
    "take_back",
    "write_advice",
]
