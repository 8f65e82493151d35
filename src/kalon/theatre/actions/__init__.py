"""The verbs of the theatre: the only writers of its tables."""

from kalon.theatre.actions.cases import (
    Return,
    cancel,
    end_of_plan,
    postpone,
    renew,
    return_to_theatre,
    schedule,
    settle_in_arrears,
    visit_gone,
)
from kalon.theatre.actions.checking import answer, complete_stage, count, sign
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
from kalon.theatre.actions.noting import sign_note, write_note
from kalon.theatre.actions.operating import (
    abort,
    complete,
    say_complications,
    sign_nothing_used,
    start,
    write_time,
)
from kalon.theatre.actions.policies import set_policy
from kalon.theatre.actions.reserving import TheatreWish, release, reserve

__all__ = [
    "Return",
    "TheatreWish",
    "abort",
    "answer",
    "cancel",
    "change_date",
    "clear",
    "close_of_plan",
    "complete",
    "complete_stage",
    "count",
    "end_of_plan",
    "expire",
    "look_again",
    "open_clearance",
    "postpone",
    "refuse",
    "release",
    "renew",
    "reopen",
    "reserve",
    "return_to_theatre",
    "say_complications",
    "schedule",
    "set_policy",
    "settle_in_arrears",
    "sign",
    "sign_note",
    "sign_nothing_used",
    "start",
    "state",
    "visit_gone",
    "waive",
    "withdraw_statement",
    "write_note",
    "write_time",
]
