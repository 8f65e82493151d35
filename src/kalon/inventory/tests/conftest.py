"""Fixtures of the store's tests: an open store, in a transaction that is rolled back."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from kalon.inventory.tests.clinic import Store, open_store
from kalon.people import actions as people


@pytest.fixture
def store(db: None) -> Store:
    return open_store()


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
