"""Reads of drawers, days and what a checkout shows, as the actor may see them."""

from kalon.tills.queries.basket import Basket, Due, Line, basket, checkout, open_draft
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
from kalon.tills.queries.same_day import SameDay, Step, next_time, same_day, treatments

__all__ = [
    "COUNTED_BY_HAND",
    "Basket",
    "Day",
    "Due",
    "Line",
    "SameDay",
    "Step",
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
    "next_time",
    "open_draft",
    "own_branch",
    "policy",
    "same_day",
    "session",
    "session_of",
    "sessions",
    "treatments",
    "without_drawer",
]
