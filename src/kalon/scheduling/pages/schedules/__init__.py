"""Pages of when people work: hours, the month, blocked times, leave, holidays."""

from kalon.scheduling.pages.schedules.away import block_time, open_again
from kalon.scheduling.pages.schedules.holidays import (
    add_holiday,
    follow_calendar,
    holidays,
    propose_again,
    remove_holiday,
    work_on_holiday,
)
from kalon.scheduling.pages.schedules.hours import copy_week, edit_week, manage
from kalon.scheduling.pages.schedules.leave import leave, leave_request, withdraw_leave
from kalon.scheduling.pages.schedules.month import month

__all__ = [
    "add_holiday",
    "block_time",
    "copy_week",
    "edit_week",
    "follow_calendar",
    "holidays",
    "leave",
    "leave_request",
    "manage",
    "month",
    "open_again",
    "propose_again",
    "remove_holiday",
    "withdraw_leave",
    "work_on_holiday",
]
