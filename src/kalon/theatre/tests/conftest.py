"""Every test starts on a Tuesday at eight, with a visit of today confirmed and its encounter born.

The clinic of these tests asks for no quote and for two blood tests; a theatre and its people are there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from tests.once import fresh

from kalon.consultations.tests.conftest import Visit, booked_visit
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.people import actions as people
from kalon.people.queries import staff_actor
from kalon.quotes import actions as quotes
from kalon.scheduling.tests.clinic import EIGHT
from kalon.theatre import actions


@dataclass(frozen=True)
class House:
    """A visit of today, and the people and the room of the theatre."""

    visit: Visit
    surgeon: Actor
    anaesthetist: Actor
    manager: Actor
    theatre: Any

    @property
    def clinic(self) -> Any:
        return self.visit.clinic


@pytest.fixture(autouse=True)
def eight_in_the_morning() -> Iterator[None]:
    with clock.at(EIGHT):
        yield


def opened() -> House:
    visit = booked_visit()
    system = visit.clinic.system
    quotes.set_policy(quotes.PolicyDetails(asked_for=[], deposit_percent=Decimal(0)), by=system)
    actions.set_policy(lab_codes=["HB", "PLT"], lab_days=90, valid_days=14, follow_up_days=[7, 30, 90], by=system)
    room = people.add_room(
        visit.clinic.branch.pk, name="Theatre 1", code="OT1", kind="THEATRE", buffer_minutes=30, by=system
    )
    surgeon, anaesthetist, manager = (
        _actor(people.add_staff(name, kind=kind, email=email, roles={None: [role]}, by=system))
        for name, kind, email, role in (
            ("Dr Nila Das", "SURGEON", "surgeon@sk.example.org", "surgeon"),
            ("Dr Iqbal Hussain", "ANAESTHETIST", "anaesthesia@sk.example.org", "doctor"),
            ("Mary Thomas", "MANAGER", "theatre@sk.example.org", "theatre"),
        )
    )
    return House(visit, surgeon, anaesthetist, manager, room)


def _actor(staff: Any) -> Actor:
    actor = staff_actor(staff.user)
    assert actor is not None
    return actor


@pytest.fixture(scope="module")
def house_once(made_once: Any) -> House:
    with clock.at(EIGHT):
        return made_once(opened)  # type: ignore[no-any-return]


@pytest.fixture
def house(house_once: House, db: None) -> House:
    return fresh(house_once)
