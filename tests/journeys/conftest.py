"""The clinic in which every story happens: opened by the product's own verbs, on a Monday evening in Kochi."""

from collections.abc import Iterator

import pytest

from kalon.config.seed.clinic import open_clinic
from kalon.kernel import clock
from tests.journeys.story import MONDAY_EVENING, Story


@pytest.fixture
def story(db: None) -> Iterator[Story]:
    with clock.at(MONDAY_EVENING):
        yield Story(open_clinic())
