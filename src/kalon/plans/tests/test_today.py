"""The sessions of the day: whose they are, how far they are, and what is next."""

from datetime import timedelta

from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions
from kalon.plans.tests.told import approved, book, held, session, spaced
from kalon.scheduling import actions as scheduling
from kalon.scheduling.tests.clinic import TUESDAY
from kalon.scheduling.tests.test_pages import signed_in, statements


def test_the_nurse_sees_today_who_comes_for_which_and_what_is_next(visit):
    plan = spaced(visit, days=7)
    booked = book(visit, session(visit, plan, 1).prompt, day=TUESDAY, at="15:00", kind="SESSION")
    nurse, name = signed_in(visit.nurse), visit.clinic.patient.name
    page = nurse.get("/sessions").content.decode()
    assert name in page and "1 of 3" in page and "Waits for the patient" in page
    with clock.at(booked.period.lower):
        scheduling.check_in(booked.pk, by=visit.desk)
        assert "Start it" in nurse.get("/sessions").content.decode()
        first = actions.start_session(session(visit, plan, 1).row.pk, by=visit.nurse)
        assert "Go on" in nurse.get("/sessions").content.decode()
        doctor = signed_in(visit.doctor)
        assert "Sessions today" in doctor.get("/consultations/my-day").content.decode()
        actions.complete_session(first.pk, by=visit.nurse)
        assert "due Tue 8 Dec" in nurse.get(f"/sessions/{first.pk}").content.decode()
    assert name not in nurse.get("/sessions?mine=1").content.decode()
    assert name not in nurse.get("/sessions?date=2026-11-25").content.decode()
    assert nurse.get("/sessions?date=never").status_code == 200
    assert signed_in(visit.desk).get("/sessions").status_code == 403


def test_the_list_takes_the_same_statements_for_1_and_several(visit):
    plan = approved(visit, "SERIES", session_count=12)
    book(visit, session(visit, plan, 1).prompt, day=TUESDAY, at="12:00", kind="SESSION")
    nurse = signed_in(visit.nurse)
    nurse.get("/sessions")
    one = statements(nurse, "/sessions")
    for number, at in enumerate(("12:30", "14:00", "14:30", "15:00"), start=2):
        book(visit, session(visit, plan, number).prompt, day=TUESDAY, at=at, kind="SESSION")
    assert statements(nurse, "/sessions") == one


def test_what_was_done_stays_on_the_day(visit):
    plan = approved(visit, "SERIES")
    held(visit, plan, 1, day=TUESDAY + timedelta(days=1))
    with acting_as(visit.nurse):
        assert "Done" in signed_in(visit.nurse).get("/sessions?date=2026-11-25").content.decode()
