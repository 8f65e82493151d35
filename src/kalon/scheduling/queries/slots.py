"""Slots: derived when somebody asks, never stored (docs/adr/0005)."""

from datetime import date, datetime
from uuid import UUID

from kalon.catalog import queries as catalog
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.scheduling.models import Appointment
from kalon.scheduling.queries.diary import diary
from kalon.scheduling.queries.proposals import Wanted, next_offers, wanted
from kalon.scheduling.queries.supply import demand
from kalon.scheduling.rules import Slot


def slots(doctor_id: UUID, on: date, branch_id: UUID, service_id: UUID | None = None, *, seen_by: Actor) -> list[Slot]:
    """A doctor's slots on a day at a branch: free, taken, held for somebody, or past.

    With a service, each slot is as long as the service: consecutive base slots are joined.
    """
    minutes = minutes_of(service_id, seen_by=seen_by)
    book = diary(branch_id, on, on, seen_by=seen_by, doctor_ids=[doctor_id])
    return list(book.slots(doctor_id, on, minutes, now=clock.now()))


def free_slots(
    branch_id: UUID,
    service_id: UUID | None,
    after: datetime,
    count: int,
    *,
    seen_by: Actor,
    doctor_id: UUID | None = None,
) -> list[Slot]:
    """The next slots at a branch in which a service can be done, by one doctor or by whoever is there first."""
    wish = wanted(branch_id, service_id=service_id, doctor_id=doctor_id, seen_by=seen_by)
    offers, _names = next_offers(wish, after, count, seen_by=seen_by)
    return [offer.slot for offer in offers]


def next_times(visit: Appointment, count: int, *, after: datetime | None = None, seen_by: Actor) -> list[Slot]:
    """The next slots to which a visit could be moved, from now or from an instant on, with all that it takes.

    Where it is already is none of them.
    """
    minutes = int((visit.period.upper - visit.period.lower).total_seconds() // 60)
    asked = demand(visit.service, visit.package, minutes=minutes)
    wish = Wanted(visit.branch, asked, visit.doctor_id, but=visit.pk)
    found = [offer.slot for offer in next_offers(wish, after or clock.now(), count + 1, seen_by=seen_by)[0]]
    return [slot for slot in found if slot.start != visit.period.lower][:count]


def minutes_of(service_id: UUID | None, *, seen_by: Actor) -> int | None:
    """How long a service takes; None without one."""
    if service_id is None:
        return None
    minutes: int = catalog.service(service_id, seen_by=seen_by).minutes
    if minutes < 1:
        raise Invalid("This service has no duration. Set one in the catalogue.", field="service_id")
    return minutes
