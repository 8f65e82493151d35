"""The paths of the requirements, over HTTP with a bearer token."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kalon.kernel import clock
from kalon.people import actions as people
from kalon.scheduling import actions
from kalon.scheduling.tests.clinic import EIGHT, TUESDAY, Clinic


class Http:
    """A caller of the API."""

    def __init__(self, token: str) -> None:
        self.client = Client(headers={"authorization": f"Bearer {token}"})

    def get(self, path: str, **params: Any) -> Any:
        return self.client.get(f"/api{path}", params)

    def send(self, path: str, body: Any = None, *, verb: str = "post", key: str = "") -> Any:
        headers = {"idempotency-key": key} if key else {}
        send = getattr(self.client, verb)
        return send(f"/api{path}", json.dumps(body or {}), content_type="application/json", headers=headers)


@pytest.fixture
def desk(clinic: Clinic) -> Http:
    return Http(people.issue_own_token("test", by=clinic.desk))


@pytest.fixture
def owner(clinic: Clinic) -> Http:
    return Http(people.issue_own_token("test", by=clinic.owner))


def body(clinic: Clinic, clock_time: str = "10:00", **changes: Any) -> dict[str, Any]:
    return {
        "patient_id": str(clinic.patient.pk),
        "doctor_id": str(clinic.doctor.pk),
        "branch_id": str(clinic.branch.pk),
        "service_id": str(clinic.consult.pk),
        "appointment_date": TUESDAY.isoformat(),
        "start_time": clock_time,
        **changes,
    }


def test_slots_show_both_clocks_and_each_state(clinic: Clinic, desk: Http) -> None:
    clinic.booked("10:00")
    answer = desk.get("/appointments/slots", doctor_id=clinic.doctor.pk, date="2026-11-24", branch_id=clinic.branch.pk)
    slots = {slot["start_time"]: slot for slot in answer.json()}
    assert answer.status_code == 200
    assert len(slots) == 14
    assert (slots["10:00"]["state"], slots["10:30"]["state"]) == ("taken", "free")
    assert slots["10:30"]["start"] == "2026-11-24T05:00:00Z"


def test_a_visit_goes_its_whole_way(clinic: Clinic, owner: Http) -> None:
    booked = owner.send("/appointments/book", body(clinic, type="SURGERY"))
    assert booked.status_code == 201
    visit = booked.json()
    assert (visit["status"], visit["date"], visit["start_time"], visit["start"]) == (
        "CONFIRMED",
        "2026-11-24",
        "10:00",
        "2026-11-24T04:30:00Z",
    )
    with clock.at(EIGHT + timedelta(hours=2)):
        for path, status in (("check-in", "CHECKED_IN"), ("start", "IN_PROGRESS"), ("complete", "COMPLETED")):
            assert owner.send(f"/appointments/{visit['id']}/{path}").json()["status"] == status
    history = owner.get(f"/appointments/{visit['id']}/moves").json()
    assert [step["move"] for step in history] == ["book", "check_in", "start", "complete"]


def test_a_clash_is_a_problem_with_three_alternatives(clinic: Clinic, desk: Http) -> None:
    desk.send("/appointments/book", body(clinic))
    answer = desk.send("/appointments/book", body(clinic, patient_id=str(clinic.other_patient.pk)))
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"], problem["code"]) == (409, "application/problem+json", "clash")
    assert problem["clashes_with"] == "Dr Kavya Menon is taken from 10:00 to 10:30"
    assert len(problem["alternatives"]) == 3
    again = desk.send(
        "/appointments/book",
        body(clinic, start=problem["alternatives"][0]["start"], appointment_date=None, start_time=None),
    )
    assert again.status_code == 201


def test_the_same_request_sent_twice_books_once(clinic: Clinic, desk: Http) -> None:
    first = desk.send("/appointments/book", body(clinic), key="tap-1")
    second = desk.send("/appointments/book", body(clinic), key="tap-1")
    other = desk.send("/appointments/book", body(clinic, "11:00"), key="tap-1")
    assert (first.status_code, second.status_code, other.status_code) == (201, 201, 422)
    assert first.json()["id"] == second.json()["id"]
    assert len(desk.get("/appointments/today").json()) == 1


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"start_time": "25:99"}, 422, "start_time"),
        ({"appointment_date": "2026-02-31"}, 422, "appointment_date"),
        ({"appointment_date": "2026-11-20"}, 422, "start"),
        ({"start_time": None}, 422, "start"),
        ({"start": "0001-01-01T00:00:00+14:00"}, 422, "start"),
        ({"start": "9999-12-31T23:59:59-14:00"}, 422, "start"),
        ({"doctor_id": "me"}, 422, "doctor_id"),
        ({"doctor_id": None}, 422, "doctor_id"),
        ({"chief_complaint": "x" * 10_000}, 422, "chief_complaint"),
        ({"chief_complaint": "a\x00b"}, 422, "chief_complaint"),
        ({"type": "PARTY"}, 422, "type"),
        ({"minutes": 0}, 422, "minutes"),
        ({"patient_id": "01890000-0000-7000-8000-000000000000"}, 404, None),
    ],
)
def test_bad_input_gets_a_sentence_and_books_nothing(
    clinic: Clinic, desk: Http, changes: dict[str, Any], status: int, field: str | None
) -> None:
    answer = desk.send("/appointments/book", body(clinic, **changes))
    problem = answer.json()
    assert (answer.status_code, problem.get("field")) == (status, field)
    assert problem["detail"].endswith(".")
    assert desk.get("/appointments/today").json() == []


def test_wrong_encoding_and_no_json_are_refused_in_words(clinic: Clinic, desk: Http) -> None:
    for raw in (b"\xff\xfe{}", b"not json", b"[]", b'{"patient_id": "\xc3"}'):
        answer = desk.client.post("/api/appointments/book", raw, content_type="application/json")
        assert 400 <= answer.status_code < 500
        assert answer.json()["detail"]


def test_an_amendment_of_a_stale_copy_is_refused(clinic: Clinic, desk: Http) -> None:
    visit = desk.send("/appointments/book", body(clinic)).json()
    path = f"/appointments/{visit['id']}"
    assert desk.send(path, {"chief_complaint": "Scars", "edition": 0}, verb="put").json()["edition"] == 1
    stale = desk.send(path, {"chief_complaint": "Moles", "edition": 0}, verb="put")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert desk.get(path).json()["chief_complaint"] == "Scars"


def test_cancel_and_reschedule_want_a_reason(clinic: Clinic, desk: Http) -> None:
    visit = desk.send("/appointments/book", body(clinic)).json()
    path = f"/appointments/{visit['id']}"
    assert desk.send(f"{path}/cancel", {"reason": " "}).status_code == 422
    moved = desk.send(f"{path}/reschedule", {"start": "2026-11-25T11:00", "reason": "Travels"}).json()
    assert (moved["date"], moved["start_time"], moved["predecessor_id"]) == ("2026-11-25", "11:00", visit["id"])
    assert desk.get(path).json()["status"] == "RESCHEDULED"
    gone = desk.send(f"/appointments/{moved['id']}/cancel", {"reason": "Ill"}).json()
    assert (gone["status"], gone["cancelled_reason"], gone["cancelled_side"]) == ("CANCELLED", "Ill", "PATIENT")


def test_json_says_who_cancels(clinic: Clinic, desk: Http) -> None:
    visits = [desk.send("/appointments/book", body(clinic, at)).json() for at in ("10:00", "11:00")]
    first, second = (f"/appointments/{visit['id']}" for visit in visits)
    assert desk.send(f"{first}/cancel", {"reason": "Ill", "side": "NOBODY"}).status_code == 422
    assert desk.get(first).json()["status"] == "CONFIRMED"
    by_address = desk.send(f"{first}/cancel", {"reason": "The doctor is ill", "side": "CLINIC"}).json()
    by_name = desk.send(f"{second}/moves", {"move": "cancel", "reason": "The doctor is ill", "side": "CLINIC"}).json()
    assert [by_address["cancelled_side"], by_name["cancelled_side"]] == ["CLINIC", "CLINIC"]


def test_the_calendar_has_visits_hours_and_leave(clinic: Clinic, desk: Http) -> None:
    clinic.booked("10:00")
    actions.block(clinic.at("15:00"), clinic.at("16:00"), staff_id=clinic.doctor.pk, by=clinic.owner)
    answer = desk.get(
        "/appointments/calendar", doctor_id=clinic.doctor.pk, start_date="2026-11-23", end_date="2026-11-29"
    ).json()
    assert [visit["start_time"] for visit in answer["appointments"]] == ["10:00"]
    assert (len(answer["hours"]), answer["hours"][0]["start"]) == (6, "2026-11-23T03:30:00Z")
    assert [(off["start"], off["end"]) for off in answer["blocked"]] == [
        ("2026-11-24T09:30:00Z", "2026-11-24T10:30:00Z")
    ]


def test_the_desk_does_not_change_hours(clinic: Clinic, desk: Http) -> None:
    refused = desk.send(
        "/doctor-schedules/block-slots", {"start": "2026-11-24T15:00", "end": "2026-11-24T18:00", "kind": "HOLIDAY"}
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")


def test_days_beyond_the_calendar_are_refused(clinic: Clinic, desk: Http) -> None:
    for day in ("0001-01-01", "9999-12-31"):
        answer = desk.get("/appointments/slots", doctor_id=clinic.doctor.pk, date=day, branch_id=clinic.branch.pk)
        assert (answer.status_code, answer.json()["field"]) == (422, "date")


def test_nobody_reads_without_signing_in(clinic: Clinic) -> None:
    assert Client().get("/api/appointments/today").status_code == 401


def test_another_clinics_visit_is_not_there(clinic: Clinic, desk: Http) -> None:
    from kalon.scheduling.tests.clinic import open_clinic

    there = open_clinic("OT").booked()
    for call in (
        lambda: desk.get(f"/appointments/{there.pk}"),
        lambda: desk.send(f"/appointments/{there.pk}/check-in"),
        lambda: desk.send(f"/appointments/{there.pk}/cancel", {"reason": "mine now"}),
    ):
        assert call().status_code == 404
