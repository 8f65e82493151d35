from typing import Any

import pytest
from tests.once import fresh

from kalon.catalog import actions
from kalon.people.tests.factories import Clinic, clinic

ROLES = ["owner", "frontdesk", "doctor"]


@pytest.fixture(scope="module")
def here_once(made_once: Any) -> Clinic:
    return made_once(_here)  # type: ignore[no-any-return]


@pytest.fixture
def here(here_once: Clinic, db: None) -> Clinic:
    """A clinic with the first catalogue."""
    return fresh(here_once)


def _here() -> Clinic:
    made = clinic(roles=ROLES)
    actions.install_defaults(by=made.owner)
    return made


@pytest.fixture(scope="module")
def elsewhere_once(made_once: Any) -> Clinic:
    return made_once(_elsewhere)  # type: ignore[no-any-return]


@pytest.fixture
def elsewhere(elsewhere_once: Clinic, db: None) -> Clinic:
    """Another clinic in the same database, with its own catalogue."""
    return fresh(elsewhere_once)


def _elsewhere() -> Clinic:
    made = clinic(roles=ROLES, name="Northside Skin", code="NS")
    actions.install_defaults(by=made.owner)
    return made
