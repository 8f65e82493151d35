"""Fixtures of the tests of entitlements: a clinic with a package, at half past eight."""

from collections.abc import Iterator

import pytest

from kalon.entitlements.tests.clinic import MORNING, Clinic, open_clinic
from kalon.kernel import clock


@pytest.fixture(autouse=True)
def half_past_eight() -> Iterator[None]:
    with clock.at(MORNING):
        yield


@pytest.fixture
def clinic(db: None) -> Clinic:
    return open_clinic()
