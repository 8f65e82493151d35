from typing import Any

import pytest
from tests.once import fresh

from kalon.people.tests.factories import Clinic, clinic


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """The product's hash takes a tenth of a second, on purpose; here only its result matters."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="module")
def here_once(made_once: Any) -> Clinic:
    return made_once(lambda: clinic())  # type: ignore[no-any-return]


@pytest.fixture
def here(here_once: Clinic, db: None) -> Clinic:
    """A clinic with one person in each role."""
    return fresh(here_once)


@pytest.fixture(scope="module")
def elsewhere_once(made_once: Any) -> Clinic:
    return made_once(lambda: clinic(roles=["owner", "doctor"], name="Northside Skin", code="NS"))  # type: ignore[no-any-return]


@pytest.fixture
def elsewhere(elsewhere_once: Clinic, db: None) -> Clinic:
    """Another clinic in the same database."""
    return fresh(elsewhere_once)
