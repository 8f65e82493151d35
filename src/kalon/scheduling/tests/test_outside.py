"""Visits are copied to an outside calendar once, without a name, and taken out where they no longer belong."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kalon.kernel.errors import Clash, Invalid, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions
from kalon.scheduling.actions.outside import NotNow
from kalon.scheduling.models import OutsideCalendar
from kalon.scheduling.tests.clinic import TUESDAY, Clinic
from kalon.scheduling.tests.google_server import Google, google

HERS = "kavya@clinic.example"


@pytest.fixture
def fake(tmp_path: Path, settings: Any) -> Iterator[Google]:
    with google(tmp_path) as running:
        settings.KALON_GOOGLE_CREDENTIALS = running.credentials
        settings.KALON_GOOGLE_API = f"{running.url}/calendar/v3"
        running.shared = {HERS, "rohan@clinic.example"}
        yield running


def copy(clinic: Clinic, visit: Any) -> None:
    actions.copy_out(visit.pk, by=clinic.system)


def test_a_visit_stands_in_the_doctors_calendar_once_and_without_a_name(clinic: Clinic, fake: Google) -> None:
    actions.link_calendar(clinic.doctor.pk, HERS, by=clinic.doctor_actor)
    visit = clinic.booked("10:00", chief_complaint="A secret")
    copy(clinic, visit)
    copy(clinic, visit)
    (entry,) = fake.calendars[HERS].values()
    assert entry["start"] == {"dateTime": "2026-11-24T10:00:00+05:30", "timeZone": "Asia/Kolkata"}
    assert entry["summary"] == "Consultation"
    assert not any(word in str(entry) for word in ("Ananya", "Iyer", "secret"))
    assert [method for method, _ in fake.asked] == ["PUT", "POST", "PUT"]


def test_a_moved_visit_goes_along_and_a_cancelled_one_is_taken_out(clinic: Clinic, fake: Google) -> None:
    actions.link_calendar(clinic.doctor.pk, HERS, by=clinic.owner)
    actions.link_calendar(clinic.other_doctor.pk, "rohan@clinic.example", by=clinic.owner)
    visit = clinic.booked("10:00")
    copy(clinic, visit)
    actions.reschedule(visit.pk, clinic.at("11:00"), "Asked", doctor_id=clinic.other_doctor.pk, by=clinic.desk)
    copy(clinic, visit)
    assert fake.calendars[HERS] == {}
    assert [entry["start"]["dateTime"][11:16] for entry in fake.calendars["rohan@clinic.example"].values()] == ["11:00"]
    later = actions.reschedule(visit.pk, clinic.at("11:00", TUESDAY + timedelta(days=1)), "Asked", by=clinic.desk)
    for one in (visit, later):
        copy(clinic, one)
    assert list(fake.calendars["rohan@clinic.example"]) == [later.pk.hex]
    actions.cancel(later.pk, "Fever", by=clinic.desk)
    copy(clinic, later)
    copy(clinic, later)
    assert fake.calendars["rohan@clinic.example"] == {}


def test_a_refusal_is_told_to_the_owner_and_a_silence_is_tried_again(clinic: Clinic, fake: Google) -> None:
    linked = actions.link_calendar(clinic.doctor.pk, HERS, by=clinic.owner)
    visit = clinic.booked("10:00")
    fake.answers = [503]
    with pytest.raises(NotNow, match="503"):
        copy(clinic, visit)
    fake.shared.clear()
    copy(clinic, visit)
    with acting_as(clinic.system):
        assert "Share the calendar" in OutsideCalendar.objects.get(pk=linked.pk).trouble
    fake.shared.add(HERS)
    copy(clinic, visit)
    with acting_as(clinic.system):
        assert OutsideCalendar.objects.get(pk=linked.pk).trouble == ""
    assert len(fake.calendars[HERS]) == 1


def test_it_is_off_until_it_is_set_up(clinic: Clinic) -> None:
    with pytest.raises(NotReady, match="no service account"):
        actions.link_calendar(clinic.doctor.pk, HERS, by=clinic.owner)
    copy(clinic, clinic.booked("10:00"))


def test_only_ones_own_calendar_or_by_who_manages_the_schedules(clinic: Clinic, fake: Google) -> None:
    with pytest.raises(NotPermitted):
        actions.link_calendar(clinic.doctor.pk, HERS, by=clinic.desk)
    with pytest.raises(Invalid, match="looks like an e-mail"):
        actions.link_calendar(clinic.doctor.pk, "kavya", by=clinic.owner)
    linked = actions.link_calendar(clinic.doctor.pk, HERS, by=clinic.owner)
    with pytest.raises(Clash):
        actions.link_calendar(clinic.doctor.pk, HERS, by=clinic.owner)
    with pytest.raises(NotPermitted):
        actions.unlink_calendar(linked.pk, by=clinic.desk)
    actions.unlink_calendar(linked.pk, by=clinic.doctor_actor)
    copy(clinic, clinic.booked("10:00"))
    assert fake.calendars == {}
