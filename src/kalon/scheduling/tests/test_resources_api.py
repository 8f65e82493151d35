"""The addresses of the requirements for rooms, people and devices (requirements/4, 4.8.3), over HTTP with a token."""

from datetime import timedelta
from typing import Any

import pytest

from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.people.queries import staff_actor
from kalon.scheduling import actions
from kalon.scheduling.models import Appointment
from kalon.scheduling.tests.clinic import TUESDAY, Clinic
from kalon.scheduling.tests.laser import Laser, open_laser
from kalon.scheduling.tests.test_api import Http

WEB = "/appointments/web"
TEN = {"date": TUESDAY.isoformat(), "start_time": "10:00", "end_time": "11:00"}


@pytest.fixture
def laser(clinic: Clinic) -> Laser:
    return open_laser(clinic)


@pytest.fixture
def desk(clinic: Clinic) -> Http:
    return Http(people.issue_own_token("test", by=clinic.desk))


def session(clinic: Clinic, laser: Laser, clock_time: str = "10:00", **more: Any) -> Any:
    return clinic.booked(clock_time, service_id=laser.session.pk, **more)


def name_of(laser: Laser, room_id: Any) -> str:
    return next(room.name for room in laser.rooms if room.pk == room_id)


def found(answer: Any) -> dict[str, tuple[bool, str]]:
    assert answer.status_code == 200, answer.content
    return {one["name"]: (one["is_available"], one["conflict"]) for one in answer.json()}


def test_rooms_of_a_service_are_free_or_say_what_stands_in_the_way(clinic: Clinic, laser: Laser, desk: Http) -> None:
    visit = session(clinic, laser)
    taken, other = sorted((room.name for room in laser.rooms), key=lambda name: name != name_of(laser, visit.room_id))
    asked = {**TEN, "service_id": laser.session.pk}
    # Ten minutes of preparation before, fifteen of cleaning after: the room is taken from 9:50 until 11:15.
    assert found(desk.get(f"{WEB}/rooms/available", **asked)) == {
        taken: (False, "taken from 09:50 to 11:15"),
        other: (True, ""),
    }
    after = {**asked, "start_time": "11:15", "end_time": "12:15"}
    assert found(desk.get(f"{WEB}/rooms/available", **after))[taken] == (False, "taken from 09:50 to 11:15")
    later = {**asked, "start_time": "11:30", "end_time": "12:30"}
    assert found(desk.get(f"{WEB}/rooms/available", **later))[taken] == (True, "")


def test_rooms_are_asked_for_by_their_type_as_the_requirements_call_it(clinic: Clinic, desk: Http) -> None:
    with acting_as(clinic.system):
        people.add_room(clinic.branch.pk, name="Theatre 1", code="OT1", kind="THEATRE", by=clinic.system)
    for word in ("ot", "OT", "theatre"):
        assert found(desk.get(f"{WEB}/rooms/available", **TEN, room_type=word)) == {"Theatre 1": (True, "")}
    assert found(desk.get(f"{WEB}/rooms/available", **TEN, room_type="treatment")) == {"Laser room": (True, "")}
    assert set(found(desk.get(f"{WEB}/rooms/available", **TEN))) == {"Laser room", "Theatre 1"}
    unknown = desk.get(f"{WEB}/rooms/available", **TEN, room_type="garden")
    assert unknown.status_code == 422
    assert "consultation, " in unknown.json()["detail"]


def test_therapists_are_free_taken_away_or_off_duty(clinic: Clinic, laser: Laser, desk: Http) -> None:
    asha, beena = laser.therapists
    session(clinic, laser, team=(asha.pk,))
    start = clinic.at("12:00")
    actions.block(start, start + timedelta(hours=1), staff_id=beena.pk, kind="MEETING", by=clinic.owner)
    path = f"{WEB}/therapists/available"
    assert found(desk.get(path, **TEN)) == {
        "Asha Pillai": (False, "taken from 09:50 to 11:15"),
        "Beena Roy": (True, ""),
    }
    noon = {**TEN, "start_time": "12:15", "end_time": "12:45"}
    assert found(desk.get(path, **noon))["Beena Roy"] == (False, "away")
    evening = {**TEN, "start_time": "19:00", "end_time": "20:00"}
    assert found(desk.get(path, **evening))["Asha Pillai"] == (False, "no hours then")
    assert found(desk.get(path, **TEN, staff_type="doctor")) == {"Dr Kavya Menon": (False, "taken from 10:00 to 11:00")}
    assert desk.get(path, **TEN, staff_type="gardener").status_code == 422


def test_times_that_pass_midnight_are_asked_about_and_no_time_at_all_is_not(clinic: Clinic, desk: Http) -> None:
    night = {**TEN, "start_time": "23:00", "end_time": "01:00"}
    assert found(desk.get(f"{WEB}/rooms/available", **night)) == {"Laser room": (True, "")}
    clinic.booked("23:30", service_id=clinic.peel.pk, source="WALK_IN", off_schedule_reason="An emergency")
    assert found(desk.get(f"{WEB}/rooms/available", **night))["Laser room"][0] is False
    nothing = desk.get(f"{WEB}/rooms/available", **{**TEN, "end_time": "10:00"})
    assert (nothing.status_code, nothing.json()["code"]) == (422, "invalid")
    for wrong in ({"date": "2026-02-30"}, {"start_time": "25:00"}, {"branch_id": "here"}, {"service_id": "laser"}):
        assert desk.get(f"{WEB}/rooms/available", **{**TEN, **wrong}).status_code == 422, wrong


def test_what_a_service_takes(clinic: Clinic, laser: Laser, desk: Http) -> None:
    needs = desk.get(f"{WEB}/service/{laser.session.pk}/requirements").json()
    assert needs == {
        "service_id": str(laser.session.pk),
        "duration_minutes": 60,
        "requires_room": True,
        "room_type": "laser",
        "room_features": [],
        "requires_doctor": True,
        "requires_therapist": True,
        "requires_nurse": False,
        "staff": [{"kind": "THERAPIST", "count": 1}],
        "equipment": [{"kind": "LASER_ND_YAG", "count": 1}],
        "preparation_time_minutes": 10,
        "cleanup_time_minutes": 15,
        "special_requirements": [],
        "notes": "",
    }
    with acting_as(clinic.system):
        laser.session.room_kind = "THEATRE"
        laser.session.save(update_fields=["room_kind"])
    assert desk.get(f"{WEB}/service/{laser.session.pk}/requirements").json()["room_type"] == "ot"
    assert desk.get(f"{WEB}/service/{clinic.patient.pk}/requirements").status_code == 404


def test_a_room_and_a_therapist_are_given_and_the_request_is_approved(clinic: Clinic, laser: Laser, desk: Http) -> None:
    asked = actions.book(clinic.wish("10:00", service_id=laser.session.pk), by=clinic.patient_actor())
    assert asked.status == "REQUESTED"
    room, therapist = laser.rooms[1], laser.therapists[1]
    path = f"{WEB}/appointment/{asked.pk}/allocate-resources"
    body = {"room_id": str(room.pk), "therapist_id": str(therapist.pk)}
    kept = desk.send(path, body).json()
    assert (kept["status"], kept["room_id"], kept["team"]) == ("REQUESTED", str(room.pk), [str(therapist.pk)])
    answered = desk.send(path, {**body, "approve": True}).json()
    assert (answered["status"], answered["room_id"]) == ("CONFIRMED", str(room.pk))


def test_all_of_it_is_given_or_nothing(clinic: Clinic, laser: Laser, desk: Http) -> None:
    first = session(clinic, laser)
    second = clinic.booked("10:00", doctor_id=clinic.other_doctor.pk, patient_id=clinic.other_patient.pk)
    path = f"{WEB}/appointment/{second.pk}/allocate-resources"
    free_room = next(room for room in laser.rooms if room.pk != first.room_id)
    refused = desk.send(path, {"room_id": str(free_room.pk), "therapist_id": str(first.team[0])})
    assert (refused.status_code, refused.json()["code"]) == (409, "clash")
    with acting_as(clinic.system):
        now = Appointment.objects.get(pk=second.pk)
        assert (now.room_id, now.team) == (None, [])
    assert desk.send(path, {"room_id": str(clinic.patient.pk)}).status_code in (404, 422)
    # A visit that is confirmed cannot be approved again: then the room is not given either.
    twice = desk.send(path, {"room_id": str(free_room.pk), "approve": True})
    assert (twice.status_code, twice.json()["code"]) == (409, "illegal-move")
    with acting_as(clinic.system):
        assert Appointment.objects.get(pk=second.pk).room_id is None


def test_who_has_no_right_sees_and_gives_nothing(clinic: Clinic, laser: Laser) -> None:
    visit = session(clinic, laser)
    with acting_as(clinic.system):
        keeper = people.add_staff(
            "Store Keeper", kind="OTHER", email="stores@sk.example.org", roles={None: ["inventory"]}, by=clinic.system
        )
    stores = Http(people.issue_own_token("test", by=staff_actor(keeper.user)))  # type: ignore[arg-type]
    patient = Http(people.issue_own_token("test", by=clinic.patient_actor()))  # theirs is /api/patient
    give = f"{WEB}/appointment/{visit.pk}/allocate-resources"
    for asker in (Http("nobody's"), patient):
        assert asker.get(f"{WEB}/rooms/available", **TEN).status_code == 401
        assert asker.get(f"{WEB}/therapists/available", **TEN).status_code == 401
        assert asker.get(f"{WEB}/service/{laser.session.pk}/requirements").status_code == 401
        assert asker.send(give, {"room_id": str(laser.rooms[0].pk)}).status_code == 401
    refused = stores.send(give, {"room_id": str(laser.rooms[1].pk)})
    assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")
    with acting_as(clinic.system):
        assert Appointment.objects.get(pk=visit.pk).edition == visit.edition
