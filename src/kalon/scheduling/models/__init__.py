"""Scheduling's tables: schedules, time off, appointments, the allocations that exclude each other; who is called in."""

from kalon.scheduling.models.allocations import Allocation
from kalon.scheduling.models.appointments import Appointment
from kalon.scheduling.models.arrivals import Arrival
from kalon.scheduling.models.calls import Call
from kalon.scheduling.models.schedules import ScheduleBreak, TimeOff, WeeklySchedule
from kalon.scheduling.models.screens import Screen
from kalon.scheduling.models.series import AppointmentSeries
from kalon.scheduling.models.waiting import WaitingEntry, WaitingOffer

__all__ = [
    "Allocation",
    "Appointment",
    "AppointmentSeries",
    "Arrival",
    "Call",
    "ScheduleBreak",
    "Screen",
    "TimeOff",
    "WaitingEntry",
    "WaitingOffer",
    "WeeklySchedule",
]
