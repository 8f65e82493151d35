"""Tables of plans: what is to be done, what follows, and when the clinic reminds."""

from kalon.plans.models.chasing import ChaseStep
from kalon.plans.models.checklists import ListItem, Tick, TickState
from kalon.plans.models.follow_ups import FollowUpPlan
from kalon.plans.models.preferences import ProcedurePreference, Wish
from kalon.plans.models.procedures import PlanLine, ProcedurePlan
from kalon.plans.models.records import Complication, SessionAddendum, TreatmentParameter, TreatmentRecord
from kalon.plans.models.satisfaction import Praise, Satisfaction, Score
from kalon.plans.models.sessions import ProcedureSession
from kalon.plans.models.work import Work, WorkKind

__all__ = [
    "ChaseStep",
    "Complication",
    "FollowUpPlan",
    "ListItem",
    "PlanLine",
    "Praise",
    "ProcedurePlan",
    "ProcedurePreference",
    "ProcedureSession",
    "Satisfaction",
    "Score",
    "SessionAddendum",
    "Tick",
    "TickState",
    "TreatmentParameter",
    "TreatmentRecord",
    "Wish",
    "Work",
    "WorkKind",
]
