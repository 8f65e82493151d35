"""A clinic, two patients with accounts of their own, and browsers that they are signed in with."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.journeys.story import MONDAY_EVENING, Story, on_tuesday
from tests.once import fresh

from kalon.config.seed.clinic import open_clinic
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from kalon.people.models import User
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass
class Portal:
    """Two patients in front of one clinic."""

    story: Story
    zoya: Actor
    rahul: Actor
    as_zoya: Client
    as_rahul: Client

    def wish(self, patient: Actor, at: str = "10:00", service: str = "CONSULT") -> BookingRequest:
        assert patient.patient_id is not None
        return BookingRequest(
            patient_id=patient.patient_id,
            branch_id=self.story.place.branch.pk,
            doctor_id=self.story.dr_menon.pk,
            service_id=self.story.place.services[service].pk,
            start=on_tuesday(at),
            source="SELF_SERVICE",
            chief_complaint="Lines around my eyes",
        )

    def booked(self, at: str = "10:00") -> Any:
        """A visit that Zoya booked herself; it waits for her payment."""
        return scheduling.book(self.wish(self.zoya, at), by=self.zoya)

    def form(self, at: str = "10:00") -> dict[str, str]:
        """What the booking page sends."""
        wish = self.wish(self.zoya, at)
        return {
            "service": str(wish.service_id),
            "doctor": str(wish.doctor_id),
            "branch": str(wish.branch_id),
            "start": wish.start.isoformat(),
            "complaint": wish.chief_complaint,
        }

    def signed_in(self, actor: Actor) -> Client:
        client = Client()
        with acting_as(self.story.place.system):
            client.force_login(User.objects.get(pk=actor.user_id), backend=BACKEND)
        return client


@pytest.fixture(scope="module")
def portal_once(made_once: Any) -> Portal:
    with clock.at(MONDAY_EVENING):
        return made_once(open_portal)  # type: ignore[no-any-return]


@pytest.fixture
def portal(portal_once: Portal, db: None) -> Iterator[Portal]:
    with clock.at(MONDAY_EVENING):
        made = fresh(portal_once)
        made.as_zoya, made.as_rahul = _again(portal_once.as_zoya), _again(portal_once.as_rahul)
        yield made


def open_portal() -> Portal:
    story = Story(open_clinic())
    zoya, rahul = _registered(story, "Zoya", "Mirza"), _registered(story, "Rahul", "Das")
    made = Portal(story, zoya, rahul, Client(), Client())
    made.as_zoya, made.as_rahul = made.signed_in(zoya), made.signed_in(rahul)
    return made


def _again(browser: Client) -> Client:
    """The same person in a browser of their own."""
    client = Client()
    client.cookies = deepcopy(browser.cookies)
    return client


def _registered(story: Story, given: str, family: str) -> Actor:
    details = PatientDetails(
        given_name=given, family_name=family, birth_date=date(1991, 6, 30), email=f"{given.lower()}@example.org"
    )
    row = patients.start_registration(details, "a long pass phrase", by=story.visitor)
    patient = patients.confirm_registration(row.pk, story.code_sent(), by=story.visitor)
    return story.patient_actor(patient.pk, f"{given} {family}")


def queries(client: Client, path: str) -> int:
    """How many statements a page or an address costs."""
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)
