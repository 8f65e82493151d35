"""The doctor's day: who sits there, who waits, what is to be done; the same cost on a busy day."""

from datetime import date, timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.consultations import actions, queries
from kalon.consultations.queries import dashboard
from kalon.consultations.tests.conftest import Visit
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.people.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PAGE = "/consultations/my-day"


def browser_of(visit: Visit, actor) -> Client:
    client = Client()
    with acting_as(visit.clinic.system):
        client.force_login(User.objects.get(pk=actor.user_id), backend=BACKEND)
    return client


def counts(visit: Visit) -> dict[str, int]:
    with acting_as(visit.doctor):
        return {row.key: many for row, many in dashboard.pending(asked(visit))}


def asked(visit: Visit) -> dashboard.Ask:
    branch = visit.clinic.branch
    return dashboard.Ask(
        visit.doctor, visit.appointment.doctor_id, branch.pk, branch.timezone, clock.today(branch.timezone)
    )


def test_the_day_follows_the_patient_through_the_door(visit: Visit):
    browser = browser_of(visit, visit.doctor)
    assert "Nobody waits for you" in browser.get(PAGE).text
    encounter = visit.arrived()
    page = browser.get(PAGE).text
    assert "See the patient" in page and encounter.patient.name in page
    actions.begin(encounter.pk, by=visit.doctor)
    assert "With you now" in browser.get(PAGE).text and "Open the note" in browser.get(PAGE).text


def test_what_waits_is_counted_until_it_is_done(visit: Visit):
    assert (counts(visit)["vitals"], counts(visit)["notes"]) == (0, 0)
    with acting_as(visit.clinic.system):
        patient = visit.clinic.patient
        patient.birth_date = date(1990, 5, 17)  # limits are those of an age
        patient.save(update_fields=["birth_date"])
    encounter = visit.arrived()
    actions.start_triage(encounter.pk, by=visit.nurse)
    taken = actions.record_vitals(encounter.pk, measured={"systolic": 190, "diastolic": 110}, by=visit.nurse)
    assert counts(visit)["vitals"] == 1
    actions.begin(encounter.pk, by=visit.doctor)
    assert counts(visit)["notes"] == 1
    actions.see_alerts(encounter.pk, vitals_id=taken.pk, by=visit.doctor)
    assert counts(visit)["vitals"] == 0


def test_the_figures_stand_on_their_day_and_in_a_table(visit: Visit):
    encounter = visit.arrived()
    actions.begin(encounter.pk, by=visit.doctor)
    note = {"examination": "Lines.", "assessment": "Lines.", "advice": "Sunscreen."}
    actions.record_outcome(encounter.pk, outcome="NO_ACTION", note=note, by=visit.doctor)
    actions.close(encounter.pk, by=visit.doctor)
    with acting_as(visit.doctor):
        [chart] = [one for one in dashboard.charts(asked(visit)) if one.measure.key == "patients"]
    assert (chart.today, chart.this_week, chart.days[-1].height, len(chart.days), len(chart.weeks)) == (1, 1, 100, 7, 4)
    with clock.at(clock.now() + timedelta(days=8)), acting_as(visit.doctor):
        [later] = [one for one in dashboard.charts(asked(visit)) if one.measure.key == "patients"]
    assert (later.today, later.this_week, later.weeks[-2].value) == (0, 0, 1)
    assert "As a table, with four weeks" in browser_of(visit, visit.doctor).get(PAGE).text


def test_money_is_only_for_who_may_see_bills(visit: Visit):
    with acting_as(visit.doctor):
        assert "received" not in [chart.measure.key for chart in dashboard.charts(asked(visit))]


def test_only_whoever_sees_patients_has_such_a_day(visit: Visit):
    assert browser_of(visit, visit.nurse).get(PAGE).status_code == 403
    assert browser_of(visit, visit.desk).get(PAGE).status_code == 403


def test_a_busy_day_costs_the_same(visit: Visit):
    browser = browser_of(visit, visit.doctor)
    counted = []
    for times in ((), ("09:00", "09:30", "10:30", "11:00", "11:30", "12:00")):
        for at in times:
            visit.clinic.booked(at)
        browser.get(PAGE)
        with CaptureQueriesContext(connection) as asked_for:
            assert browser.get(PAGE).status_code == 200
        counted.append(len(asked_for))
    assert counted[0] == counted[1]
    with acting_as(visit.doctor):
        assert queries.consultations(seen_by=visit.doctor).count() == 7
