"""JSON of plans, what was done, their sessions and follow-ups: each path makes one call to a verb or a query."""

from kalon.plans.api.checklists import lists_of_plans
from kalon.plans.api.history import of_patients
from kalon.plans.api.plans import follow_ups, of_consultations, procedure_plans
from kalon.plans.api.preferences import preferences_of_patients
from kalon.plans.api.satisfaction import satisfaction_of_plans, satisfactions
from kalon.plans.api.sessions import of_plans, procedure_sessions

__all__ = [
    "follow_ups",
    "lists_of_plans",
    "of_consultations",
    "of_patients",
    "of_plans",
    "preferences_of_patients",
    "procedure_plans",
    "procedure_sessions",
    "satisfaction_of_plans",
    "satisfactions",
]
