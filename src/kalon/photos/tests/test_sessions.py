"""Photographs that are taken in a session: they belong to its plan, stand on its page, and are found by it."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.once import fresh

from kalon.consents.tests.conftest import office_in
from kalon.consultations.tests.conftest import booked_visit
from kalon.kernel import clock
from kalon.kernel.errors import NotFound
from kalon.kernel.tenancy import acting_as
from kalon.photos import actions, queries
from kalon.photos.actions import PhotoDetails
from kalon.photos.models import Photo
from kalon.photos.rules import Stage
from kalon.photos.tests.conftest import Studio, face
from kalon.photos.tests.test_pages import client, picture
from kalon.photos.tests.test_photos import attack
from kalon.plans.models import ProcedureSession
from kalon.plans.tests.told import approved
from kalon.scheduling.tests.clinic import EIGHT


@dataclass
class Series:
    """A studio whose patient has a series, and another plan."""

    studio: Studio
    plan: Any
    other: Any

    def session(self, number: int, of: Any = None) -> Any:
        with acting_as(self.studio.office.clinic.system):
            return ProcedureSession.objects.get(plan=of or self.plan, number=number)


def opened() -> Series:
    visit = booked_visit()
    studio = Studio(office_in(visit.clinic, visit.nurse))
    studio.office.signed("PHOTOGRAPHY")
    plan = approved(visit, "SERIES")
    return Series(studio, plan, approved(visit, "SERIES", of=plan.consultation_id))


@pytest.fixture(scope="module")
def series_once(made_once: Any) -> Series:
    with clock.at(EIGHT):
        return made_once(opened)  # type: ignore[no-any-return]


@pytest.fixture
def series(series_once: Series, db: None) -> Series:
    return fresh(series_once)


def test_what_is_taken_in_a_session_belongs_to_its_plan(series: Series):
    studio, second = series.studio, series.session(2)
    taken = studio.taken(session_id=second.pk)
    assert (taken.plan_id, taken.session_id) == (series.plan.pk, second.pk)
    with pytest.raises(NotFound, match="no such session"):
        studio.taken(face(0.4), session_id=second.pk, plan_id=series.other.pk)
    with pytest.raises(NotFound, match="no such session"):
        studio.taken(face(0.4), session_id=second.pk, of=studio.office.child)
    with acting_as(studio.nurse):
        assert [one.pk for one in queries.sessions_of(studio.patient.pk, seen_by=studio.nurse)] == [second.pk]
        views = queries.still_to_take(
            studio.patient.pk, Stage.BEFORE, plan_id=series.plan.pk, session_id=series.session(1).pk,
            seen_by=studio.nurse,
        )  # fmt: skip
    assert not any(found for _view, found in views), "each session has its own"


def test_the_database_keeps_a_session_with_its_plan(series: Series):
    studio = series.studio
    taken = studio.taken(session_id=series.session(1).pk)
    again = (
        "INSERT INTO photos_photo SELECT (jsonb_populate_record(photo, %s::jsonb)).* FROM photos_photo AS photo "
        f"WHERE id = '{taken.pk}'"
    )
    fresh_row = f'"id": "01900000-0000-7000-8000-000000000001", "received_sha256": "{"a" * 64}"'
    system = studio.office.clinic.system
    others = series.session(1, of=series.other).pk
    assert attack(system, again, f'{{{fresh_row}, "session_id": "{others}"}}') == "photos_photo_of_session"
    assert attack(system, again, f'{{{fresh_row}, "plan_id": null}}') == "photos_photo_of_session"
    assert attack(system, again, f"{{{fresh_row}}}") == "done"


def test_the_session_shows_its_photographs_and_the_gallery_finds_them(series: Series):
    studio, first, second = series.studio, series.session(1), series.session(2)
    nurse = client(studio.nurse)
    take = f"{reverse('photos:capture', args=[studio.patient.pk])}?session={first.pk}&stage=BEFORE"
    page = nurse.get(take).content.decode()
    assert "in session 1 of 3" in page and "Back to the session" in page
    sent = {"view": "FRONT", "stage": "BEFORE", "session": str(first.pk), "file": picture()}
    answer = nurse.post(take, sent)
    assert answer.status_code == 303 and f"session={first.pk}" in answer["Location"]
    studio.taken(face(0.5), view="SMILE", session_id=second.pk)
    alone = studio.taken(face(0.6), view="BASAL")
    with acting_as(studio.nurse):
        one = Photo.objects.get(session=first)
    shown = nurse.get(reverse("plans:session", args=[first.pk])).content.decode()
    assert reverse("photos:photo", args=[one.pk]) in shown
    about = nurse.get(reverse("photos:photo", args=[one.pk])).content.decode()
    assert reverse("plans:session", args=[first.pk]) in about and "session 1 of 3" in about
    tab = reverse("patients:tab", args=[studio.patient.pk, "photos"])
    everything, found = (nurse.get(tab + rest).content.decode() for rest in ("", f"?session={first.pk}"))
    assert "session 2 of 3" in everything and reverse("photos:photo", args=[alone.pk]) in everything
    assert reverse("photos:photo", args=[one.pk]) in found and reverse("photos:photo", args=[alone.pk]) not in found
    assert reverse("photos:photo", args=[alone.pk]) in nurse.get(f"{tab}?session=none").content.decode()


def test_photographs_of_many_sessions_cost_the_gallery_the_same(series: Series):
    nurse, tab = client(series.studio.nurse), reverse("patients:tab", args=[series.studio.patient.pk, "photos"])

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert nurse.get(tab).status_code == 200
        return len(seen)

    said = {"view": "FRONT", "stage": "BEFORE"}
    for number in (1, 2, 3):
        details = PhotoDetails(**said, session_id=series.session(number).pk)
        actions.take(series.studio.patient.pk, BytesIO(face(number / 10)), details, by=series.studio.nurse)
        if number == 1:
            nurse.get(tab)
            few = cost()
    assert cost() == few
