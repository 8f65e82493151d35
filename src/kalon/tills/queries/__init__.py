"""Reads of drawers, days and what a checkout shows, as the actor may see them."""

from kalon.tills.queries.basket import Basket, basket, checkout, open_draft
from kalon.tills.queries.days import COUNTED_BY_HAND, Day, Tender, Unsettled, closes, day, days_of
from kalon.tills.queries.drawers import (
    drawer,
    drawers,
    entries,
    own_branch,
    policy,
    session,
    session_of,
    sessions,
    without_drawer,
)

__all__ = [
    "COUNTED_BY_HAND",
    "Basket",
    "Day",
    "Tender",
    "Unsettled",
    "basket",
    "checkout",
    "closes",
    "day",
    "days_of",
    "drawer",
    "drawers",
    "entries",
    "open_draft",
    "own_branch",
    "policy",
    "session",
    "session_of",
    "sessions",
    "without_drawer",
]
