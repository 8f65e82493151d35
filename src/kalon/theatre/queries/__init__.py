"""Reads of clearances, reservations and cases, each limited to what the actor may see."""

from kalon.theatre.queries import requirements
from kalon.theatre.queries.clearances import (
    BoardRow,
    Line,
    board,
    clearance,
    clearances,
    expiring,
    lines_of,
    live_of_patient,
    of_plan,
    policy,
    requirement,
    with_lines,
)
from kalon.theatre.queries.finding import register

register()

__all__ = [
    "BoardRow",
    "Line",
    "board",
    "clearance",
    "clearances",
    "expiring",
    "lines_of",
    "live_of_patient",
    "of_plan",
    "policy",
    "requirement",
    "requirements",
    "with_lines",
]
