"""Fixtures of the store's tests: an open store, in a transaction that is rolled back."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests.once import fresh

from kalon.inventory.tests.clinic import Store, open_store
from kalon.inventory.tests.theatre import Theatre, open_theatre
from kalon.kernel import clock
from kalon.people import actions as people
from kalon.scheduling.tests.clinic import EIGHT


@pytest.fixture(scope="module")
def store_once(made_once: Any) -> Store:
    return made_once(open_store)  # type: ignore[no-any-return]


@pytest.fixture
def store(store_once: Store, db: None) -> Store:
    return fresh(store_once)


@pytest.fixture
def signed_in(store: Store) -> Callable[[str], Client]:
    """A browser of somebody with a role."""

    def of(role: str) -> Client:
        email = f"{role}-{uuid4().hex[:6]}@clinic.example"
        member: Any = people.add_staff(f"The {role}", kind="OTHER", email=email, roles={None: [role]}, by=store.system)
        client = Client()
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return of


@pytest.fixture(scope="module")
def theatre_once(made_once: Any) -> Theatre:
    with clock.at(EIGHT):
        return made_once(open_theatre)  # type: ignore[no-any-return]


@pytest.fixture
def theatre(theatre_once: Theatre, db: None) -> Iterator[Theatre]:
    """A store with implants and an approved surgery, on a Tuesday at eight."""
    with clock.at(EIGHT):
        yield fresh(theatre_once)
