"""The verbs of scheduling: the only writers of schedules, time off, holds and visits."""

from kalon.scheduling.actions.booking import BookingRequest, book, hold, release
from kalon.scheduling.actions.moves import (
    amend,
    approve,
    cancel,
    check_in,
    complete,
    confirm_paid,
    leave_unseen,
    no_show,
    request_payment,
    start,
    undo_check_in,
    undo_no_show,
    undo_start,
)
from kalon.scheduling.actions.rescheduling import reschedule
from kalon.scheduling.actions.schedules import (
    ScheduleLine,
    block,
    change_schedule,
    end_schedule,
    set_schedule,
    unblock,
)

__all__ = [
    "BookingRequest",
    "ScheduleLine",
    "amend",
    "approve",
    "block",
    "book",
    "cancel",
    "change_schedule",
    "check_in",
    "complete",
    "confirm_paid",
    "end_schedule",
    "hold",
    "leave_unseen",
    "no_show",
    "release",
    "request_payment",
    "reschedule",
    "set_schedule",
    "start",
    "unblock",
    "undo_check_in",
    "undo_no_show",
    "undo_start",
]
