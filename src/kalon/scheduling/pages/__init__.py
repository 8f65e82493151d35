"""Pages of the desk: the day, booking, one visit, the list, the queue, and when people work."""

from kalon.scheduling.pages.booking import book
from kalon.scheduling.pages.day import day, names
from kalon.scheduling.pages.schedules import end_hours, manage, open_again, take_off
from kalon.scheduling.pages.visits import move, queue, reschedule, undo, visit, visits

__all__ = [
    "book",
    "day",
    "end_hours",
    "manage",
    "move",
    "names",
    "open_again",
    "queue",
    "reschedule",
    "take_off",
    "undo",
    "visit",
    "visits",
]
