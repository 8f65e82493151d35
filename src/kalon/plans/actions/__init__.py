"""The verbs of plans: the only writers of plans, follow-ups and of when patients are reminded."""

from kalon.plans.actions.chasing import chase, set_chasing
from kalon.plans.actions.following import (
    FollowUpWish,
    decided,
    follow_visit,
    plan_follow_ups,
    visit_moved,
    visit_signed,
    withdraw,
    withdraw_of_consultation,
)
from kalon.plans.actions.moving import (
    acknowledge,
    approve,
    begin,
    cancel,
    finish,
    go_along,
    hold,
    make_bookable,
    resume,
    submit,
)
from kalon.plans.actions.writing import LineDetails, PlanDetails, change_plan, plan_procedure, read, rest_on

__all__ = [
    "FollowUpWish",
    "LineDetails",
    "PlanDetails",
    "acknowledge",
    "approve",
    "begin",
    "cancel",
    "change_plan",
    "chase",
    "decided",
    "finish",
    "follow_visit",
    "go_along",
    "hold",
    "make_bookable",
    "plan_follow_ups",
    "plan_procedure",
    "read",
    "rest_on",
    "resume",
    "set_chasing",
    "submit",
    "visit_moved",
    "visit_signed",
    "withdraw",
    "withdraw_of_consultation",
]
