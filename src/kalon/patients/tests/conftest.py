from collections.abc import Iterator
from typing import Any

import pytest
from tests.once import fresh

from kalon.kernel import events
from kalon.patients.events import RegistrationForExistingAccount, RegistrationStarted
from kalon.people.tests.factories import Clinic, clinic

ROLES = ["owner", "frontdesk", "inventory"]


@pytest.fixture(scope="module")
def here_once(made_once: Any) -> Clinic:
    return made_once(lambda: clinic(roles=ROLES))  # type: ignore[no-any-return]


@pytest.fixture
def here(here_once: Clinic, db: None) -> Clinic:
    """A clinic with an owner, a front desk, and somebody who may only search."""
    return fresh(here_once)


@pytest.fixture(scope="module")
def elsewhere_once(made_once: Any) -> Clinic:
    return made_once(lambda: clinic(roles=ROLES, name="Northside Skin", code="NS"))  # type: ignore[no-any-return]


@pytest.fixture
def elsewhere(elsewhere_once: Clinic, db: None) -> Clinic:
    """Another clinic in the same database."""
    return fresh(elsewhere_once)


@pytest.fixture
def post() -> Iterator[list[RegistrationStarted | RegistrationForExistingAccount]]:
    """What was announced to be sent: the messages that visitors would receive."""
    sent: list[RegistrationStarted | RegistrationForExistingAccount] = []
    listen = sent.append
    for event in (RegistrationStarted, RegistrationForExistingAccount):
        events.on(event, listen)
    yield sent
    for event in (RegistrationStarted, RegistrationForExistingAccount):
        events._reactions[event].remove(listen)
