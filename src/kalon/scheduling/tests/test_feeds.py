"""Calendars to subscribe to: private, revocable, and without names unless they were asked for."""

from dataclasses import replace
from types import MappingProxyType

import pytest
from django.test import Client
from icalendar import Calendar

from kalon.kernel.actors import EVERYWHERE, Actor
from kalon.kernel.audit import AuditEvent
from kalon.kernel.errors import Invalid, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions
from kalon.scheduling.actions.feeds import make_feed, revoke_feed
from kalon.scheduling.models.feeds import CalendarFeed
from kalon.scheduling.tests.clinic import TUESDAY, Clinic, open_clinic

pytestmark = pytest.mark.django_db


def summaries(token: str) -> list[str]:
    answer = Client().get(f"/feeds/{token}.ics")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    return [str(part["SUMMARY"]) for part in calendar.walk() if part.name == "VEVENT"]


def test_a_doctor_sees_their_own_visits_by_initials_or_by_name(clinic: Clinic) -> None:
    clinic.booked("10:00")
    gone = clinic.booked("11:00")
    clinic.booked("10:00", doctor_id=clinic.other_doctor.pk, patient_id=clinic.other_patient.pk)
    actions.cancel(gone.pk, "No", by=clinic.desk)
    token = make_feed(by=clinic.doctor_actor)
    assert summaries(token) == ["AI: First consultation"]
    named = make_feed(detail="NAMES", by=clinic.doctor_actor)
    assert summaries(named) == ["Ananya Iyer: First consultation"]
    assert Client().get(f"/feeds/{token}.ics").status_code == 404  # the one before
    with acting_as(clinic.system):
        reads = AuditEvent.objects.filter(kind="READ", purpose="calendar feed of Dr Kavya Menon").count()
        assert token not in str(list(CalendarFeed.objects.values_list("token_hash", flat=True)))
    assert reads == 2


def test_names_need_the_right_to_read_them_and_go_when_it_goes(clinic: Clinic) -> None:
    clinic.booked("10:00")
    held = frozenset({"scheduling.view"})
    less = replace(clinic.doctor_actor, grants=MappingProxyType({EVERYWHERE: held}))
    with pytest.raises(NotPermitted):
        make_feed(detail="NAMES", by=less)
    with pytest.raises(Invalid):
        make_feed(detail="EVERYTHING", by=clinic.doctor_actor)
    token = make_feed(detail="NAMES", by=clinic.doctor_actor)
    with acting_as(clinic.system):
        clinic.doctor.is_active = False
        clinic.doctor.save()
    assert Client().get(f"/feeds/{token}.ics").status_code == 404


def test_a_patient_sees_where_and_when_and_nobody_elses(clinic: Clinic) -> None:
    clinic.booked("10:00")
    clinic.booked("11:00", patient_id=clinic.other_patient.pk)
    by = clinic.patient_actor()
    token = make_feed(by=by)
    assert summaries(token) == ["Visit at Skinspire SK"]
    revoke_feed(by=by)
    assert Client().get(f"/feeds/{token}.ics").status_code == 404


def test_what_did_not_change_is_not_sent_again(clinic: Clinic) -> None:
    visit = clinic.booked("10:00")
    token = make_feed(by=clinic.doctor_actor)
    first = Client().get(f"/feeds/{token}.ics")
    again = Client().get(f"/feeds/{token}.ics", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    actions.reschedule(visit.pk, clinic.at("11:00", TUESDAY), "A clash", by=clinic.desk)
    later = Client().get(f"/feeds/{token}.ics", headers={"If-None-Match": first["ETag"]})
    assert later.status_code == 200
    assert later["ETag"] != first["ETag"]


def test_a_token_of_another_clinic_or_of_nobody_opens_nothing(clinic: Clinic) -> None:
    other = open_clinic("NS")
    token = make_feed(by=clinic.doctor_actor)
    swapped = make_feed(by=other.doctor_actor)[:21] + token[21:]
    for wrong in (swapped, "x", "a" * 54, token[:-1], token + "a", "é"):
        assert Client().get(f"/feeds/{wrong}.ics").status_code == 404
    with pytest.raises(NotPermitted):
        make_feed(by=clinic.nobody)
    with pytest.raises(NotPermitted):
        make_feed(by=Actor(kind=clinic.system.kind, name="x", organization_id=clinic.organization_id))


def test_it_is_made_and_ended_on_ones_own_page(clinic: Clinic) -> None:
    client = Client()
    client.force_login(clinic.doctor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.post("/calendar-feed", {"make": "1", "detail": "INITIALS"}).content.decode()
    token = page.split("/feeds/")[1].split(".ics")[0]
    assert Client().get(f"/feeds/{token}.ics").status_code == 200
    assert client.post("/calendar-feed", {"make": "1", "detail": "X"}).status_code == 422
    assert token not in client.get("/calendar-feed").content.decode()
    assert client.post("/calendar-feed", {"end": "1"}).status_code == 303
    assert Client().get(f"/feeds/{token}.ics").status_code == 404
