"""Scheduling's tables: weekly schedules, time off, appointments, and the allocations that exclude each other."""

from kalon.scheduling.models.allocations import Allocation
from kalon.scheduling.models.appointments import Appointment
from kalon.scheduling.models.schedules import ScheduleBreak, TimeOff, WeeklySchedule

__all__ = ["Allocation", "Appointment", "ScheduleBreak", "TimeOff", "WeeklySchedule"]
