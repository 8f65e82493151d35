"""Every test of scheduling starts on a Tuesday at eight, in an open clinic."""

from collections.abc import Iterator

import pytest

from kalon.kernel import clock
from kalon.scheduling.tests.clinic import EIGHT, Clinic, open_clinic


@pytest.fixture(autouse=True)
def eight_in_the_morning() -> Iterator[None]:
    with clock.at(EIGHT):
        yield


@pytest.fixture
def clinic(db: None) -> Clinic:
    return open_clinic()
