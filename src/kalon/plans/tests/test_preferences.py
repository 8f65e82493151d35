"""What a patient wishes and does not want: said, changed and taken back as rows; read beside the work."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.catalog import actions as catalog
from kalon.kernel import clock
from kalon.kernel.errors import Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions, queries
from kalon.plans.actions import LineDetails, PreferenceDetails
from kalon.plans.models import ProcedurePreference
from kalon.plans.tests.test_entries import PEEL, entry
from kalon.plans.tests.test_satisfaction import client
from kalon.plans.tests.told import planned, refused, sql

TABLE = "plans_procedurepreference"
INSERT = f"""INSERT INTO {TABLE} (id, created_at, organization_id, patient_id, procedure_id, category, wish, note,
        said_by_id, heard_by_id) VALUES (gen_random_uuid(), now(), %s, %s, %s, %s, %s, '', %s, %s)"""


def say(visit, by, wish, *, note="", patient=None, **about):
    of = patient or visit.clinic.patient
    return actions.say_preference(of.pk, PreferenceDetails(wish=wish, note=note, **about), by=by)


def standing(visit, by, patient=None):
    with acting_as(by):
        rows = queries.standing_preferences((patient or visit.clinic.patient).pk, seen_by=by)
        return [(one.about, one.wish) for one in rows]


def test_the_newest_about_a_procedure_counts_and_nothing_is_written_over(visit):
    me, peel = visit.clinic.patient_actor(), entry(visit, PEEL)
    first = say(visit, me, "INTERESTED", procedure_id=peel.pk, note="For the marks")
    assert (first.by_patient, first.said_by_id) == (True, me.user_id)
    assert say(visit, me, "INTERESTED", procedure_id=peel.pk, note=" For the marks ").pk == first.pk  # nothing new
    heard = say(visit, visit.nurse, "UNDECIDED", procedure_id=peel.pk)
    assert (heard.by_patient, heard.heard_by.user_id) == (False, visit.nurse.user_id)
    say(visit, me, "NOT_WANTED", category="INJECTABLE")
    assert standing(visit, me) == [("Injectables, anything", "NOT_WANTED"), ("Deep peel", "UNDECIDED")]
    say(visit, me, "WITHDRAWN", procedure_id=peel.pk)
    assert standing(visit, visit.doctor) == [("Injectables, anything", "NOT_WANTED")]
    with pytest.raises(Invalid, match="taken back"):
        say(visit, me, "WITHDRAWN", procedure_id=peel.pk)
    with acting_as(visit.doctor):
        every = queries.preferences(visit.clinic.patient.pk, seen_by=visit.doctor)
        assert [one.wish for one in every] == ["WITHDRAWN", "NOT_WANTED", "UNDECIDED", "INTERESTED"]


def test_who_may_say_it_and_of_what(visit):
    me, peel = visit.clinic.patient_actor(), entry(visit, PEEL)
    for by, error in (
        (visit.clinic.patient_actor(visit.clinic.other_patient), NotFound),
        (visit.clinic.system, NotPermitted),  # nobody heard it
    ):
        with pytest.raises(error):
            say(visit, by, "INTERESTED", procedure_id=peel.pk)
    other = visit.clinic.patient_actor(visit.clinic.other_patient)
    with acting_as(other), pytest.raises(NotFound):
        queries.preferences(visit.clinic.patient.pk, seen_by=other)
    for wrong in (
        {"wish": "LOVES", "procedure_id": peel.pk},
        {"wish": "INTERESTED"},
        {"wish": "INTERESTED", "procedure_id": peel.pk, "category": "SKIN"},
        {"wish": "INTERESTED", "category": "TEETH"},
        {"wish": "INTERESTED", "category": "SKIN", "note": "x" * 4001},
    ):
        with pytest.raises(Invalid):
            say(visit, me, **wrong)
    catalog.change_procedure(peel.pk, {**PEEL, "is_active": False}, by=visit.clinic.system)
    with pytest.raises(Invalid, match="no longer done"):
        say(visit, me, "INTERESTED", procedure_id=peel.pk)
    assert standing(visit, me) == []


def test_raw_sql_writes_in_no_other_name_and_changes_nothing(visit):
    me, peel = visit.clinic.patient_actor(), entry(visit, PEEL)
    here, whose, doctor = visit.clinic.organization_id, visit.clinic.patient.pk, visit.clinic.doctor.pk
    other = visit.clinic.patient_actor(visit.clinic.other_patient)
    with acting_as(me):
        for said_by, heard_by in ((visit.nurse.user_id, None), (me.user_id, doctor), (visit.doctor.user_id, doctor)):
            with refused(f"{TABLE}_own_name"):
                sql(INSERT, here, whose, peel.pk, "", "INTERESTED", said_by, heard_by)
        for about, wish, name in (
            ((None, ""), "INTERESTED", "about"), ((peel.pk, "SKIN"), "INTERESTED", "about"),
            ((None, "TEETH"), "INTERESTED", "about"), ((peel.pk, ""), "LOVES", "wish"),
        ):  # fmt: skip
            with refused(f"{TABLE}_{name}"):
                sql(INSERT, here, whose, *about, wish, me.user_id, None)
        assert sql(INSERT, here, whose, peel.pk, "", "INTERESTED", me.user_id, None) == 1
    with acting_as(other), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        sql(INSERT, here, whose, peel.pk, "", "NOT_WANTED", other.user_id, None)
    with acting_as(other):
        assert sql(f"SELECT 1 FROM {TABLE}") == 0
    with acting_as(visit.nurse), refused(f"{TABLE}_own_name"):
        sql(INSERT, here, whose, peel.pk, "", "NOT_WANTED", me.user_id, None)
    for by in (me, visit.nurse):
        with acting_as(by):
            for statement in (f"UPDATE {TABLE} SET wish = 'NOT_WANTED'", f"DELETE FROM {TABLE}", f"TRUNCATE {TABLE}"):
                with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                    sql(statement)
    assert standing(visit, me) == [("Deep peel", "INTERESTED")]


def test_a_plan_for_what_is_not_wanted_says_so_and_is_written_all_the_same(visit):
    me, peel = visit.clinic.patient_actor(), entry(visit, PEEL)
    say(visit, me, "NOT_WANTED", category="SKIN", note="My skin burns easily")
    plan = planned(visit, lines=(LineDetails(entry_id=peel.pk),), consent="NOT_REQUIRED")
    doctor = client(visit, visit.doctor)
    warned = "The patient does not want this"
    page = doctor.get(f"/plans/{plan.pk}").content.decode()
    assert warned in page and "My skin burns easily" in page
    line = f"/plans/line?line=lines-0&patient={visit.clinic.patient.pk}"
    assert warned in doctor.post(line, {"lines-0-entry": str(peel.pk)}).content.decode()
    assert doctor.post("/plans/line?line=lines-0&patient=x", {"lines-0-entry": str(peel.pk)}).status_code == 404
    change = doctor.get(f"/plans/{plan.pk}/change").content.decode()
    assert warned in change and "Skin, anything" in change
    say(visit, me, "INTERESTED", procedure_id=peel.pk)  # of the procedure itself, so before the area it belongs to
    assert warned not in doctor.get(f"/plans/{plan.pk}").content.decode()
    assert actions.submit(plan.pk, by=visit.doctor).status == "PENDING_APPROVAL"


def test_on_the_phone_at_the_desk_and_as_json(visit):
    me, peel = visit.clinic.patient_actor(), entry(visit, PEEL)
    mine, desk, pk = client(visit, me), client(visit, visit.desk), visit.clinic.patient.pk
    assert "/my/procedures" in mine.get("/my/you").content.decode()
    wrong = mine.post("/my/procedures", {"about": str(peel.pk), "note": "Soon"})
    assert wrong.status_code == 422 and "Soon" in wrong.content.decode()
    sent = {"about": str(peel.pk), "wish": "INTERESTED", "note": "Soon"}
    assert mine.post("/my/procedures", sent).status_code == 303
    again = mine.get(f"/my/procedures?about={peel.pk}").content.decode()
    [chosen] = [one for one in again.split("<input") if " checked" in one.split(">")[0]]
    assert 'value="INTERESTED"' in chosen and "Soon</textarea>" in again
    tab, page = f"/patients/{pk}/procedures", f"/patients/{pk}/procedures/wishes"
    for path in (tab, page):
        assert "Soon" in desk.get(path).content.decode()
    assert desk.post(page, {"about": "SKIN", "wish": "UNDECIDED"}).status_code == 303
    assert mine.post("/my/procedures", {"take_back": str(peel.pk)}).status_code == 303
    assert "Soon" not in desk.get(page).content.decode() and "Soon" in desk.get(page + "?all=1").content.decode()
    api = f"/api/patients/{pk}/procedure-preferences"
    body = {"wish": "NOT_WANTED", "category": "LASER"}
    assert mine.post(api, body, content_type="application/json").status_code == 201
    assert [one["wish"] for one in desk.get(api).json()["items"]] == ["NOT_WANTED", "UNDECIDED"]
    assert len(desk.get(api + "?history=true").json()["items"]) == 4
    other = client(visit, visit.clinic.patient_actor(visit.clinic.other_patient))
    assert [other.get(api).status_code, other.post(api, body, content_type="application/json").status_code] == [404] * 2
    assert Client().get(api).status_code == 401


def test_thirty_wishes_are_read_in_as_many_statements_as_one(visit):
    me, desk, pk = visit.clinic.patient_actor(), client(visit, visit.desk), visit.clinic.patient.pk
    kinds = [entry(visit, {**PEEL, "code": f"PEEL-{n}", "name": f"Peel {n}"}) for n in range(30)]
    paths = (f"/patients/{pk}/procedures/wishes", f"/api/patients/{pk}/procedure-preferences?limit=50")

    def counted():
        found = []
        for path in paths:
            with CaptureQueriesContext(connection) as ran:
                assert desk.get(path).status_code == 200
            found.append(len(ran))
        return found

    say(visit, visit.nurse, "INTERESTED", procedure_id=kinds[0].pk)
    counted()
    few = counted()
    for n, kind in enumerate(kinds[1:]):
        with clock.at(clock.now() + timedelta(minutes=n)):
            say(visit, me if n % 2 else visit.nurse, "NOT_WANTED", procedure_id=kind.pk)
    assert counted() == few
    assert 'rel="next"' in desk.get(paths[0]).content.decode() or "page=2" in desk.get(paths[0]).content.decode()
    with acting_as(visit.clinic.system):
        assert ProcedurePreference.objects.count() == 30
