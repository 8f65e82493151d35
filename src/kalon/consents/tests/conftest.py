"""Every test starts on a Tuesday at eight in a clinic whose consent forms are published, with an adult and a child."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from tests.once import fresh

from kalon.consents import actions, queries
from kalon.consents.actions import Role, Signing, Wish
from kalon.consents.models import Consent, Version
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as
from kalon.patients.models import PatientAccess
from kalon.people import actions as people
from kalon.people.queries import staff_actor
from kalon.scheduling.tests.clinic import EIGHT, Clinic, open_clinic

LINES = [[[100, 200, 0], [300, 60, 120], [420, 220, 260]], [[500, 180, 600], [820, 190, 900]]]


@dataclass
class Office:
    """The clinic, its people, and the versions in use by kind."""

    clinic: Clinic
    nurse: Actor
    in_use: dict[str, Version]

    @property
    def patient(self) -> Any:
        return self.clinic.patient

    @property
    def child(self) -> Any:
        return self.clinic.other_patient

    @property
    def doctor(self) -> Actor:
        return self.clinic.doctor_actor

    @property
    def owner(self) -> Actor:
        return self.clinic.owner

    def wish(self, kind: str = "PHOTOGRAPHY", **more: Any) -> Wish:
        return Wish(version_id=self.in_use[kind].pk, branch_id=self.clinic.branch.pk, **more)

    def prepared(self, kind: str = "PHOTOGRAPHY", *, of: Any = None, **more: Any) -> Consent:
        return actions.prepare((of or self.patient).pk, self.wish(kind, **more), by=self.nurse)

    def presented(self, kind: str = "PHOTOGRAPHY", **more: Any) -> Consent:
        return actions.present(self.prepared(kind, **more).pk, by=self.nurse)

    def opened(self, kind: str = "PHOTOGRAPHY", **more: Any) -> Consent:
        return actions.open_to_sign(self.presented(kind, **more).pk, by=self.nurse)

    def signed(self, kind: str = "PHOTOGRAPHY", *, by: Actor | None = None, **more: Any) -> Consent:
        return actions.sign(self.opened(kind, **more).pk, self.hand(self.open_one(kind), **more), by=by or self.nurse)

    def open_one(self, kind: str = "PHOTOGRAPHY") -> Consent:
        with acting_as(self.clinic.system):
            return Consent.objects.select_related("patient", "version").get(
                kind=kind, status__in=("PRESENTED", "PARTIALLY_SIGNED")
            )

    def hand(self, consent: Consent, role: str = Role.PATIENT, **more: Any) -> Signing:
        """A drawn signature as the screen sends it."""
        facts = {"name": consent.patient.name, "strokes": LINES, "ticked": 9, "words": consent.content_sha256}
        return Signing(role=role, **{**facts, **more})

    def again(self, consent: Consent) -> Consent:
        with acting_as(self.clinic.system):
            return queries.consent(consent.pk, seen_by=self.clinic.system)

    def account(self, patient: Any, relation: str = "SELF") -> Actor:
        """A patient (or the guardian of one) signed in to their own pages."""
        actor = self.clinic.patient_actor(patient)
        with acting_as(self.clinic.system):
            PatientAccess.objects.get_or_create(
                organization_id=self.clinic.organization_id,
                user_id=actor.user_id,
                patient=patient,
                defaults={"relation": relation, "called": patient.given_name},
            )
        return actor


@pytest.fixture(autouse=True)
def eight_in_the_morning() -> Iterator[None]:
    with clock.at(EIGHT):
        yield


@pytest.fixture(scope="module")
def office_once(made_once: Any) -> Office:
    with clock.at(EIGHT):
        return made_once(open_office)  # type: ignore[no-any-return]


@pytest.fixture
def office(office_once: Office, db: None) -> Office:
    return fresh(office_once)


def open_office() -> Office:
    clinic = open_clinic()
    email = "nurse@sk.example.org"
    nurse = staff_actor(
        people.add_staff("Asha Jacob", kind="NURSE", email=email, roles={None: ["nurse"]}, by=clinic.system).user
    )
    assert nurse is not None
    return office_in(clinic, nurse)


def office_in(clinic: Clinic, nurse: Actor) -> Office:
    """A clinic whose consent forms are published, with an adult and a child."""
    for patient, born in ((clinic.patient, date(1990, 5, 4)), (clinic.other_patient, date(2012, 5, 4))):
        with acting_as(clinic.system):
            patient.birth_date, patient.email = born, f"{patient.mrn.lower()}@example.org"
            patient.save(update_fields=["birth_date", "email"])
    in_use = {one.kind: actions.publish(one.pk, by=clinic.owner) for one in actions.bring_built_in(by=clinic.owner)}
    return Office(clinic, nurse, in_use)
