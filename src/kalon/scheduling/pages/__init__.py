"""Pages of the desk: the day, booking, one visit, the list, the queue. When people work is in `schedules`."""

from kalon.scheduling.pages.arrivals import close_screen, door, scan, screens, waiting, waiting_ticket
from kalon.scheduling.pages.booking import book
from kalon.scheduling.pages.day import day, names
from kalon.scheduling.pages.queue import call, queue
from kalon.scheduling.pages.visits import move, reschedule, undo, visit, visits
from kalon.scheduling.pages.waitlist import offer, offer_by_hand, wait, waiting_list, withdraw

__all__ = [
    "book",
    "call",
    "close_screen",
    "day",
    "door",
    "move",
    "names",
    "offer",
    "offer_by_hand",
    "queue",
    "reschedule",
    "scan",
    "screens",
    "undo",
    "visit",
    "visits",
    "wait",
    "waiting",
    "waiting_list",
    "waiting_ticket",
    "withdraw",
]
