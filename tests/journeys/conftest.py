"""The clinic in which every story happens: opened by the product's own verbs, on a Monday evening in Kochi."""

from collections.abc import Iterator
from typing import Any

import pytest

from kalon.config.seed.clinic import open_clinic
from kalon.kernel import clock
from tests.journeys.story import MONDAY_EVENING, Story
from tests.once import fresh


@pytest.fixture(scope="module")
def story_once(made_once: Any) -> Story:
    with clock.at(MONDAY_EVENING):
        return made_once(lambda: Story(open_clinic()))  # type: ignore[no-any-return]


@pytest.fixture
def story(story_once: Story, db: None) -> Iterator[Story]:
    with clock.at(MONDAY_EVENING):
        yield fresh(story_once)
