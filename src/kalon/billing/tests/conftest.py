"""Fixtures of billing's tests: an open clinic, in a transaction that is rolled back."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from kalon.billing.tests.clinic import Clinic, open_clinic
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people


@pytest.fixture
def clinic(db: None) -> Clinic:
    return open_clinic()


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
