"""The pages of hours: the editor, the question about visits, leave, holidays, the month, and who may open them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.scheduling import actions, queries
from kalon.scheduling.models import Appointment, Holiday, LeaveRequest, TimeOff
from kalon.scheduling.tests.clinic import TUESDAY, Clinic
from kalon.scheduling.tests.test_pages import signed_in

MONDAY = TUESDAY + timedelta(days=6)


@pytest.fixture
def owner(clinic: Clinic) -> Client:
    return signed_in(clinic.owner)


def week(clinic: Clinic, *rows: tuple[int, str, str], first: str = "2026-11-24", **more: str) -> dict[str, str]:
    """A week as the editor sends it."""
    typed = {"rows": str(len(rows)), "first": first, "last": "", **more}
    for n, (day, start, end) in enumerate(rows):
        typed |= {
            f"h{n}-weekday": str(day), f"h{n}-starts_at": start, f"h{n}-ends_at": end, f"h{n}-slot_minutes": "30",
            f"h{n}-capacity": "1",
        }  # fmt: skip
    return typed


def editor(clinic: Clinic) -> str:
    return f"/doctor-schedules/week?staff={clinic.doctor.pk}&branch={clinic.branch.pk}"


def lines(clinic: Clinic, staff: Any = None) -> list[str]:
    with acting_as(clinic.owner):
        found = queries.week_of((staff or clinic.doctor).pk, clinic.branch.pk, MONDAY, seen_by=clinic.owner)
        return [f"{line.weekday} {line.starts_at:%H:%M}–{line.ends_at:%H:%M}" for line in found]


def test_the_editor_adds_copies_and_removes_without_saving(clinic: Clinic, owner: Client) -> None:
    address = editor(clinic)
    typed = week(clinic, (0, "09:00", "12:00"))
    added = owner.post(address, {**typed, "do": "add:0"}).content.decode()
    assert 'name="h1-starts_at" value="14:00"' in added
    copied = owner.post(address, {**typed, "do": "copy:0", "copy-0": "weekdays"}).content.decode()
    assert 'name="rows" value="5"' in copied
    assert len(re.findall(r'name="h\d-ends_at" value="12:00"', copied)) == 5
    emptied = owner.post(address, {**typed, "do": "remove:0"}).content.decode()
    assert 'name="rows" value="0"' in emptied
    for odd in ("remove:99", "add:9", "copy:x", "nonsense", "add:"):
        assert owner.post(address, {**typed, "do": odd}).status_code == 200
    assert len(lines(clinic)) == 6


def test_the_week_is_saved_from_a_day_on(clinic: Clinic, owner: Client) -> None:
    typed = week(clinic, (0, "09:00", "12:00"), (5, "20:00", "02:00"), first="2026-11-30")
    typed |= {"h0-break_0_from": "10:00", "h0-break_0_to": "10:30"}
    saved = owner.post(editor(clinic), {**typed, "do": "save"})
    assert (saved.status_code, "on=2026-11-30" in saved["Location"]) == (303, True)
    assert lines(clinic) == ["0 09:00–12:00", "5 20:00–02:00"]
    page = owner.get(saved["Location"]).content.decode()
    assert "break 10:00–10:30" in page and "until the next day" in page
    assert "From Mon 30 Nov" in page and "until further notice" in page


def test_what_is_wrong_is_said_and_what_was_typed_stays(clinic: Clinic, owner: Client) -> None:
    typed = week(clinic, (0, "09:00", "13:00"), (0, "12:00", "15:00"))
    refused = owner.post(editor(clinic), {**typed, "do": "save"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Monday 09:00–13:00 and Monday 12:00–15:00 overlap" in page
    assert 'name="h1-starts_at" value="12:00"' in page
    half = owner.post(editor(clinic), {**week(clinic, (0, "09:00", "")), "do": "save"})
    assert half.status_code == 422
    lonely = {**week(clinic, (0, "09:00", "12:00")), "h0-break_0_from": "10:00", "do": "save"}
    assert "A break has a beginning and an end." in owner.post(editor(clinic), lonely).content.decode()
    assert len(lines(clinic)) == 6


def test_the_page_asks_about_each_visit_and_carries_out_the_answers(clinic: Clinic, owner: Client) -> None:
    first = clinic.booked("14:00")
    second = clinic.booked("15:00", patient_id=clinic.other_patient.pk)
    typed = {**week(clinic, *[(day, "09:00", "12:00") for day in range(5)]), "do": "save"}
    asked = owner.post(editor(clinic), typed)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "2 visits would lie outside" in page and "Ananya Iyer" in page and "Arjun Rao" in page
    offered = re.findall(rf'name="visit-{first.pk}" value="(move@[^"]+)"', page)
    assert len(offered) == 3
    others = re.findall(rf'name="visit-{second.pk}" value="(move@[^"]+)"', page)
    assert not set(offered) & set(others)  # no time is offered to two of them
    all_moved = owner.post(editor(clinic), {**typed, "for_all": "move"}).content.decode()
    assert f'value="{offered[0]}" checked' in all_moved
    assert len(lines(clinic)) == 6
    answers = {
        f"visit-{first.pk}": offered[0], f"edition-{first.pk}": "0",
        f"visit-{second.pk}": "cancel", f"edition-{second.pk}": "0", "message": "Please call us for another time.",
    }  # fmt: skip
    assert owner.post(editor(clinic), {**typed, **answers}).status_code == 303
    with acting_as(clinic.owner):
        first, second = (Appointment.objects.get(pk=one.pk) for one in (first, second))
    assert (first.status, second.status, second.cancelled_reason) == (
        "RESCHEDULED", "CANCELLED", "Please call us for another time.",
    )  # fmt: skip


def test_a_booking_meanwhile_is_shown_and_what_was_answered_stays_ticked(clinic: Clinic, owner: Client) -> None:
    seen = clinic.booked("14:00")
    typed = {**week(clinic, *[(day, "09:00", "12:00") for day in range(5)]), "do": "save"}
    owner.post(editor(clinic), typed)
    clinic.booked("15:00", patient_id=clinic.other_patient.pk)
    answers = {f"visit-{seen.pk}": "cancel", f"edition-{seen.pk}": "0", "message": "Sorry, call us"}
    page = owner.post(editor(clinic), {**typed, **answers}).content.decode()
    assert "booked or changed after you looked" in page and "Arjun Rao" in page and "Sorry, call us" in page
    assert re.search(rf'name="visit-{seen.pk}" value="cancel" checked', page)
    assert len(lines(clinic)) == 6


@pytest.mark.parametrize("value", ["", "nonsense", "move@", "move@yesterday", "keep@"])
def test_an_answer_that_cannot_be_read_is_asked_again(clinic: Clinic, owner: Client, value: str) -> None:
    visit = clinic.booked("14:00")
    typed = {**week(clinic, (0, "09:00", "12:00")), "do": "save", f"visit-{visit.pk}": value, "visit-x": "keep"}
    refused = owner.post(editor(clinic), typed)
    assert refused.status_code == 422
    assert len(lines(clinic)) == 6


def test_copying_a_week_to_a_nurse(clinic: Clinic, owner: Client) -> None:
    with acting_as(clinic.system):
        nurse = people.add_staff("Nurse Tessy", kind="NURSE", by=clinic.system)
    address = f"/doctor-schedules/copy?staff={clinic.doctor.pk}&branch={clinic.branch.pk}"
    assert "Nurse Tessy" in owner.get(address).content.decode()
    done = owner.post(address, {"to": str(nurse.pk), "first": "2026-11-24", "last": ""})
    assert done.status_code == 303
    assert lines(clinic, nurse) == lines(clinic)


def test_a_room_is_closed_and_opened_on_the_page(clinic: Clinic, owner: Client) -> None:
    typed = {
        "who": f"room:{clinic.room.pk}", "kind": "CLEANING", "first": "2026-11-24", "last": "2026-11-24",
        "starts_at": "13:00", "ends_at": "14:00", "until": "2026-12-08", "reason": "Filters",
    }  # fmt: skip
    assert owner.post("/doctor-schedules/time-off", typed).status_code == 303
    page = owner.get("/doctor-schedules/time-off").content.decode()
    assert page.count("Laser room</b>") == 3 and "every week" in page
    with acting_as(clinic.owner):
        first = queries.time_off(seen_by=clinic.owner)[0]
    assert owner.post(f"/doctor-schedules/time-off/{first.pk}/end", {"all": "1", "next": "//evil"}).status_code == 303
    with acting_as(clinic.owner):
        assert not TimeOff.objects.filter(is_active=True).exists()
    wrong = owner.post("/doctor-schedules/time-off", {**typed, "kind": "LEAVE", "last": "2026-11-23"})
    assert "The last day comes after the first." in wrong.content.decode()


def test_holidays_are_proposed_ticked_and_worked_on(clinic: Clinic, owner: Client) -> None:
    asked = {"country": "IN", "subdivision": "KL", "categories": "public"}
    assert owner.post("/doctor-schedules/holidays/calendar", asked).status_code == 303
    page = owner.get("/doctor-schedules/holidays").content.decode()
    assert "to decide" in page and "Onam" in page and "Christmas" in page
    with acting_as(clinic.owner):
        christmas = Holiday.objects.get(name="Christmas", on_date__year=2026)
    visit = clinic.booked("10:00", day=christmas.on_date)
    typed = {"shown": str(christmas.pk), "closed": str(christmas.pk)}
    question = owner.post("/doctor-schedules/holidays", typed)
    assert (question.status_code, "Ananya Iyer" in question.content.decode()) == (422, True)
    answers = {f"visit-{visit.pk}": "keep", f"edition-{visit.pk}": "0"}
    assert owner.post("/doctor-schedules/holidays", {**typed, **answers}).status_code == 303
    duty = f"/doctor-schedules/holidays/{christmas.pk}/staff"
    assert owner.post(duty, {"works": [str(clinic.doctor.pk)]}).status_code == 303
    assert "Dr Kavya Menon works" in owner.get("/doctor-schedules/holidays").content.decode()
    own = owner.post("/doctor-schedules/holidays/add", {"on_date": "2027-02-01", "name": "Anniversary"})
    assert own.status_code == 303
    month = signed_in(clinic.desk).get("/doctor-schedules/month?month=2026-12").content.decode()
    assert "Christmas" in month and "Who works when" in month


def test_a_doctor_asks_for_a_half_day_and_the_owner_approves_it(clinic: Clinic, owner: Client) -> None:
    doctor = signed_in(clinic.doctor_actor)
    typed = {"part": "afternoon", "first": "2026-11-27", "last": "", "note": "Dentist"}
    assert doctor.post("/doctor-schedules/leave", typed).status_code == 303
    with acting_as(clinic.owner):
        (request,) = LeaveRequest.objects.all()
    assert request.words == "Fri 27 Nov 2026, 13:00 to 24:00"
    assert doctor.get(f"/doctor-schedules/leave/{request.pk}").status_code == 403
    assert "Dentist" in owner.get("/doctor-schedules/leave").content.decode()
    assert "Dentist" not in signed_in(clinic.desk).get("/doctor-schedules/leave").content.decode()
    assert owner.post(f"/doctor-schedules/leave/{request.pk}", {"do": "decline", "answer": ""}).status_code == 422
    visit = clinic.booked("15:00", day=request.period.lower.date())
    asked = owner.post(f"/doctor-schedules/leave/{request.pk}", {"do": "save"})
    assert (asked.status_code, "1 visit would lie outside" in asked.content.decode()) == (422, True)
    answers = {"do": "save", f"visit-{visit.pk}": "keep", f"edition-{visit.pk}": "0"}
    assert owner.post(f"/doctor-schedules/leave/{request.pk}", answers).status_code == 303
    assert "Approved" in doctor.get("/doctor-schedules/leave").content.decode()
    assert doctor.post("/doctor-schedules/leave", {"part": "hours", "first": "2026-12-01"}).status_code == 422


PAGES = ["manage", "week", "copy", "time-off", "holidays", "holidays/add"]


@pytest.mark.parametrize("path", PAGES)
def test_hours_are_changed_by_managers_alone(clinic: Clinic, path: str) -> None:
    for by in (clinic.desk, clinic.doctor_actor):
        assert signed_in(by).get(f"/doctor-schedules/{path}").status_code == 403
    assert Client().get(f"/doctor-schedules/{path}").status_code in (302, 303, 401)


@pytest.mark.parametrize("path", ["month", "leave"])
def test_everybody_of_the_staff_sees_who_works_when_and_their_own_leave(clinic: Clinic, path: str) -> None:
    for by in (clinic.desk, clinic.doctor_actor, clinic.owner):
        assert signed_in(by).get(f"/doctor-schedules/{path}").status_code == 200
    assert Client().get(f"/doctor-schedules/{path}").status_code in (302, 303, 401)


@pytest.mark.parametrize(
    "query", ["month=never", "month=0001-01", "month=9999-12", "staff=x&branch=y", "on=never", "first=0001-01-01"]
)
def test_an_address_that_makes_no_sense_still_opens(clinic: Clinic, owner: Client, query: str) -> None:
    for path in ("manage", "week", "month", "time-off", "holidays", "leave"):
        assert owner.get(f"/doctor-schedules/{path}?{query}").status_code == 200, path


def test_the_pages_take_the_same_statements_for_few_and_for_many(clinic: Clinic, owner: Client) -> None:
    paths = [f"/doctor-schedules/{path}" for path in ("manage", "month", "time-off", "holidays", "leave")]

    def statements() -> list[int]:
        found = []
        for path in paths:
            with CaptureQueriesContext(connection) as seen:
                assert owner.get(path).status_code == 200
            found.append(len(seen))
        return found

    def one_more(n: int) -> None:
        actions.request_leave(TUESDAY, TUESDAY, by=clinic.doctor_actor)
        actions.add_holiday(clinic.branch.pk, TUESDAY, f"Day {n}", by=clinic.owner)
        begins = clinic.at("05:00", TUESDAY + timedelta(days=n))
        actions.block(begins, begins + timedelta(hours=1), staff_id=clinic.doctor.pk, by=clinic.owner)

    one_more(0)
    statements()
    few = statements()
    for n in range(1, 30):
        one_more(n)
    with acting_as(clinic.system):
        for n in range(5):
            nurse = people.add_staff(f"Nurse {n}", kind="NURSE", by=clinic.system)
            actions.copy_week(clinic.doctor.pk, clinic.branch.pk, nurse.pk, first=TUESDAY, by=clinic.system)
    assert statements() == few
    assert max(few) < 48
