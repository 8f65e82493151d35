"""The arithmetic of time and of what a visit takes: pure, no database."""

from kalon.scheduling.rules.hours import (
    DAY,
    FIRST_DAY,
    LAST_DAY,
    Hours,
    ScheduleHours,
    Slot,
    SlotState,
    Span,
    Taken,
    exists,
    instant,
    on_grid,
    refuses,
    spans,
    state,
    whole_day,
)

__all__ = [
    "DAY",
    "FIRST_DAY",
    "LAST_DAY",
    "Hours",
    "ScheduleHours",
    "Slot",
    "SlotState",
    "Span",
    "Taken",
    "exists",
    "instant",
    "on_grid",
    "refuses",
    "spans",
    "state",
    "whole_day",
]
