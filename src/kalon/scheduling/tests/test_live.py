"""What the database says of a visit that changed: where and when, and of nobody."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kalon.kernel import clock, live
from kalon.scheduling import actions
from kalon.scheduling.tests.clinic import EIGHT, Clinic, open_clinic


@pytest.fixture
def committed(own_database: str, django_db_blocker: Any) -> Any:
    """A clinic whose changes are committed, as a request commits them."""
    with django_db_blocker.unblock(), clock.at(EIGHT):
        yield open_clinic()


@pytest.fixture
def heard(as_app: Any) -> Callable[[], list[dict[str, Any]]]:
    as_app.execute(f"LISTEN {live.CHANNEL}")

    def since_last_time() -> list[dict[str, Any]]:
        as_app.execute("SELECT 1")
        return [json.loads(notify.payload) for notify in as_app.notifies(timeout=0.3)]

    return since_last_time


def test_each_change_is_said_once_and_names_nobody(committed: Clinic, heard: Callable[[], list[Any]]) -> None:
    heard()
    visit = committed.booked("10:00")
    news = {
        "organization": str(committed.organization_id), "topic": "visits", "place": str(committed.branch.pk),
        "day": "2026-11-24",
    }  # fmt: skip
    assert heard() == [news]
    with clock.at(EIGHT + timedelta(hours=1)):
        actions.check_in(visit.pk, by=committed.desk)
    assert heard() == [news]


def test_a_visit_that_moves_is_said_on_both_days(committed: Clinic, heard: Callable[[], list[Any]]) -> None:
    visit = committed.booked("10:00")
    heard()
    actions.reschedule(visit.pk, committed.at("09:00", EIGHT.date() + timedelta(days=1)), "Later", by=committed.desk)
    assert {news["day"] for news in heard()} == {"2026-11-24", "2026-11-25"}


def test_the_day_is_the_one_at_the_branch(committed: Clinic, heard: Callable[[], list[Any]]) -> None:
    heard()
    committed.booked("00:30", kind="EMERGENCY", off_schedule_reason="Accident", day=EIGHT.date() + timedelta(days=1))
    assert [news["day"] for news in heard()] == ["2026-11-25"]  # in London it is still the 24th


def test_what_is_refused_is_not_said(committed: Clinic, heard: Callable[[], list[Any]]) -> None:
    committed.booked("10:00")
    heard()
    with pytest.raises(Exception, match="taken"):
        committed.booked("10:00", patient_id=committed.other_patient.pk)
    assert heard() == []
