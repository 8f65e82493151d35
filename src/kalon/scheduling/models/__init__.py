"""Scheduling's tables: hours, time off, holidays, appointments, the queue; allocations that exclude each other."""

from kalon.scheduling.models.allocations import Allocation
from kalon.scheduling.models.appointments import Appointment
from kalon.scheduling.models.arrivals import Arrival
from kalon.scheduling.models.calls import Call
from kalon.scheduling.models.feeds import CalendarFeed
from kalon.scheduling.models.holidays import Holiday, HolidayCalendar
from kalon.scheduling.models.leave import LeaveRequest
from kalon.scheduling.models.outside import OutsideCalendar, OutsideCopy
from kalon.scheduling.models.schedules import ScheduleBreak, TimeOff, WeeklySchedule
from kalon.scheduling.models.screens import Screen
from kalon.scheduling.models.series import AppointmentSeries
from kalon.scheduling.models.waiting import WaitingEntry, WaitingOffer

__all__ = [
    "Allocation",
    "Appointment",
    "AppointmentSeries",
    "Arrival",
    "CalendarFeed",
    "Call",
    "Holiday",
    "HolidayCalendar",
    "LeaveRequest",
    "OutsideCalendar",
    "OutsideCopy",
    "ScheduleBreak",
    "Screen",
    "TimeOff",
    "WaitingEntry",
    "WaitingOffer",
    "WeeklySchedule",
]
