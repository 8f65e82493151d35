"""States of plans and follow-ups and the moves between them, as data."""

from kalon.plans.lifecycles.follow_ups import FOLLOW_UP, FollowUpKind, FollowUpStatus, visit_closed
from kalon.plans.lifecycles.procedures import (
    ACKNOWLEDGE,
    APPROVE,
    ARRANGE,
    MANAGE,
    PLAN,
    READ,
    UNAPPROVED,
    UNFINISHED,
    WRITE,
    ConsentNeed,
    MoneyType,
    PlanStatus,
    PlanType,
    Side,
    way_back,
)

__all__ = [
    "ACKNOWLEDGE",
    "APPROVE",
    "ARRANGE",
    "FOLLOW_UP",
    "MANAGE",
    "PLAN",
    "READ",
    "UNAPPROVED",
    "UNFINISHED",
    "WRITE",
    "ConsentNeed",
    "FollowUpKind",
    "FollowUpStatus",
    "MoneyType",
    "PlanStatus",
    "PlanType",
    "Side",
    "visit_closed",
    "way_back",
]
