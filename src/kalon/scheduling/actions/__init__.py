"""The verbs of scheduling: the only writers of schedules, time off, holds and visits."""

from kalon.scheduling.actions.allocation import allocate
from kalon.scheduling.actions.arrivals import arrive, at_the_door, scan
from kalon.scheduling.actions.booking import book
from kalon.scheduling.actions.calls import call_in
from kalon.scheduling.actions.holds import Hold, hold, release
from kalon.scheduling.actions.moves import (
    amend,
    approve,
    cancel,
    check_in,
    complete,
    confirm_coming,
    confirm_paid,
    leave_unseen,
    no_show,
    request_payment,
    start,
    undo_check_in,
    undo_no_show,
    undo_start,
)
from kalon.scheduling.actions.requests import BookingRequest, TimeRequest
from kalon.scheduling.actions.rescheduling import hold_move, reschedule
from kalon.scheduling.actions.schedules import (
    ScheduleLine,
    block,
    change_schedule,
    end_schedule,
    set_schedule,
    unblock,
)
from kalon.scheduling.actions.screens import close_screen, open_screen
from kalon.scheduling.actions.series import SeriesRequest, SeriesVisit, book_series, cancel_series
from kalon.scheduling.actions.waiting import (
    WaitingRequest,
    accept_offer,
    close_offers,
    decline_offer,
    join,
    offer_by_hand,
    offer_times,
    show_offer,
    withdraw,
)

__all__ = [
    "BookingRequest",
    "Hold",
    "ScheduleLine",
    "SeriesRequest",
    "SeriesVisit",
    "TimeRequest",
    "WaitingRequest",
    "accept_offer",
    "allocate",
    "amend",
    "approve",
    "arrive",
    "at_the_door",
    "block",
    "book",
    "book_series",
    "call_in",
    "cancel",
    "cancel_series",
    "change_schedule",
    "check_in",
    "close_offers",
    "close_screen",
    "complete",
    "confirm_coming",
    "confirm_paid",
    "decline_offer",
    "end_schedule",
    "hold",
    "hold_move",
    "join",
    "leave_unseen",
    "no_show",
    "offer_by_hand",
    "offer_times",
    "open_screen",
    "release",
    "request_payment",
    "reschedule",
    "scan",
    "set_schedule",
    "show_offer",
    "start",
    "unblock",
    "undo_check_in",
    "undo_no_show",
    "undo_start",
    "withdraw",
]
