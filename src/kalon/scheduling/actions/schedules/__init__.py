"""When people work and when they do not: the verbs of hours, leave, holidays, and what becomes of visits."""

from kalon.scheduling.actions.schedules.holidays import (
    add_holiday,
    decide_holidays,
    follow_calendar,
    propose_holidays,
    remove_holiday,
    work_on_holiday,
)
from kalon.scheduling.actions.schedules.leave import approve_leave, decline_leave, request_leave, withdraw_leave
from kalon.scheduling.actions.schedules.lines import (
    ScheduleLine,
    change_schedule,
    copy_day,
    copy_week,
    end_schedule,
    set_schedule,
    set_week,
)
from kalon.scheduling.actions.schedules.settling import (
    Affected,
    Answer,
    Answers,
    Do,
    VisitsChanged,
    VisitsOutside,
    foreseen,
)
from kalon.scheduling.actions.schedules.time_off import block, unblock

__all__ = [
    "Affected",
    "Answer",
    "Answers",
    "Do",
    "ScheduleLine",
    "VisitsChanged",
    "VisitsOutside",
    "add_holiday",
    "approve_leave",
    "block",
    "change_schedule",
    "copy_day",
    "copy_week",
    "decide_holidays",
    "decline_leave",
    "end_schedule",
    "follow_calendar",
    "foreseen",
    "propose_holidays",
    "remove_holiday",
    "request_leave",
    "set_schedule",
    "set_week",
    "unblock",
    "withdraw_leave",
    "work_on_holiday",
]
