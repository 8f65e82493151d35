"""The verbs of the theatre: the only writers of its tables."""

from kalon.theatre.actions.arrears import clearance_in_arrears, consent_in_arrears, settle_in_arrears
from kalon.theatre.actions.blocking import BlockWish, end_hours, keep_hours, must_stand_free, release_hours
from kalon.theatre.actions.cases import (
    Return,
    cancel,
    end_of_plan,
    postpone,
    renew,
    resumed,
    return_to_theatre,
    schedule,
    visit_gone,
)
from kalon.theatre.actions.checking import answer, complete_stage, count, sign, take_back_answer
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
from kalon.theatre.actions.discharging import discharge
from kalon.theatre.actions.listing import list_pdf
from kalon.theatre.actions.moving import move
from kalon.theatre.actions.noting import sign_note, write_note
from kalon.theatre.actions.operating import (
    abort,
    complete,
    correct_time,
    say_complications,
    sign_no_implant,
    sign_nothing_used,
    start,
    take_back_nothing_used,
    undo_start,
    write_time,
)
from kalon.theatre.actions.policies import Fasting, set_policy
from kalon.theatre.actions.preferring import end_card, write_card
from kalon.theatre.actions.preparing import before_pdf, prepare, stop_medicine, take_again, tell_again
from kalon.theatre.actions.reserving import TheatreWish, release, reserve
from kalon.theatre.actions.using import Scan, give_back, paper, take_out, use, waste

__all__ = [
    "BlockWish",
    "Fasting",
    "Return",
    "Scan",
    "TheatreWish",
    "abort",
    "answer",
    "before_pdf",
    "cancel",
    "change_date",
    "clear",
    "clearance_in_arrears",
    "close_of_plan",
    "complete",
    "complete_stage",
    "consent_in_arrears",
    "correct_time",
    "count",
    "discharge",
    "end_card",
    "end_hours",
    "end_of_plan",
    "expire",
    "give_back",
    "keep_hours",
    "list_pdf",
    "look_again",
    "move",
    "must_stand_free",
    "open_clearance",
    "paper",
    "postpone",
    "prepare",
    "refuse",
    "release",
    "release_hours",
    "renew",
    "reopen",
    "reserve",
    "resumed",
    "return_to_theatre",
    "say_complications",
    "schedule",
    "set_policy",
    "settle_in_arrears",
    "sign",
    "sign_no_implant",
    "sign_note",
    "sign_nothing_used",
    "start",
    "state",
    "stop_medicine",
    "take_again",
    "take_back_answer",
    "take_back_nothing_used",
    "take_out",
    "tell_again",
    "undo_start",
    "use",
    "visit_gone",
    "waive",
    "waste",
    "withdraw_statement",
    "write_card",
    "write_note",
    "write_time",
]
