"""Fixtures of billing's tests: an open clinic, in a transaction that is rolled back."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from tests.once import fresh

from kalon.billing import actions
from kalon.billing.actions import gateways
from kalon.billing.models import Payment
from kalon.billing.tests.clinic import Clinic, open_clinic
from kalon.billing.tests.gateway_servers import FakeGateway, serving
from kalon.billing.tests.online import MADE, owner_of, set_up
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people


@pytest.fixture(scope="module")
def clinic_once(made_once: Any) -> Clinic:
    return made_once(open_clinic)  # type: ignore[no-any-return]


@pytest.fixture
def clinic(clinic_once: Clinic, db: None) -> Clinic:
    return fresh(clinic_once)


@pytest.fixture
def at_work(clinic: Clinic) -> Iterator[Clinic]:
    """The clinic with its system at work: plain SQL sees the organisation's rows."""
    with acting_as(clinic.system):
        yield clinic


@pytest.fixture
def login(clinic: Clinic) -> Callable[[str], Any]:
    """Somebody of the clinic with a role, as an account that can sign in."""

    def make(role: str) -> Any:
        email = f"{role}-{uuid4().hex[:6]}@clinic.example"
        return people.add_staff(f"The {role}", kind="OTHER", email=email, roles={None: [role]}, by=clinic.system).user

    return make


@pytest.fixture
def desk(login: Callable[[str], Any]) -> Client:
    client = Client()
    client.force_login(login("owner"), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture(params=["stripe", "razorpay"])
def outside(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGateway]:
    with serving(MADE[request.param]()) as gateway:
        gateway.name = request.param  # type: ignore[attr-defined]
        monkeypatch.setattr(settings, f"KALON_{request.param.upper()}_API", gateway.url)
        monkeypatch.setattr(gateways.asking, "WAITS", (0.0, 0.0))
        monkeypatch.setattr(gateways.asking, "PATIENCE", (1.0, 0.4))
        yield gateway


@pytest.fixture
def owner(clinic: Clinic) -> Any:
    return owner_of(clinic)


@pytest.fixture
def theirs(clinic: Clinic, outside: Any) -> Clinic:
    set_up(clinic, outside.name)
    return clinic


@pytest.fixture
def waiting(theirs: Clinic) -> Payment:
    return actions.start_online_payment(theirs.bill().pk, by=theirs.as_patient(theirs.patient))
