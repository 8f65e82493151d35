"""Billing's clinic, with money moved in it, and somebody who may read the reports."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests.once import fresh

from kalon.billing.tests.clinic import Clinic, open_clinic
from kalon.kernel.actors import EVERYWHERE, Actor, Kind
from kalon.people import actions as people

READS = frozenset(
    {"reports.view", "reports.export", "reports.commissions", "ledger.view", "billing.view", "patients.read",
     "plans.read", "people.view"}
)  # fmt: skip


@pytest.fixture(scope="module")
def clinic_once(made_once: Any) -> Clinic:
    return made_once(open_clinic)  # type: ignore[no-any-return]


@pytest.fixture
def clinic(clinic_once: Clinic, db: None) -> Clinic:
    return fresh(clinic_once)


@pytest.fixture
def reader(clinic: Clinic) -> Actor:
    return Actor(kind=Kind.STAFF, name="Anil Menon", organization_id=clinic.organization.pk,
                 grants=MappingProxyType({EVERYWHERE: READS}))  # fmt: skip


@pytest.fixture
def signed_in(clinic: Clinic) -> Callable[[str], Client]:
    """A browser of somebody with a role."""

    def make(role: str) -> Client:
        email = f"{role}-{uuid4().hex[:6]}@clinic.example"
        made: Any = people.add_staff(f"The {role}", kind="OTHER", email=email, roles={None: [role]}, by=clinic.system)
        client = Client()
        client.force_login(made.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make
