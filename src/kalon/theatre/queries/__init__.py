"""Reads of clearances, reservations and cases, each limited to what the actor may see."""

from kalon.theatre.queries import requirements
from kalon.theatre.queries.cases import (
    case,
    cases,
    cases_of_plan,
    counts_of,
    list_of_day,
    note_of,
    reservation,
    reservation_of_plan,
    reservations,
    stage,
    stages_of,
)
from kalon.theatre.queries.charges import operated, used_beyond
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
from kalon.theatre.queries.day import Day, day_of, signers
from kalon.theatre.queries.finding import register

register()

__all__ = [
    "BoardRow",
    "Day",
    "Line",
    "board",
    "case",
    "cases",
    "cases_of_plan",
    "clearance",
    "clearances",
    "counts_of",
    "day_of",
    "expiring",
    "lines_of",
    "list_of_day",
    "live_of_patient",
    "note_of",
    "of_plan",
    "operated",
    "policy",
    "requirement",
    "requirements",
    "reservation",
    "reservation_of_plan",
    "reservations",
    "signers",
    "stage",
    "stages_of",
    "used_beyond",
    "with_lines",
]
