"""A clinic that buys, made once for the tests of a file."""

from typing import Any

import pytest
from tests.once import fresh

from kalon.purchasing.tests.market import Market, open_market


@pytest.fixture(scope="module")
def market_once(made_once: Any) -> Market:
    return made_once(open_market)  # type: ignore[no-any-return]


@pytest.fixture
def market(market_once: Market, db: None) -> Market:
    return fresh(market_once)
