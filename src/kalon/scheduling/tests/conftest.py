"""Every test of scheduling starts on a Tuesday at eight, in an open clinic."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.once import fresh

from kalon.kernel import clock
from kalon.scheduling.tests.clinic import EIGHT, Clinic, open_clinic


@pytest.fixture(autouse=True)
def eight_in_the_morning() -> Iterator[None]:
    with clock.at(EIGHT):
        yield


@pytest.fixture(scope="module")
def clinic_once(made_once: Any) -> Clinic:
    with clock.at(EIGHT):
        return made_once(open_clinic)  # type: ignore[no-any-return]


@pytest.fixture
def clinic(clinic_once: Clinic, db: None) -> Clinic:
    return fresh(clinic_once)
