import pytest

from kalon.catalog import actions
from kalon.people.tests.factories import Clinic, clinic

ROLES = ["owner", "frontdesk", "doctor"]


@pytest.fixture
def here(db: None) -> Clinic:
    """A clinic with the first catalogue."""
    made = clinic(roles=ROLES)
    actions.install_defaults(by=made.owner)
    return made


@pytest.fixture
def elsewhere(db: None) -> Clinic:
    """Another clinic in the same database, with its own catalogue."""
    made = clinic(roles=ROLES, name="Northside Skin", code="NS")
    actions.install_defaults(by=made.owner)
    return made
