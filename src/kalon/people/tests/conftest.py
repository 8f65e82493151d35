from typing import Any

import pytest

from kalon.people.tests.factories import Clinic, clinic


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """The product's hash takes a tenth of a second, on purpose; here only its result matters."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def here(db: None) -> Clinic:
    """A clinic with one person in each role."""
    return clinic()


@pytest.fixture
def elsewhere(db: None) -> Clinic:
    """Another clinic in the same database."""
    return clinic(roles=["owner", "doctor"], name="Northside Skin", code="NS")
