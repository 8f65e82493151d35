"""Fixtures of the charts' tests."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests.once import fresh

from kalon.charts.tests.clinic import Room, open_room
from kalon.people import actions as people


@pytest.fixture(scope="module")
def room_once(made_once: Any) -> Room:
    return made_once(open_room)  # type: ignore[no-any-return]


@pytest.fixture
def room(room_once: Room, db: None) -> Room:
    return fresh(room_once)


@pytest.fixture
def signed_in(room: Room) -> Callable[[str], Client]:
    """A browser of somebody with a role."""

    def of(role: str) -> Client:
        email = f"{role}-{uuid4().hex[:6]}@clinic.example"
        by = room.store.system
        member: Any = people.add_staff(f"The {role}", kind="OTHER", email=email, roles={None: [role]}, by=by)
        client = Client()
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return of
