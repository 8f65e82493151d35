"""Pages of the desk: the day, booking, one visit, the list, the queue. When people work is in `schedules`."""

from kalon.scheduling.pages.approvals import answer, requests
from kalon.scheduling.pages.arrivals import close_screen, door, scan, screens, waiting, waiting_ticket
from kalon.scheduling.pages.booking import book, keep_time, let_go
from kalon.scheduling.pages.day import day, names
from kalon.scheduling.pages.queue import call, queue
from kalon.scheduling.pages.series import plan as plan_series
from kalon.scheduling.pages.series import series_one
from kalon.scheduling.pages.visits import move, reschedule, undo, visit, visits
from kalon.scheduling.pages.waitlist import offer, offer_by_hand, wait, waiting_list, withdraw

__all__ = [
    "answer",
    "book",
    "call",
    "close_screen",
    "day",
    "door",
    "keep_time",
    "let_go",
    "move",
    "names",
    "offer",
    "offer_by_hand",
    "plan_series",
    "queue",
    "requests",
    "reschedule",
    "scan",
    "screens",
    "series_one",
    "undo",
    "visit",
    "visits",
    "wait",
    "waiting",
    "waiting_list",
    "waiting_ticket",
    "withdraw",
]
