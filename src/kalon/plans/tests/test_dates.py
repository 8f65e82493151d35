"""The days of a series: proposed an interval apart, booked all or none, moved along with the one that came late."""

import re
from datetime import time, timedelta

import pytest

from kalon.kernel import clock
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions, queries
from kalon.plans.actions import SessionTime
from kalon.plans.models import ProcedureSession
from kalon.plans.queries import DatesWish
from kalon.plans.tests.told import approved, held, now, session, spaced, states
from kalon.scheduling import actions as scheduling
from kalon.scheduling.models import Appointment, AppointmentSeries
from kalon.scheduling.tests.clinic import TUESDAY
from kalon.scheduling.tests.test_pages import signed_in


def after(days):
    return TUESDAY + timedelta(days=days)


def proposed(visit, plan, **wish):
    with acting_as(visit.desk):
        found = queries.dates(queries.plan(plan.pk, seen_by=visit.desk), DatesWish(**wish), seen_by=visit.desk)
    return [(one.session.number, one.times.offer.start.replace(tzinfo=None), one.is_booked) for one in found.days]


def times(visit, plan, **wish):
    return [SessionTime(number=number, start=start) for number, start, _ in proposed(visit, plan, **wish)]


def days(visit, plan):
    with acting_as(visit.clinic.system):
        rows = ProcedureSession.objects.filter(plan=plan).select_related("appointment__branch").order_by("number")
        return [(one.appointment.local_start.date() - TUESDAY).days if one.appointment else None for one in rows]


def test_all_are_proposed_an_interval_apart_at_the_hour_of_the_consultation(visit):
    plan = spaced(visit, days=10)
    offered = proposed(visit, plan, first=after(1))
    assert [(number, (start.date() - TUESDAY).days) for number, start, _ in offered] == [(1, 1), (2, 15), (3, 29)]
    assert {start.time() for _, start, _ in proposed(visit, plan, first=after(1), at=time(11))} == {time(11)}
    later = proposed(visit, plan, first=after(1), days={2: after(3)})
    assert [(start.date() - TUESDAY).days for _, start, _ in later] == [1, 11, 25]  # never closer than it may be


def test_one_press_books_all_as_a_series_told_of_once(visit):
    plan = spaced(visit, days=10)
    made = actions.arrange_sessions(plan.pk, times(visit, plan, first=after(1)), by=visit.desk)
    assert [one.status for one in made] == ["SCHEDULED"] * 3
    assert now(visit, plan).status == "SCHEDULED"
    with acting_as(visit.clinic.system):
        visits = Appointment.objects.filter(session__plan=plan).order_by("starts_at")
        assert [(one.kind, one.status, one.series_number) for one in visits] == [
            ("SESSION", "CONFIRMED", number) for number in (1, 2, 3)
        ]
        assert {one.occasion_id for one in visits} == {session(visit, plan, n).prompt.pk for n in (1, 2, 3)}
        assert AppointmentSeries.objects.filter(patient_id=plan.patient_id).count() == 1


def test_all_or_none_and_the_one_that_does_not_fit_is_named_with_other_times(visit):
    plan = spaced(visit, days=10)
    wanted = times(visit, plan, first=after(1), at=time(11))
    visit.clinic.booked("11:00", day=after(15), patient_id=visit.clinic.other_patient.pk)
    with pytest.raises(Clash, match=r"^Session 2 of 3: ") as refusal:
        actions.arrange_sessions(plan.pk, wanted, by=visit.desk)
    assert refusal.value.facts["number"] == 2
    assert refusal.value.facts["alternatives"]
    assert (states(visit, plan), now(visit, plan).status) == (["PLANNED"] * 3, "APPROVED")
    assert proposed(visit, plan, first=after(1), at=time(11))[1][1].time() != time(11)


def test_sessions_never_come_closer_than_the_catalogue_says(visit):
    plan = spaced(visit, days=14)
    near = [SessionTime(number=n, start=visit.clinic.at("11:00", after(day))) for n, day in ((1, 1), (2, 13))]
    with pytest.raises(Invalid, match="at least 14 days lie between") as refusal:
        actions.arrange_sessions(plan.pk, near, by=visit.desk)
    assert refusal.value.facts["number"] == 2
    assert states(visit, plan) == ["PLANNED"] * 3


def test_after_a_missed_one_it_is_booked_again_and_those_that_follow_move_by_as_much(visit):
    plan = spaced(visit, days=14)
    actions.arrange_sessions(plan.pk, times(visit, plan, first=after(1), at=time(11)), by=visit.desk)
    first = session(visit, plan, 1).row
    with acting_as(visit.clinic.system):
        missed = Appointment.objects.get(pk=first.appointment_id)
    with clock.at(missed.period.upper + timedelta(hours=1)):
        scheduling.no_show(first.appointment_id, by=visit.desk)
        assert states(visit, plan) == ["NO_SHOW", "SCHEDULED", "SCHEDULED"]
        alone = times(visit, plan, first=after(8))
        with pytest.raises(Invalid, match="Move session 2 first"):
            actions.arrange_sessions(plan.pk, alone, by=visit.desk)
        together = times(visit, plan, first=after(8), moves=True)
        assert len(together) == 3
        actions.arrange_sessions(plan.pk, together, by=visit.desk)
    assert (states(visit, plan), days(visit, plan)) == (["SCHEDULED"] * 3, [8, 22, 36])


def test_after_a_late_one_the_rest_moves_even_onto_the_days_of_each_other(visit):
    plan = spaced(visit, days=10)
    actions.arrange_sessions(plan.pk, times(visit, plan, first=after(1), at=time(11)), by=visit.desk)
    on = times(visit, plan, number=1, first=after(15), moves=True)
    assert [(one.start.date() - TUESDAY).days for one in on] == [15, 29, 43]
    actions.arrange_sessions(plan.pk, on, by=visit.desk)
    assert days(visit, plan) == [15, 29, 43]
    back = times(visit, plan, number=1, first=after(2), moves=True)
    actions.arrange_sessions(plan.pk, back, reason="She is back sooner", by=visit.desk)
    assert days(visit, plan) == [2, 16, 30]
    again = times(visit, plan, number=1, first=after(2), moves=True)
    assert actions.arrange_sessions(plan.pk, again, by=visit.desk)  # where they are already


def test_who_may_not_book_books_nothing_and_what_is_done_stays(visit):
    plan = approved(visit, "SERIES")
    wanted = times(visit, plan, first=after(1))
    for by in (visit.nurse, visit.clinic.nobody, visit.clinic.patient_actor()):
        with pytest.raises((NotPermitted, NotFound)):
            actions.arrange_sessions(plan.pk, wanted, by=by)
    assert states(visit, plan) == ["PLANNED"] * 3
    held(visit, plan, 1, day=after(1))
    with pytest.raises(IllegalMove, match="Session 1 is done"):
        actions.arrange_sessions(plan.pk, wanted, by=visit.desk)
    with pytest.raises(Invalid, match="no session 9"):
        actions.arrange_sessions(plan.pk, [SessionTime(number=9, start=wanted[0].start)], by=visit.desk)
    with pytest.raises(Invalid, match="named twice"):
        actions.arrange_sessions(plan.pk, [wanted[1], wanted[1]], by=visit.desk)
    with pytest.raises(Invalid, match="at least one"):
        actions.arrange_sessions(plan.pk, [], by=visit.desk)


def test_the_proposal_takes_the_same_statements_for_2_and_12(visit):
    short = approved(visit, "SERIES", session_count=2)
    long = approved(visit, "SERIES", session_count=12, of=short.consultation_id)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counted = []
    for plan in (short, long):
        with acting_as(visit.desk), CaptureQueriesContext(connection) as seen:
            queries.dates(queries.plan(plan.pk, seen_by=visit.desk), DatesWish(), seen_by=visit.desk)
        counted.append(len(seen))
    assert counted[0] == counted[1]


def test_the_page_proposes_books_and_says_what_does_not_fit(visit):
    plan = spaced(visit, days=14)
    desk = signed_in(visit.desk)
    way = f"/plans/{plan.pk}/dates"
    assert f'href="{way}"' in desk.get(f"/plans/{plan.pk}").content.decode()
    page = desk.get(way, {"first": str(after(1)), "at": "11:00"}).content.decode()
    assert "Book 3 sessions" in page
    chosen = {f"pick-{n}": value for n, value in enumerate(re.findall(r'value="([^"]*)" selected', page), start=1)}
    visit.clinic.booked("11:00", day=after(15), patient_id=visit.clinic.other_patient.pk)
    again = desk.post(f"{way}?first={after(1)}&at=11:00", chosen)
    assert again.status_code == 422
    assert "Session 2 of 3:" in again.content.decode()
    chosen["pick-2"] = "leave"
    done = desk.post(f"{way}?first={after(1)}&at=11:00", chosen)
    assert (done.status_code, states(visit, plan)) == (303, ["SCHEDULED", "PLANNED", "SCHEDULED"])
    rest = desk.get(f"/plans/{plan.pk}").content.decode()
    assert f"{way}?number=2&amp;moves=1" in rest
    moved = desk.get(way, {"number": 2, "moves": 1, "day-2": str(after(17)), "day-x": "1", "day-3": "never"})
    assert "Book 1 and move 1" in moved.content.decode()
    assert signed_in(visit.nurse).get(way).status_code == 403


def test_the_interface_proposes_and_books(visit):
    plan = spaced(visit, days=14)
    desk = signed_in(visit.desk)
    way = f"/api/procedure-plans/{plan.pk}/sessions/dates"
    found = desk.get(way, {"first": str(after(1)), "at": "11:00"}).json()
    assert [(one["number"], one["is_booked"], one["start"][:10]) for one in found] == [
        (1, False, "2026-11-25"), (2, False, "2026-12-09"), (3, False, "2026-12-23")
    ]  # fmt: skip
    sent = {"times": [{"number": one["number"], "start": one["start"]} for one in found]}
    made = desk.post(way, sent, content_type="application/json")
    assert (made.status_code, [one["status"] for one in made.json()]) == (200, ["SCHEDULED"] * 3)
    again = desk.post(way, {"times": [{"number": 2, "start": "2026-12-04T11:00:00"}]}, content_type="application/json")
    assert (again.status_code, again.json()["number"], again.json()["first_day"]) == (422, 2, "2026-12-09")
