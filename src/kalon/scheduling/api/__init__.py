"""Scheduling as JSON: the paths of the requirements, each one call to a verb or a query."""

from kalon.scheduling.api.absences import router as absences
from kalon.scheduling.api.appointments import router as appointments
from kalon.scheduling.api.outside import router as outside_calendars
from kalon.scheduling.api.proposals import router as proposals
from kalon.scheduling.api.resources import router as resources
from kalon.scheduling.api.schedules import router as doctor_schedules
from kalon.scheduling.api.waiting import router as waiting_list

__all__ = [
    "absences",
    "appointments",
    "doctor_schedules",
    "outside_calendars",
    "proposals",
    "resources",
    "waiting_list",
]
