"""A clinic with the first catalogue, and another one beside it."""

from typing import Any

import pytest
from tests.once import fresh

from kalon.catalog import actions as catalog
from kalon.people.tests.factories import Clinic, clinic

ROLES = ["owner", "frontdesk", "billing", "doctor"]


@pytest.fixture(scope="module")
def here_once(made_once: Any) -> Clinic:
    return made_once(_here)  # type: ignore[no-any-return]


@pytest.fixture
def here(here_once: Clinic, db: None) -> Clinic:
    return fresh(here_once)


def _here() -> Clinic:
    made = clinic(roles=ROLES)
    catalog.install_defaults(by=made.owner)
    return made


@pytest.fixture(scope="module")
def elsewhere_once(made_once: Any) -> Clinic:
    return made_once(_elsewhere)  # type: ignore[no-any-return]


@pytest.fixture
def elsewhere(elsewhere_once: Clinic, db: None) -> Clinic:
    return fresh(elsewhere_once)


def _elsewhere() -> Clinic:
    made = clinic(roles=ROLES, name="Northside Skin", code="NS")
    catalog.install_defaults(by=made.owner)
    return made
