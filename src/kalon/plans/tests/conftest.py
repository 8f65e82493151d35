"""Every test starts on a Tuesday at eight, with a visit of today confirmed and its encounter born.

The clinic of these tests asks for no quote before it books: what plans do is tested here, what their money has to say
about it in the tests of quotes.
"""

from decimal import Decimal
from typing import Any

import pytest

from kalon.consultations.tests.conftest import Visit, eight_in_the_morning, visit_once
from kalon.consultations.tests.conftest import visit as at_the_desk
from kalon.quotes import actions as quotes

__all__ = ["at_the_desk", "eight_in_the_morning", "visit", "visit_once"]


@pytest.fixture
def visit(at_the_desk: Any) -> Visit:
    asks_nothing = quotes.PolicyDetails(asked_for=[], deposit_percent=Decimal(0))
    quotes.set_policy(asks_nothing, by=at_the_desk.clinic.system)
    return at_the_desk  # type: ignore[no-any-return]
