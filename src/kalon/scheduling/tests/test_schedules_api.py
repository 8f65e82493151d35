"""Hours, leave and holidays over HTTP, with a bearer token."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.scheduling import actions, queries
from kalon.scheduling.models import TimeOff
from kalon.scheduling.tests.clinic import TUESDAY, Clinic
from kalon.scheduling.tests.test_api import Http

SHORTER = {"day_of_week": 2, "start_time": "09:00", "end_time": "12:00", "slot_duration_minutes": 15}


@pytest.fixture
def desk(clinic: Clinic) -> Http:
    return Http(people.issue_own_token("test", by=clinic.desk))


@pytest.fixture
def owner(clinic: Clinic) -> Http:
    return Http(people.issue_own_token("test", by=clinic.owner))


def of(clinic: Clinic, **more: Any) -> dict[str, Any]:
    return {"staff_id": str(clinic.doctor.pk), "branch_id": str(clinic.branch.pk), **more}


def test_one_address_answers_for_a_person_and_for_a_line(clinic: Clinic, desk: Http) -> None:
    week = desk.get(f"/doctor-schedules/{clinic.doctor.pk}").json()
    assert sorted(line["day_of_week"] for line in week) == [1, 2, 3, 4, 5, 6]  # 0 is Sunday
    tuesday = next(line for line in week if line["day_of_week"] == 2)
    assert desk.get(f"/doctor-schedules/{tuesday['id']}").json() == [tuesday]
    assert desk.get(f"/doctor-schedules/{clinic.patient.pk}").status_code == 404
    with acting_as(clinic.system):
        nurse = people.add_staff("Nurse Tessy", kind="NURSE", by=clinic.system)
    assert desk.get(f"/doctor-schedules/{nurse.pk}").json() == []


def test_a_line_is_changed_after_its_visits_are_answered(clinic: Clinic, owner: Http) -> None:
    visit = clinic.booked("16:00")
    tuesday = next(
        line for line in owner.get(f"/doctor-schedules/{clinic.doctor.pk}").json() if line["day_of_week"] == 2
    )
    path = f"/doctor-schedules/{tuesday['id']}"
    ahead = owner.send(path, {**SHORTER, "dry_run": True}, verb="put").json()
    assert [(one["id"], one["may"]) for one in ahead["visits"]] == [(str(visit.pk), ["keep", "move", "cancel"])]
    refused = owner.send(path, SHORTER, verb="put")
    assert (refused.status_code, refused.json()["code"]) == (409, "visits-outside")
    assert [one["id"] for one in refused.json()["visits"]] == [str(visit.pk)]
    assert owner.get(path).json()[0]["end_time"] == "17:00"
    late = clinic.booked("15:00", patient_id=clinic.other_patient.pk)
    start = ahead["visits"][0]["alternatives"][0]["start"]
    answers = [{"id": str(visit.pk), "do": "move", "start": start, "edition": 0}]
    stale = owner.send(path, {**SHORTER, "visits": answers}, verb="put")
    assert (stale.status_code, stale.json()["code"], len(stale.json()["visits"])) == (409, "visits-changed", 2)
    answers.append({"id": str(late.pk), "do": "cancel", "message": "Not in the afternoon. Please call us."})
    done = owner.send(path, {**SHORTER, "visits": answers}, verb="put")
    assert (done.status_code, done.json()["end_time"]) == (200, "12:00")
    assert owner.get(f"/appointments/{late.pk}").json()["status"] == "CANCELLED"
    assert owner.get(f"/appointments/{visit.pk}").json()["status"] == "RESCHEDULED"


def test_generating_slots_counts_them_and_can_be_repeated(clinic: Clinic, owner: Http) -> None:
    clinic.booked("10:00")
    kept = clinic.booked("18:00", source="WALK_IN", off_schedule_reason="Came from afar")
    actions.block(clinic.at("15:00"), clinic.at("17:00"), staff_id=clinic.doctor.pk, by=clinic.owner)
    asked = of(clinic, start_date="2026-11-24", end_date="2026-11-25")
    first, again = (owner.send("/doctor-schedules/generate-slots", asked).json() for _ in range(2))
    assert first == again
    assert first["counts"] == {"free": 23, "taken": 1, "held": 0, "past": 0, "blocked": 4}
    assert (len(first["slots"]), first["outside"]) == (24, [])
    assert owner.get(f"/appointments/{kept.pk}").json()["status"] == "CONFIRMED"
    for range_ in ({"end_date": "2026-11-23"}, {"end_date": "2027-02-24"}):
        refused = owner.send("/doctor-schedules/generate-slots", {**asked, **range_})
        assert (refused.status_code, refused.json()["field"]) == (422, "end_date")


def test_a_week_from_a_day_on_and_its_copies(clinic: Clinic, owner: Http) -> None:
    hours = [{"day_of_week": day, "start_time": "20:00", "end_time": "02:00"} for day in (0, 6)]
    week = of(clinic, first="2027-01-04", last="2027-01-31", hours=hours)
    assert owner.send("/doctor-schedules/weeks", {**week, "dry_run": True}).json() == {"visits": []}
    made = owner.send("/doctor-schedules/weeks", week).json()
    assert sorted((line["day_of_week"], line["end_time"], line["valid_to"]) for line in made) == [
        (0, "02:00", "2027-01-31"), (6, "02:00", "2027-01-31"),
    ]  # fmt: skip
    copied = owner.send("/doctor-schedules/days/copy", of(clinic, day_of_week=6, to=[3], first="2027-01-04")).json()
    assert [line["day_of_week"] for line in copied] == [3, 6, 0]
    to = {"to_staff_id": str(clinic.other_doctor.pk), "first": "2027-01-04"}
    assert len(owner.send("/doctor-schedules/weeks/copy", of(clinic, **to)).json()) == 3
    overlap = [hours[0], {**hours[0], "start_time": "23:00"}]
    refused = owner.send("/doctor-schedules/weeks", {**week, "hours": overlap})
    assert (refused.status_code, "Sunday 20:00–02:00 and Sunday 23:00–02:00 overlap" in refused.json()["detail"]) == (
        422, True,
    )  # fmt: skip


def test_blocking_and_opening_again(clinic: Clinic, owner: Http) -> None:
    meeting = of(
        clinic, start="2026-11-24T13:00", end="2026-11-24T14:00", until="2026-12-08", kind="MEETING", reason="Team"
    )
    ahead = owner.send("/doctor-schedules/block-slots", {**meeting, "dry_run": True})
    assert (ahead.status_code, ahead.json()) == (200, {"visits": []})
    made = owner.send("/doctor-schedules/block-slots", meeting)
    assert (made.status_code, len(made.json()["all"]), made.json()["start"]) == (201, 3, "2026-11-24T07:30:00Z")
    opened = owner.send(f"/doctor-schedules/block-slots/{made.json()['id']}", verb="delete")
    assert opened.status_code == 200
    with acting_as(clinic.owner):
        assert TimeOff.objects.filter(is_active=True).count() == 2


def test_holidays_and_leave(clinic: Clinic, owner: Http) -> None:
    path = f"/doctor-schedules/holidays/calendar/{clinic.branch.pk}"
    proposed = owner.send(path, {"country": "IN", "subdivision": "KL"}, verb="put").json()
    christmas = next(day for day in proposed if day["date"] == "2026-12-25")
    assert christmas["decision"] == "PROPOSED"
    decided = owner.send(
        "/doctor-schedules/holidays/decide", {"branch_id": str(clinic.branch.pk), "closed": [christmas["id"]]}
    )
    assert [day["decision"] for day in decided.json()] == ["CLOSED"]
    works = owner.send(
        f"/doctor-schedules/holidays/{christmas['id']}/works", {"staff_ids": [str(clinic.doctor.pk)]}, verb="put"
    )
    assert works.json()["works"] == [str(clinic.doctor.pk)]
    month = owner.get("/doctor-schedules/month", branch_id=clinic.branch.pk, date="2026-12-01").json()
    rows = {person["name"]: person["days"][24] for person in month["people"]}
    assert (month["closed"], rows["Dr Kavya Menon"]["hours"], rows["Dr Rohan Shah"]["is_away"]) == (
        {"2026-12-25": "Christmas"}, ["09:00-17:00"], True,
    )  # fmt: skip
    doctor = Http(people.issue_own_token("test", by=clinic.doctor_actor))
    asked = doctor.send("/doctor-schedules/leave-requests", {"first": "2027-01-04", "last": "2027-01-05"})
    assert (asked.status_code, asked.json()["words"]) == (201, "Mon 4 Jan to Tue 5 Jan 2027")
    request = f"/doctor-schedules/leave-requests/{asked.json()['id']}"
    assert doctor.send(f"{request}/approve").status_code == 403
    assert owner.send(f"{request}/approve", {"dry_run": True}).json() == {"visits": []}
    assert owner.send(f"{request}/approve").json()["status"] == "APPROVED"
    assert owner.send(f"{request}/decline", {"answer": "No"}).status_code == 409
    listed = doctor.get("/doctor-schedules/leave-requests").json()["items"]
    assert [(one["status"], one["staff_name"]) for one in listed] == [("APPROVED", "Dr Kavya Menon")]


@pytest.mark.parametrize(
    ("path", "body", "verb"),
    [
        ("", {**SHORTER}, "post"),
        ("/weeks", {"first": "2027-01-04"}, "post"),
        ("/weeks/copy", {"first": "2027-01-04", "to_staff_id": "00000000-0000-7000-8000-000000000001"}, "post"),
        ("/days/copy", {"first": "2027-01-04", "day_of_week": 1, "to": [2]}, "post"),
        ("/block-slots", {"start": "2026-11-24T15:00", "end": "2026-11-24T18:00"}, "post"),
        ("/holidays", {"date": "2026-12-25", "name": "Mine"}, "post"),
        ("/holidays/decide", {"closed": []}, "post"),
    ],
)
def test_the_desk_changes_nothing(clinic: Clinic, desk: Http, path: str, body: dict[str, Any], verb: str) -> None:
    with acting_as(clinic.owner):
        before = queries.schedules_of(clinic.doctor.pk, seen_by=clinic.owner).count()
    refused = desk.send(f"/doctor-schedules{path}", of(clinic, **body), verb=verb)
    assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")
    with acting_as(clinic.owner):
        assert queries.schedules_of(clinic.doctor.pk, seen_by=clinic.owner).count() == before
        assert not TimeOff.objects.exists()


def test_the_lists_take_the_same_statements_for_one_and_for_thirty(clinic: Clinic, owner: Http) -> None:
    def statements(path: str, **params: Any) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert owner.get(path, **params).status_code == 200
        return len(seen)

    asks = [
        ("/doctor-schedules/leave-requests", {}),
        ("/doctor-schedules/holidays", {"branch_id": clinic.branch.pk}),
        ("/doctor-schedules/month", {"branch_id": clinic.branch.pk, "date": "2026-12-01"}),
        (f"/doctor-schedules/{clinic.doctor.pk}", {}),
    ]
    actions.request_leave(TUESDAY, TUESDAY, by=clinic.doctor_actor)
    actions.add_holiday(clinic.branch.pk, TUESDAY, "Day 0", by=clinic.owner)
    for path, params in asks:
        statements(path, **params)
    one = [statements(path, **params) for path, params in asks]
    for n in range(1, 30):
        actions.request_leave(TUESDAY, TUESDAY, by=clinic.doctor_actor)
        actions.add_holiday(clinic.branch.pk, TUESDAY, f"Day {n}", by=clinic.owner)
    assert [statements(path, **params) for path, params in asks] == one
