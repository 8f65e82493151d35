"""A laser department beside the small clinic: rooms, a laser, two therapists, and a session that takes them."""

from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from kalon.catalog.models import Need, Service
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.scheduling import actions
from kalon.scheduling.tests.clinic import TUESDAY, Clinic


@dataclass(frozen=True)
class Laser:
    """Who and what a laser session takes."""

    session: Any
    rooms: tuple[Any, Any]
    device: Any
    therapists: tuple[Any, Any]


def open_laser(clinic: Clinic, *, devices: int = 1) -> Laser:
    """A session of 60 minutes with a doctor, prepared for 10 minutes and cleaned after for 15."""
    with acting_as(clinic.system):
        rooms = [
            people.add_room(clinic.branch.pk, name=f"Laser {n}", code=f"L{n}", kind="LASER", by=clinic.system)
            for n in (1, 2)
        ]
        made = [
            people.add_equipment(
                clinic.branch.pk, name=f"Nd:YAG {n}", code=f"Y{n}", kind="LASER_ND_YAG", buffer_minutes=30,
                by=clinic.system,
            )
            for n in range(devices)
        ]  # fmt: skip
        therapists = [
            people.add_staff(name, kind="THERAPIST", by=clinic.system) for name in ("Asha Pillai", "Beena Roy")
        ]
        for one in therapists:
            for weekday in range(6):
                line = actions.ScheduleLine(
                    weekday=weekday, starts_at=time(9), ends_at=time(17), valid_from=TUESDAY - timedelta(days=365)
                )
                actions.set_schedule(one.pk, clinic.branch.pk, line, by=clinic.owner)
        session = Service.objects.create(
            organization_id=clinic.organization_id, code="LASER", name="Laser session", minutes=60,
            price=Decimal("4000.00"), room_kind="LASER", preparation_minutes=10, cleaning_minutes=15,
            is_self_bookable=True,
        )  # fmt: skip
        Need.objects.create(organization_id=clinic.organization_id, service=session, staff_kind="THERAPIST")
        Need.objects.create(organization_id=clinic.organization_id, service=session, equipment_kind="LASER_ND_YAG")
    return Laser(session, (rooms[0], rooms[1]), made[0], (therapists[0], therapists[1]))
