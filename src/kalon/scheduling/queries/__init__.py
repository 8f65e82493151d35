"""What scheduling can be asked, always by somebody (`seen_by`): visits, hours, slots, prices."""

from kalon.scheduling.queries.diary import Diary, diary, standing_in
from kalon.scheduling.queries.prices import Price, price
from kalon.scheduling.queries.schedules import (
    hours_of,
    inside,
    schedule,
    scheduled_staff,
    schedules_of,
    stranded,
    time_off_of,
)
from kalon.scheduling.queries.slots import free_slots, free_times, minutes_of, next_free, slots
from kalon.scheduling.queries.visits import (
    Step,
    appointment,
    appointments,
    appointments_of,
    between,
    day,
    history,
    locked,
    overdue,
    waiting_for_approval,
)

__all__ = [
    "Diary",
    "Price",
    "Step",
    "appointment",
    "appointments",
    "appointments_of",
    "between",
    "day",
    "diary",
    "free_slots",
    "free_times",
    "history",
    "hours_of",
    "inside",
    "locked",
    "minutes_of",
    "next_free",
    "overdue",
    "price",
    "schedule",
    "scheduled_staff",
    "schedules_of",
    "slots",
    "standing_in",
    "stranded",
    "time_off_of",
    "waiting_for_approval",
]
