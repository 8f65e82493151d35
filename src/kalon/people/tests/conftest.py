import pytest

from kalon.people.tests.factories import Clinic, clinic


@pytest.fixture
def here(db: None) -> Clinic:
    """A clinic with one person in each role."""
    return clinic()


@pytest.fixture
def elsewhere(db: None) -> Clinic:
    """Another clinic in the same database."""
    return clinic(roles=["owner", "doctor"], name="Northside Skin", code="NS")
