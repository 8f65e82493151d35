from collections.abc import Callable
from typing import Any

import pytest
from tests.once import fresh

from kalon.kernel.actors import EVERYWHERE, Actor, Kind
from kalon.messaging import actions
from kalon.messaging.models import Message
from kalon.patients.models import Patient
from kalon.patients.tests.factories import patient
from kalon.people.rules import PATIENT_PERMISSIONS
from kalon.people.tests.factories import Clinic, clinic

ROLES = ["owner", "frontdesk", "inventory"]
VISIT = {
    "number": "SK-1", "day": "Tuesday 24 November 2026", "time": "15:00", "doctor": "Dr Rohan Shah",
    "service": "Consultation", "branch": "Bandra", "address": "12 Hill Road", "reason": "",
}  # fmt: skip


@pytest.fixture(scope="module")
def here_once(made_once: Any) -> Clinic:
    return made_once(lambda: clinic(roles=ROLES))  # type: ignore[no-any-return]


@pytest.fixture
def here(here_once: Clinic, db: None) -> Clinic:
    return fresh(here_once)


@pytest.fixture(scope="module")
def elsewhere_once(made_once: Any) -> Clinic:
    return made_once(lambda: clinic(roles=ROLES, name="Northside Skin", code="NS"))  # type: ignore[no-any-return]


@pytest.fixture
def elsewhere(elsewhere_once: Clinic, db: None) -> Clinic:
    """Another clinic in the same database."""
    return fresh(elsewhere_once)


@pytest.fixture
def meera(here: Clinic) -> Patient:
    return patient(here.frontdesk, given_name="Meera", email="meera@example.com", phone="+919800000001", language="en")


@pytest.fixture
def tell(here: Clinic, meera: Patient) -> Callable[..., Message]:
    """Tell Meera that her visit is confirmed; each time something new unless `once` is given."""
    told = iter(range(1000))

    def send(**wish: Any) -> Message:
        wish = {"to_patient": meera.pk, "data": VISIT, "once": f"visit {next(told)}", "by": here.system, **wish}
        message = actions.send(wish.pop("code", "appointment-confirmed"), **wish)
        assert message is not None
        return message

    return send


def as_patient(patient: Patient) -> Actor:
    """The patient as they act on their own pages."""
    return Actor(
        Kind.PATIENT,
        "Meera",
        organization_id=patient.organization_id,
        patient_id=patient.pk,
        grants={EVERYWHERE: PATIENT_PERMISSIONS},
    )
