"""The calendar of a branch: its page, its feed, its drawer, and what is moved and blocked on it."""

from kalon.scheduling.pages.calendar.blocks import block, open_again
from kalon.scheduling.pages.calendar.feed import events
from kalon.scheduling.pages.calendar.moving import hold, release, save
from kalon.scheduling.pages.calendar.page import book_here, calendar
from kalon.scheduling.pages.calendar.visit import pane

__all__ = ["block", "book_here", "calendar", "events", "hold", "open_again", "pane", "release", "save"]
