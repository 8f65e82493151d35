"""Every test starts on a Tuesday at eight; a doctor sees a patient who was asked about allergies."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from tests.once import fresh

from kalon.consultations import actions as consultations
from kalon.consultations import queries as encounters
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import AllergyDetails, HistoryDetails
from kalon.people import actions as people
from kalon.people.queries import staff_actor
from kalon.prescribing import actions, queries
from kalon.prescribing.models import Prescription
from kalon.prescribing.rules import LineDetails, begun_with, load
from kalon.scheduling import actions as scheduling
from kalon.scheduling.tests.clinic import EIGHT, Clinic, open_clinic


@dataclass
class Room:
    """A consultation in progress, and everybody around it."""

    clinic: Clinic
    doctor: Actor
    other_doctor: Actor
    nurse: Actor
    pharmacist: Actor
    encounter: Any

    @property
    def patient(self) -> Any:
        return self.clinic.patient

    def draft(self, *lines: LineDetails) -> Prescription:
        made = actions.start(self.encounter.pk, by=self.doctor)
        for line in lines:
            actions.add_item(made.pk, line, by=self.doctor)
        return self.again(made)

    def signed(self, *lines: LineDetails) -> Prescription:
        return actions.finalize(self.draft(*(lines or (self.paracetamol(),))).pk, by=self.doctor)

    def line(self, code: str, **more: Any) -> LineDetails:
        from dataclasses import replace

        return replace(begun_with(load().medicines[code]), **more)

    def paracetamol(self, **more: Any) -> LineDetails:
        return self.line("paracetamol", **{"frequency": "TDS", "days": 5, **more})

    def again(self, prescription: Prescription) -> Prescription:
        with acting_as(self.doctor):
            return queries.prescription(prescription.pk, seen_by=self.doctor)

    def judged(self, prescription: Prescription) -> list[queries.Judged]:
        with acting_as(self.doctor):
            return queries.judged(queries.prescription(prescription.pk, seen_by=self.doctor), seen_by=self.doctor)

    def keys(self, prescription: Prescription, severity: str = "stop") -> list[str]:
        return [one.finding.key for one in self.judged(prescription) if one.finding.severity == severity]

    def reacts_to(self, *substances: str) -> None:
        patients.record_allergies(
            self.patient.pk, "KNOWN", [AllergyDetails(substance=one) for one in substances], by=self.nurse
        )

    def takes(self, words: str) -> None:
        patients.add_history(self.patient.pk, HistoryDetails(kind="MEDICATION", text=words), by=self.nurse)

    def weighs(self, kilograms: str) -> None:
        consultations.record_vitals(self.encounter.pk, measured={"weight": Decimal(kilograms)}, by=self.nurse)


@pytest.fixture(autouse=True)
def eight_in_the_morning() -> Iterator[None]:
    with clock.at(EIGHT):
        yield


@pytest.fixture(scope="module")
def room_once(made_once: Any) -> Room:
    with clock.at(EIGHT):
        return made_once(open_room)  # type: ignore[no-any-return]


@pytest.fixture
def room(room_once: Room, db: None) -> Room:
    return fresh(room_once)


def open_room() -> Room:
    """A doctor in an open consultation, with everybody around."""
    clinic = open_clinic()

    def hired(name: str, kind: str, role: str) -> Actor:
        email = f"{role}.{name.split()[0].lower()}@sk.example.org"
        acting = staff_actor(
            people.add_staff(name, kind=kind, email=email, roles={None: [role]}, by=clinic.system).user
        )
        assert acting is not None
        return acting

    nurse = hired("Asha Jacob", "NURSE", "nurse")
    patients.record_allergies(clinic.patient.pk, "NONE_KNOWN", by=nurse)
    visit = clinic.booked("10:00", chief_complaint="Acne")
    scheduling.check_in(visit.pk, by=clinic.desk)
    with acting_as(clinic.desk):
        born = encounters.of_appointment(visit.pk, seen_by=clinic.desk)
    assert born is not None
    return Room(
        clinic=clinic,
        doctor=clinic.doctor_actor,
        other_doctor=hired("Rohan Shah", "DOCTOR", "doctor"),
        nurse=nurse,
        pharmacist=hired("Deepa Rao", "PHARMACIST", "inventory"),
        encounter=consultations.begin(born.pk, by=clinic.doctor_actor),
    )
