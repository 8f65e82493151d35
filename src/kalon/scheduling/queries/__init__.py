"""What scheduling can be asked, always by somebody (`seen_by`): visits, hours, slots, prices."""

from kalon.scheduling.queries.diary import Diary, diary, standing_in
from kalon.scheduling.queries.prices import Price, price
from kalon.scheduling.queries.proposals import Look, Offer, Proposal, Wanted, look, next_offers, propose, wanted
from kalon.scheduling.queries.schedules import (
    hours_of,
    inside,
    schedule,
    scheduled_staff,
    schedules_of,
    stranded,
    time_off_of,
)
from kalon.scheduling.queries.series import LONGEST_SERIES, Occurrence, plan_series, visits_of_series
from kalon.scheduling.queries.slots import free_slots, minutes_of, next_times, slots
from kalon.scheduling.queries.supply import Availability, demand, rooms_free, staff_free, supply
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
    "LONGEST_SERIES",
    "Availability",
    "Diary",
    "Look",
    "Occurrence",
    "Offer",
    "Price",
    "Proposal",
    "Step",
    "Wanted",
    "appointment",
    "appointments",
    "appointments_of",
    "between",
    "day",
    "demand",
    "diary",
    "free_slots",
    "history",
    "hours_of",
    "inside",
    "locked",
    "look",
    "minutes_of",
    "next_offers",
    "next_times",
    "overdue",
    "plan_series",
    "price",
    "propose",
    "rooms_free",
    "schedule",
    "scheduled_staff",
    "schedules_of",
    "slots",
    "staff_free",
    "standing_in",
    "stranded",
    "supply",
    "time_off_of",
    "visits_of_series",
    "waiting_for_approval",
    "wanted",
]
