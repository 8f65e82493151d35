"""Fixtures of billing's tests: an open clinic, in a transaction that is rolled back."""

from collections.abc import Iterator

import pytest

from kalon.billing.tests.clinic import Clinic, open_clinic
from kalon.kernel.tenancy import acting_as


@pytest.fixture
def clinic(db: None) -> Clinic:
    return open_clinic()


@pytest.fixture
def at_work(clinic: Clinic) -> Iterator[Clinic]:
    """The clinic with its system at work: plain SQL sees the organisation's rows."""
    with acting_as(clinic.system):
        yield clinic
