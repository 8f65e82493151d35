"""Every test starts on a Tuesday at eight, with a visit of today confirmed and its encounter born."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.once import fresh

from kalon.consultations import queries
from kalon.consultations.models import Consultation
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.people import actions as people
from kalon.people.queries import staff_actor
from kalon.scheduling import actions as scheduling
from kalon.scheduling.tests.clinic import EIGHT, Clinic, open_clinic


@dataclass(frozen=True)
class Visit:
    """A confirmed visit and everybody around it."""

    clinic: Clinic
    nurse: Actor
    doctor: Actor
    desk: Actor
    appointment: Any

    @property
    def encounter(self) -> Consultation:
        """The encounter as it stands now."""
        with acting_as(self.desk):
            found = queries.of_appointment(self.appointment.pk, seen_by=self.desk)
        assert found is not None
        return found

    def arrived(self) -> Consultation:
        scheduling.check_in(self.appointment.pk, by=self.desk)
        return self.encounter


@pytest.fixture(autouse=True)
def eight_in_the_morning() -> Iterator[None]:
    with clock.at(EIGHT):
        yield


@pytest.fixture(scope="module")
def visit_once(made_once: Any) -> Visit:
    with clock.at(EIGHT):
        return made_once(booked_visit)  # type: ignore[no-any-return]


@pytest.fixture
def visit(visit_once: Visit, db: None) -> Visit:
    return fresh(visit_once)


def booked_visit() -> Visit:
    clinic = open_clinic()
    nurse = people.add_staff(
        "Asha Jacob", kind="NURSE", email="nurse@sk.example.org", roles={None: ["nurse"]}, by=clinic.system
    )
    acting = staff_actor(nurse.user)
    assert acting is not None
    patients.record_allergies(clinic.patient.pk, "NONE_KNOWN", by=acting)
    appointment = clinic.booked("10:00", chief_complaint="Lines around the eyes")
    return Visit(clinic, acting, clinic.doctor_actor, clinic.desk, appointment)
