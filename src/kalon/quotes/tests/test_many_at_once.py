"""Eight at once, each with a connection of its own: a quote is decided once, and drafted once."""

from typing import Any

import pytest
from django.db import connection

from kalon.consultations.tests.conftest import booked_visit
from kalon.kernel import clock
from kalon.kernel.errors import DomainError
from kalon.plans.tests.told import approved
from kalon.quotes import actions
from kalon.quotes.tests.told import now, sent, signing
from kalon.scheduling.tests.clinic import EIGHT as MORNING

AT_ONCE = 8


@pytest.fixture
def day(own_database: str, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock(), clock.at(MORNING):
        yield booked_visit()
        connection.close()


def test_eight_who_decide_at_once_decide_once(day, at_once):
    quote = sent(day)
    wish = signing(day, quote)

    def decide(which: int) -> Any:
        if which % 2:
            return actions.reject(quote.pk, "Too dear", by=day.desk)
        return actions.accept(quote.pk, wish, by=day.desk)

    answers = at_once(decide)
    assert sum(not isinstance(answer, DomainError) for answer in answers) == 1, answers
    assert now(day, quote).status in ("ACCEPTED", "REJECTED")


def test_eight_who_draft_at_once_make_one_draft(day, at_once):
    plan = approved(day, "SERIES")
    made = [
        one for one in at_once(lambda _: actions.draft_quote(plan.pk, by=day.desk)) if not isinstance(one, DomainError)
    ]
    assert len(made) == 1
