"""Reads of clearances, reservations and cases, each limited to what the actor may see."""

from kalon.theatre.queries import listed, requirements, supplying
from kalon.theatre.queries.arrears import Owed, owed_of
from kalon.theatre.queries.blocks import Hours, block, blocks, hours_of, in_the_way
from kalon.theatre.queries.cards import (
    Preferred,
    card_of,
    cards_of,
    counting_cards,
    preferred,
    preferred_by,
    preferred_of,
    usual,
    usual_anaesthesia,
)
from kalon.theatre.queries.cases import (
    case,
    cases,
    cases_of_plan,
    counts_of,
    list_of_day,
    nobody_in_theatre,
    note_of,
    reservation,
    reservation_of_plan,
    reservations,
    stage,
    stages_of,
    team_of,
    title_of,
    waiting_on,
)
from kalon.theatre.queries.charges import operated, used_beyond
from kalon.theatre.queries.clearances import (
    LIVE,
    BoardRow,
    Line,
    anew_for,
    board,
    clearance,
    clearances,
    expiring,
    lines_of,
    live_of_patient,
    of_plan,
    policy,
    requirement,
    sayable,
    surgeons,
    with_lines,
)
from kalon.theatre.queries.day import Day, day_of, signers
from kalon.theatre.queries.finding import register
from kalon.theatre.queries.listed import discharge_of, list_for
from kalon.theatre.queries.pathway import OPEN as OPEN_PLANS
from kalon.theatre.queries.pathway import Step, open_plans, steps
from kalon.theatre.queries.preparing import (
    BEFORE_CODES,
    preparation,
    preparation_of_plan,
    preparations,
    still_holds,
    stopped_medicines,
    to_tell_again,
)
from kalon.theatre.queries.rooms import Column, Entry, columns, theatres
from kalon.theatre.queries.shown import Shown, shown
from kalon.theatre.queries.supplying import days_of

register()
supplying.register()
listed.register()

__all__ = [
    "BEFORE_CODES",
    "LIVE",
    "OPEN_PLANS",
    "BoardRow",
    "Column",
    "Day",
    "Entry",
    "Hours",
    "Line",
    "Owed",
    "Preferred",
    "Shown",
    "Step",
    "anew_for",
    "block",
    "blocks",
    "board",
    "card_of",
    "cards_of",
    "case",
    "cases",
    "cases_of_plan",
    "clearance",
    "clearances",
    "columns",
    "counting_cards",
    "counts_of",
    "day_of",
    "days_of",
    "discharge_of",
    "expiring",
    "hours_of",
    "in_the_way",
    "lines_of",
    "list_for",
    "list_of_day",
    "live_of_patient",
    "nobody_in_theatre",
    "note_of",
    "of_plan",
    "open_plans",
    "operated",
    "owed_of",
    "policy",
    "preferred",
    "preferred_by",
    "preferred_of",
    "preparation",
    "preparation_of_plan",
    "preparations",
    "requirement",
    "requirements",
    "reservation",
    "reservation_of_plan",
    "reservations",
    "sayable",
    "shown",
    "signers",
    "stage",
    "stages_of",
    "steps",
    "still_holds",
    "stopped_medicines",
    "surgeons",
    "team_of",
    "theatres",
    "title_of",
    "to_tell_again",
    "used_beyond",
    "usual",
    "usual_anaesthesia",
    "waiting_on",
    "with_lines",
]
