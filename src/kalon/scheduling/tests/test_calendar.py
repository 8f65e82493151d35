"""The calendar: what its feed says and costs, what is moved on it, what is blocked on it, and who may not."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.kernel import clock
from kalon.kernel.audit import AuditEvent
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.scheduling import actions
from kalon.scheduling.models import Allocation, Appointment, TimeOff
from kalon.scheduling.tests.clinic import EIGHT, TUESDAY, Clinic, _patient
from kalon.scheduling.tests.laser import open_laser
from kalon.scheduling.tests.test_pages import signed_in

FEED = "/appointments/calendar/events"


@pytest.fixture
def desk(clinic: Clinic) -> Client:
    return signed_in(clinic.desk)


def fed(client: Client, search: str = "", **headers: str) -> Any:
    answer = client.get(f"{FEED}?date={TUESDAY}&{search}", headers=headers)
    assert answer.status_code == 200, answer.content
    return answer.json()


def stored(clinic: Clinic, visit: Any) -> Appointment:
    with acting_as(clinic.system):
        return Appointment.objects.select_related("branch").get(pk=visit.pk)


def reads(clinic: Clinic) -> int:
    with acting_as(clinic.system):
        return AuditEvent.objects.filter(kind="READ", purpose="calendar").count()


# -- what the feed says


def test_the_feed_speaks_the_clock_on_the_wall(clinic: Clinic, desk: Client) -> None:
    visit = clinic.booked("10:00", service_id=clinic.peel.pk)
    answer = desk.get(f"{FEED}?date={TUESDAY}")
    facts = answer.json()
    drawn = facts["visits"][0]
    assert (drawn["start"], drawn["end"]) == ("2026-11-24T10:00", "2026-11-24T11:00")
    assert drawn["resources"][:2] == [str(clinic.doctor.pk), str(clinic.room.pk)]
    assert (drawn["name"], drawn["word"], drawn["icon"]) == ("Ananya Iyer", "Expected", "clock")
    assert drawn["id"] == str(visit.pk)
    assert drawn["movable"]
    assert (answer["X-Wall-Clock"], answer["X-Wall-Offset"]) == ("2026-11-24T08:00", "+05:30")
    assert (facts["from"], facts["until"]) == (9, 19)


def test_columns_are_people_then_rooms_with_what_is_booked_of_them(clinic: Clinic, desk: Client) -> None:
    clinic.booked("10:00", service_id=clinic.peel.pk)
    columns = fed(desk)["columns"]
    assert [column["title"] for column in columns] == ["Dr Kavya Menon", "Dr Rohan Shah", "Laser room"]
    assert [column["load"] for column in columns] == [12, 0, 10]  # of 8 hours, of the branch's 10
    assert [column["title"] for column in fed(desk, "columns=rooms")["columns"]] == ["Laser room"]
    sunday = desk.get(f"{FEED}?date=2026-11-29&columns=doctors").json()
    assert sunday["columns"] == [], "nobody has hours on a Sunday"
    chosen = fed(desk, f"doctor={clinic.other_doctor.pk}&doctor=nonsense")
    assert [column["title"] for column in chosen["columns"]] == ["Dr Rohan Shah"]
    assert chosen["visits"] == []


def test_hours_breaks_and_leave_are_told(clinic: Clinic, desk: Client) -> None:
    start, end = clinic.at("15:00"), clinic.at("16:00")
    actions.block(start, end, staff_id=clinic.doctor.pk, kind="MEETING", reason="Teaching", by=clinic.owner)
    facts = fed(desk, f"doctor={clinic.doctor.pk}")
    closed = [(gap["start"][11:], gap["end"][11:]) for gap in facts["closed"]]
    assert closed == [("00:00", "09:00"), ("17:00", "00:00")]
    mine = [pause for pause in facts["pauses"] if pause["column"] == str(clinic.doctor.pk)]
    assert [(pause["word"], pause["start"][11:]) for pause in mine] == [("Break", "13:00"), ("Teaching", "15:00")]
    assert all("id" not in pause for pause in mine), "the desk may not open blocked times"
    assert any("id" in pause for pause in fed(signed_in(clinic.owner))["pauses"])


def test_filters_by_kind_and_state(clinic: Clinic, desk: Client) -> None:
    clinic.booked("10:00")
    gone = clinic.booked("11:00", patient_id=clinic.other_patient.pk, kind="EMERGENCY")
    assert len(fed(desk)["visits"]) == 2
    assert [visit["kind"] for visit in fed(desk, "kind=EMERGENCY")["visits"]] == ["EMERGENCY"]
    actions.cancel(gone.pk, "Feels better", by=clinic.desk)
    assert len(fed(desk)["visits"]) == 1
    facts = fed(desk, "status=cancelled")
    assert [visit["id"] for visit in facts["visits"]] == [str(gone.pk)]
    assert (facts["counts"]["booked"], facts["counts"]["expected"]) == (1, 1), "the counts know no filter"


def test_a_week_begins_on_monday_and_a_month_with_its_first_week(desk: Client) -> None:
    week = fed(desk, "view=week")
    assert (week["first"], week["last"]) == ("2026-11-23", "2026-11-29")
    month = fed(desk, "view=month")
    assert (month["first"], month["last"]) == ("2026-10-26", "2026-12-06")


def test_a_time_somebody_holds_is_drawn_until_it_runs_out(clinic: Clinic, desk: Client) -> None:
    actions.hold(clinic.wish("10:00"), by=clinic.owner)
    held = fed(desk)["holds"]
    assert [(hold["column"], hold["start"][11:], hold["mine"]) for hold in held] == [
        (str(clinic.doctor.pk), "10:00", False)
    ]
    with clock.at(EIGHT + timedelta(minutes=6)):
        assert fed(desk)["holds"] == []


def test_initials_alone_leave_the_house_when_names_are_hidden(clinic: Clinic, desk: Client) -> None:
    clinic.booked("10:00")
    desk.post("/day/names", {"next": "/appointments/calendar?view=week"})
    page = desk.get(f"{FEED}?date={TUESDAY}").content.decode()
    assert "A. I." in page
    assert "Ananya" not in page
    assert clinic.patient.mrn not in page
    pane = desk.get(f"/appointments/{clinic.booked('11:00').pk}/calendar").content.decode()
    assert "Ananya" not in pane


def test_a_session_stands_with_its_team_and_its_minutes_around(clinic: Clinic, desk: Client) -> None:
    laser = open_laser(clinic)
    visit = clinic.booked("10:00", service_id=laser.session.pk)
    facts = fed(desk, "view=timeline")
    drawn = next(one for one in facts["visits"] if one["id"] == str(visit.pk))
    assert (drawn["before"], drawn["after"]) == (10, 15)
    columns = {column["id"]: column for column in facts["columns"]}
    assert [columns[pk]["kind"] for pk in drawn["resources"]] == ["person", "room", "person", "device"]
    assert columns[str(laser.device.pk)]["buffer"] == 30
    assert "device" not in [column["kind"] for column in fed(desk)["columns"]], "devices have lines, not columns"
    for path in (f"/appointments/{visit.pk}/calendar", f"/appointments/{visit.pk}"):
        page = desk.get(path).content.decode()
        assert "Nd:YAG 0" in page
        assert any(therapist.name in page for therapist in laser.therapists)


def test_a_visit_over_midnight_stands_on_both_days(clinic: Clinic, desk: Client) -> None:
    clinic.booked("23:30", kind="EMERGENCY", minutes=60)
    for day in ("2026-11-24", "2026-11-25"):
        facts = desk.get(f"{FEED}?date={day}").json()
        assert [visit["start"] for visit in facts["visits"]] == ["2026-11-24T23:30"], day
        assert (facts["from"], facts["until"]) == (0, 24)


def test_each_branch_has_its_own_clock_also_when_it_is_put_back(clinic: Clinic) -> None:
    with acting_as(clinic.system):
        branch = people.add_branch(name="New York", code="NYC", timezone="America/New_York", by=clinic.system)
    sunday = date(2026, 11, 1)  # at two the clocks of New York go back to one
    with clock.at(EIGHT - timedelta(days=30)):
        wish = clinic.wish("09:00", day=sunday, branch_id=branch.pk, kind="EMERGENCY")
        actions.book(wish, by=clinic.owner)
        answer = signed_in(clinic.owner).get(f"{FEED}?date={sunday}&branch={branch.pk}")
    assert answer.json()["visits"][0]["start"] == "2026-11-01T09:00"
    assert answer["X-Wall-Offset"] == "-04:00"
    room_hours = [(gap["start"], gap["end"]) for gap in answer.json()["closed"]]
    assert ("2026-11-01T00:00", "2026-11-02T00:00") in room_hours, "nobody has hours there"


@pytest.mark.parametrize(
    "search", ["date=31-31-31", "date=0001-01-01", "view=year", "branch=x", "kind=<b>", "status=%00"]
)
def test_an_address_that_makes_no_sense_is_read_forgivingly(desk: Client, search: str) -> None:
    assert desk.get(f"{FEED}?{search}").status_code == 200
    assert desk.get(f"/appointments/calendar?{search}").status_code == 200


# -- what it costs, and what it leaves in the log


def test_the_feed_takes_the_same_statements_for_1_and_30_visits(clinic: Clinic, desk: Client) -> None:
    clinic.booked("09:00", service_id=clinic.review.pk)
    desk.get(f"{FEED}?date={TUESDAY}")
    with CaptureQueriesContext(connection) as one:
        fed(desk)
    with acting_as(clinic.system):
        patients = [_patient(clinic.system, f"SK-0005{n:02d}", f"Given{n} Family{n}") for n in range(29)]
    for n, patient in enumerate(patients):
        hour, quarter = divmod(n + 1, 4)
        clinic.booked(
            f"{9 + hour:02d}:{quarter * 15:02d}",
            patient_id=patient.pk,
            service_id=clinic.review.pk,
            kind="EMERGENCY",
            doctor_id=(clinic.doctor if n % 2 else clinic.other_doctor).pk,
        )
    with CaptureQueriesContext(connection) as thirty:
        assert len(fed(desk)["visits"]) == 30
    assert len(thirty) == len(one)
    about_visits = [query["sql"] for query in thirty if 'FROM "scheduling_appointment"' in query["sql"]]
    assert len(about_visits) == 1


def test_reading_names_is_logged_once_for_what_did_not_change(clinic: Clinic, desk: Client) -> None:
    clinic.booked("10:00")
    first = desk.get(f"{FEED}?date={TUESDAY}")
    assert reads(clinic) == 1
    again = desk.get(f"{FEED}?date={TUESDAY}", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert not again.content
    assert reads(clinic) == 1
    clinic.booked("11:00")
    assert desk.get(f"{FEED}?date={TUESDAY}", headers={"If-None-Match": first["ETag"]}).status_code == 200
    assert reads(clinic) == 2, "the new visit; the other one was on this screen already"


def test_a_screen_that_refreshes_logs_who_is_on_it_once_a_quarter_of_an_hour(clinic: Clinic, desk: Client) -> None:
    clinic.booked("10:00")
    clinic.booked("11:00", patient_id=clinic.other_patient.pk)
    for _ in range(3):
        fed(desk)
    assert reads(clinic) == 2
    with clock.at(EIGHT + timedelta(minutes=14)):
        fed(desk, "view=week")
        assert reads(clinic) == 2
    with clock.at(EIGHT + timedelta(minutes=16)):
        fed(desk)
    assert reads(clinic) == 4


def test_a_first_sight_is_always_logged(clinic: Clinic, desk: Client) -> None:
    clinic.booked("10:00")
    fed(desk)
    fed(signed_in(clinic.owner))  # somebody else
    assert reads(clinic) == 2
    elsewhere = desk.get(f"{FEED}?date={TUESDAY}", REMOTE_ADDR="10.9.8.7")  # the same person at another machine
    assert (elsewhere.status_code, reads(clinic)) == (200, 3)
    desk.get(f"/day?date={TUESDAY}")  # another screen
    with acting_as(clinic.system):
        assert AuditEvent.objects.filter(kind="READ", purpose="day view").count() == 1


def test_initials_are_no_sight_of_the_name(clinic: Clinic, desk: Client) -> None:
    clinic.booked("10:00")
    desk.cookies["hide_names"] = "1"
    fed(desk)
    assert reads(clinic) == 0
    del desk.cookies["hide_names"]
    fed(desk)
    assert reads(clinic) == 1
    with acting_as(clinic.system):
        told = AuditEvent.objects.filter(kind="READ").values_list("purpose", "facts")
        assert sorted(told) == [
            ("calendar", {"screen_minutes": 15}),
            ("calendar, initials only", {"screen_minutes": 15}),
        ]


# -- moving


def test_a_kept_time_is_moved_to_or_given_back(clinic: Clinic, desk: Client) -> None:
    visit = clinic.booked("10:00")
    kept = desk.post(f"/appointments/{visit.pk}/calendar/hold", {"start": "2026-11-24T15:00"}).json()
    assert kept["told"] == "Moved to 15:00"
    assert kept["resources"] == [str(clinic.doctor.pk)]
    assert stored(clinic, visit).local_start.hour == 10
    assert desk.post(f"/appointments/calendar/release/{kept['hold']}").status_code == 204
    with acting_as(clinic.system):
        assert not Allocation.objects.filter(hold_id=kept["hold"], is_live=True).exists()
    kept = desk.post(f"/appointments/{visit.pk}/calendar/hold", {"start": "2026-11-24T15:00"}).json()
    moved = desk.post(
        f"/appointments/{visit.pk}/calendar/move",
        {"start": "2026-11-24T15:00", "hold": kept["hold"], "minutes": 45, "doctor": str(clinic.other_doctor.pk)},
    )
    assert moved.json()["visit"] == str(visit.pk)
    after = stored(clinic, visit)
    assert (after.local_start.hour, after.doctor_id) == (15, clinic.other_doctor.pk)
    assert after.period.upper - after.period.lower == timedelta(minutes=45)


def test_another_day_makes_a_successor(clinic: Clinic, desk: Client) -> None:
    visit = clinic.booked("10:00")
    asked = {"start": "2026-11-25T10:00", "reason": "The patient asked for it"}
    assert desk.post(f"/appointments/{visit.pk}/calendar/hold", asked).json()["told"] == "Moved to Wed 25 Nov, 10:00"
    successor = desk.post(f"/appointments/{visit.pk}/calendar/move", asked).json()["visit"]
    assert successor != str(visit.pk)
    assert stored(clinic, visit).status == "RESCHEDULED"


def test_a_taken_time_is_refused_with_three_free_ones(clinic: Clinic, desk: Client) -> None:
    visit = clinic.booked("10:00")
    clinic.booked("15:00", patient_id=clinic.other_patient.pk)
    for way in ("hold", "move"):
        answer = desk.post(f"/appointments/{visit.pk}/calendar/{way}", {"start": "2026-11-24T15:00"})
        assert answer.status_code == 409, way
        problem = answer.json()
        assert "taken from 15:00 to 15:30" in problem["detail"]
        assert len(problem["alternatives"]) == 3
        assert problem["alternatives"][0]["local_start"] == "2026-11-24T15:30"
    assert stored(clinic, visit).local_start.hour == 10


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({}, "Choose a day and a time."),
        ({"start": "tomorrow"}, "Write the time as 2026-11-24T15:00."),
        ({"start": "2026-11-24T15:00", "minutes": "2"}, "A visit lasts at least 5 minutes."),
        ({"start": "2026-11-24T15:00", "minutes": "99999"}, "A visit lasts up to a day."),
        ({"start": "2020-11-24T15:00"}, "This time is past."),
        ({"start": "0001-01-01T00:00"}, "Choose a day between 1970 and 2199."),
        ({"start": "2026-11-24T15:00", "doctor": "00000000-0000-7000-8000-000000000000"}, "no such member of staff"),
    ],
)
def test_bad_targets_get_a_sentence(clinic: Clinic, desk: Client, asked: dict[str, str], sentence: str) -> None:
    visit = clinic.booked("10:00")
    answer = desk.post(f"/appointments/{visit.pk}/calendar/move", asked)
    assert answer.status_code in (404, 422)
    assert answer["Content-Type"].startswith("application/problem+json")
    assert sentence in answer.json()["detail"]
    assert stored(clinic, visit).local_start.hour == 10


def test_who_may_not_move_sees_why_and_moves_nothing(clinic: Clinic, desk: Client) -> None:
    visit = clinic.booked("10:00")
    with clock.at(EIGHT + timedelta(hours=1)):
        actions.check_in(visit.pk, by=clinic.desk)
        pane = desk.get(f"/appointments/{visit.pk}/calendar").content.decode()
        assert "The visit is arrived and stays where it is." in pane
        answer = desk.post(f"/appointments/{visit.pk}/calendar/move", {"start": "2026-11-24T15:00"})
    assert answer.status_code == 409
    assert stored(clinic, visit).local_start.hour == 10
    stranger = Client()
    assert stranger.get(f"{FEED}?date={TUESDAY}").status_code in (302, 401)
    assert stranger.post(f"/appointments/{visit.pk}/calendar/move", {"start": "2026-11-24T15:00"}).status_code != 200
    patient = signed_in(clinic.patient_actor())
    for path in (f"{FEED}?date={TUESDAY}", "/appointments/calendar", f"/appointments/{visit.pk}/calendar"):
        assert patient.get(path).status_code in (302, 403), path
    kept = patient.post(f"/appointments/{visit.pk}/calendar/hold", {"start": "2026-11-24T15:00"})
    assert kept.status_code in (302, 403)
    with acting_as(clinic.system):
        assert not Allocation.objects.filter(appointment=None).exists()


# -- blocking


def test_a_time_is_blocked_after_its_visits_were_shown(clinic: Clinic, desk: Client) -> None:
    visit = clinic.booked("10:00")
    owner = signed_in(clinic.owner)
    address = f"/appointments/calendar/block?doctor={clinic.doctor.pk}&start=2026-11-24T10:00&end=2026-11-24T11:00"
    form = owner.get(address).content.decode()
    assert 'value="10:00"' in form
    assert "Dr Kavya Menon" in form
    typed = {"date": "2026-11-24", "starts_at": "10:00", "last": "2026-11-24", "ends_at": "11:00", "kind": "MEETING"}
    shown = owner.post(address, typed)
    assert shown.status_code == 422
    assert "Ananya Iyer" in shown.content.decode()
    assert not any(pause["kind"] == "MEETING" for pause in fed(owner)["pauses"])
    done = owner.post(address, {**typed, f"visit-{visit.pk}": "keep", f"edition-{visit.pk}": "0"})
    assert done.status_code == 204
    assert "calendar-close" in done["HX-Trigger"]
    blocked = next(pause for pause in fed(owner)["pauses"] if pause["kind"] == "MEETING")
    assert desk.post(address, typed).status_code == 403
    assert desk.post(f"/appointments/calendar/block/{blocked['id']}/open").status_code == 403
    with acting_as(clinic.system):
        assert TimeOff.objects.filter(is_active=True).count() == 1
    assert owner.post(f"/appointments/calendar/block/{blocked['id']}/open").status_code == 204
    with acting_as(clinic.system):
        assert TimeOff.objects.filter(is_active=True).count() == 0


def test_a_room_is_closed_for_its_upkeep_and_nobody_else_is(clinic: Clinic) -> None:
    owner = signed_in(clinic.owner)
    address = f"/appointments/calendar/block?room={clinic.room.pk}"
    typed = {"date": "2026-11-24", "starts_at": "12:00", "last": "2026-11-24", "ends_at": "14:00", "kind": "CLEANING"}
    assert "Laser room" in owner.get(address).content.decode()
    assert owner.post(address, typed).status_code == 204
    closed = [pause for pause in fed(owner)["pauses"] if pause["kind"] == "CLEANING"]
    assert [(pause["column"], pause["word"]) for pause in closed] == [(str(clinic.room.pk), "Deep cleaning")]


def test_an_end_before_the_beginning_blocks_nothing(clinic: Clinic) -> None:
    owner = signed_in(clinic.owner)
    address = f"/appointments/calendar/block?doctor={clinic.doctor.pk}"
    typed = {"date": "2026-11-24", "starts_at": "12:00", "last": "2026-11-24", "ends_at": "11:00", "kind": "LEAVE"}
    answer = owner.post(address, typed)
    assert answer.status_code == 422
    assert "The end comes after the beginning." in answer.content.decode()


# -- the page


def test_the_page_keeps_its_filters_and_leads_to_the_booking(clinic: Clinic, desk: Client) -> None:
    page = desk.get(f"/appointments/calendar?view=week&doctor={clinic.doctor.pk}&status=arrived").content.decode()
    assert f'value="{clinic.doctor.pk}" checked' in page
    assert 'value="arrived" checked' in page
    assert 'data-view="week" data-shortcut="w" aria-current="true"' in page
    there = desk.get(f"/appointments/calendar/book?doctor={clinic.doctor.pk}&start=2026-11-24T15:00")
    assert there.status_code == 302
    assert "start=2026-11-24T09%3A30Z" in there["Location"]
    assert f"with={clinic.doctor.pk}" in there["Location"]
