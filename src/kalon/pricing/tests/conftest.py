"""A clinic with the first catalogue, and another one beside it."""

import pytest

from kalon.catalog import actions as catalog
from kalon.people.tests.factories import Clinic, clinic

ROLES = ["owner", "frontdesk", "billing", "doctor"]


@pytest.fixture
def here(db: None) -> Clinic:
    made = clinic(roles=ROLES)
    catalog.install_defaults(by=made.owner)
    return made


@pytest.fixture
def elsewhere(db: None) -> Clinic:
    made = clinic(roles=ROLES, name="Northside Skin", code="NS")
    catalog.install_defaults(by=made.owner)
    return made
