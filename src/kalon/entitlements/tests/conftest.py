"""Fixtures of the tests of entitlements: a clinic with a package, at half past eight."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.once import fresh

from kalon.entitlements.tests.clinic import MORNING, Clinic, open_clinic
from kalon.kernel import clock


@pytest.fixture(autouse=True)
def half_past_eight() -> Iterator[None]:
    with clock.at(MORNING):
        yield


@pytest.fixture(scope="module")
def clinic_once(made_once: Any) -> Clinic:
    with clock.at(MORNING):
        return made_once(open_clinic)  # type: ignore[no-any-return]


@pytest.fixture
def clinic(clinic_once: Clinic, db: None) -> Clinic:
    return fresh(clinic_once)
