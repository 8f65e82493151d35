"""The verbs of the theatre: the only writers of its tables."""

from kalon.theatre.actions.clearing import (
    change_date,
    clear,
    close_of_plan,
    expire,
    look_again,
    open_clearance,
    refuse,
    reopen,
    state,
    waive,
    withdraw_statement,
)
from kalon.theatre.actions.policies import set_policy

__all__ = [
    "change_date",
    "clear",
    "close_of_plan",
    "expire",
    "look_again",
    "open_clearance",
    "refuse",
    "reopen",
    "set_policy",
    "state",
    "waive",
    "withdraw_statement",
]
