"""The timeline: every kind of line, in the order of time, page by page, at the same cost however long it is."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kalon.kernel.errors import Invalid, NotFound
from kalon.kernel.tenancy import acting_as
from kalon.patients.queries import timeline
from kalon.patients.tests.factories import patient
from kalon.people.tests.factories import Clinic

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


@pytest.fixture
def sources() -> Any:
    """The sources of the house, put back afterwards."""
    kept = timeline._sources.copy()
    timeline._sources.clear()
    yield
    timeline._sources.clear()
    timeline._sources.update(kept)


def lines(*ats: int) -> timeline.Read:
    """A source with a line at each of these hours after noon."""
    found = [timeline.Entry(NOON + timedelta(hours=at), uuid4(), title=str(at)) for at in ats]
    newest_first = sorted(found, key=lambda entry: entry.mark, reverse=True)

    def read(ask: timeline.Ask) -> Iterable[timeline.Entry]:
        return ask.among(newest_first)

    return read


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    one=st.lists(st.integers(0, 5), max_size=25),
    other=st.lists(st.integers(0, 5), max_size=25),
    limit=st.integers(1, 7),
)
def test_pages_together_are_everything_once_and_in_order(
    here: Clinic, sources: None, one: list[int], other: list[int], limit: int
) -> None:
    timeline.add(timeline.Source("one", "One", lines(*one), permission="patients.read"))
    timeline.add(timeline.Source("other", "Other", lines(*other), permission="patients.read"))
    pk, seen, before = uuid4(), [], None
    while True:
        page = timeline.page(pk, seen_by=here.frontdesk, limit=limit, before=before)
        seen += page.entries
        if page.next is None:
            break
        before = timeline.Mark.read(str(page.next))
    assert sorted(int(entry.title) for entry in seen) == sorted(one + other)
    assert [entry.mark for entry in seen] == sorted((entry.mark for entry in seen), reverse=True)


def test_a_kind_that_somebody_may_not_see_is_not_even_asked(here: Clinic, sources: None) -> None:
    def secret(ask: timeline.Ask) -> Iterable[timeline.Entry]:
        raise AssertionError("asked")

    timeline.add(timeline.Source("secret", "Secret", secret, permission="people.manage"))
    assert timeline.page(uuid4(), seen_by=here.frontdesk).entries == []
    assert timeline.page(uuid4(), seen_by=here.frontdesk, kind="secret").entries == []


@pytest.mark.parametrize("mark", ["x", "2026-01-01~", "2026-01-01T00:00:00~" + str(UUID(int=1)), "~", "99999-01-01~x"])
def test_a_mark_of_somebody_elses_making_is_refused(mark: str) -> None:
    with pytest.raises(Invalid):
        timeline.Mark.read(mark)


def test_the_page_and_the_api_show_and_filter(here: Clinic) -> None:
    one = patient(here.frontdesk)
    desk = Client()
    desk.force_login(here.users["frontdesk"], backend="allauth.account.auth_backends.AuthenticationBackend")
    there = reverse("patients:page", args=[one.pk])
    assert f"Registered as {one.mrn}" in desk.get(there).content.decode()
    assert f"Registered as {one.mrn}" not in desk.get(there, {"show": "visits"}).content.decode()
    assert desk.get(there, {"before": "nonsense"}).status_code == 422
    told = desk.get(f"/api/patients/{one.pk}/timeline").json()
    assert f"Registered as {one.mrn}" in [item["title"] for item in told["items"]]
    assert desk.get(f"/api/patients/{one.pk}/timeline?kind=record&limit=1").json()["next"] is None
    for bad in ("kind=nothing", "limit=0", "limit=101", "before=x"):
        assert desk.get(f"/api/patients/{one.pk}/timeline?{bad}").status_code == 422


def test_another_clinic_reads_nothing(here: Clinic, elsewhere: Clinic) -> None:
    one = patient(here.frontdesk)
    with acting_as(elsewhere.owner), pytest.raises(NotFound):
        timeline.page(one.pk, seen_by=elsewhere.owner)
