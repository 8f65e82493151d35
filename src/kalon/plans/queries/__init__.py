"""Reads of plans, follow-ups and the desk's work, each limited to what the actor may see."""

from kalon.plans.queries.follow_ups import (
    chase_days,
    follow_up,
    follow_ups,
    follow_ups_of,
    follow_ups_of_consultation,
    overdue,
)
from kalon.plans.queries.history import procedure_history, when_done
from kalon.plans.queries.links import booking_link, services_by_kind
from kalon.plans.queries.plans import (
    lines_of,
    plan,
    plan_of_visit,
    plans,
    plans_of,
    plans_of_consultation,
    progress,
    progress_of,
    revisable,
    revisions_of,
    visits_of_plan,
)
from kalon.plans.queries.records import addenda_of, complications_of, last_parameters, parameters_of, record_of
from kalon.plans.queries.sessions import (
    least_days,
    session,
    session_of_visit,
    sessions,
    sessions_of_plan,
    sessions_on,
)
from kalon.plans.queries.summary import summary_lines
from kalon.plans.queries.work import SOON, Todo, count_due, doctors_with_work, todos, work

__all__ = [
    "SOON",
    "Todo",
    "addenda_of",
    "booking_link",
    "chase_days",
    "complications_of",
    "count_due",
    "doctors_with_work",
    "follow_up",
    "follow_ups",
    "follow_ups_of",
    "follow_ups_of_consultation",
    "last_parameters",
    "least_days",
    "lines_of",
    "overdue",
    "parameters_of",
    "plan",
    "plan_of_visit",
    "plans",
    "plans_of",
    "plans_of_consultation",
    "procedure_history",
    "progress",
    "progress_of",
    "record_of",
    "revisable",
    "revisions_of",
    "services_by_kind",
    "session",
    "session_of_visit",
    "sessions",
    "sessions_of_plan",
    "sessions_on",
    "summary_lines",
    "todos",
    "visits_of_plan",
    "when_done",
    "work",
]
