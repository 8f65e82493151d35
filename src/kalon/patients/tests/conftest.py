from collections.abc import Iterator

import pytest

from kalon.kernel import events
from kalon.patients.events import RegistrationForExistingAccount, RegistrationStarted
from kalon.people.tests.factories import Clinic, clinic

ROLES = ["owner", "frontdesk", "inventory"]


@pytest.fixture
def here(db: None) -> Clinic:
    """A clinic with an owner, a front desk, and somebody who may only search."""
    return clinic(roles=ROLES)


@pytest.fixture
def elsewhere(db: None) -> Clinic:
    """Another clinic in the same database."""
    return clinic(roles=ROLES, name="Northside Skin", code="NS")


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
