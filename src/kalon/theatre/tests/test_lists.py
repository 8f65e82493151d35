"""The lists of before and after: written in versions, ticked by who does it, holding up what comes next."""

from uuid import uuid4

import pytest
from django.test import Client

from kalon.catalog import actions as catalog
from kalon.catalog import queries as catalogue
from kalon.catalog.actions import ToDo
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.patients.models import PatientAccess
from kalon.people import actions as people
from kalon.people.models import User
from kalon.people.queries import staff_actor
from kalon.plans import actions as plans
from kalon.plans.models import Tick
from kalon.theatre import actions
from kalon.theatre.tests.listed import CALL, DRY, LIST, NAILS, QUIT, WASHED, item, listed, procedure, standing, ticked
from kalon.theatre.tests.told import (
    DONE,
    attack,
    complete,
    consented,
    day_lines,
    lines,
    missing,
    now,
    on_the_day,
    operated,
    reserved,
    said,
    sides,
    staff_of,
    started,
)

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def client(house, by):
    made = Client()
    with acting_as(house.clinic.system):
        user = User.objects.get(pk=by.user_id)
        if by.is_patient:
            PatientAccess.objects.get_or_create(
                organization_id=house.clinic.organization_id, patient_id=by.patient_id, user=user,
                defaults={"relation": "SELF", "called": "Ananya"},
            )  # fmt: skip
        made.force_login(user, backend=BACKEND)
    return made


def in_theatre(house, plan):
    """Cleared with its list, on the day, its list of the day ticked; the case."""
    clearance = complete(house, plan)
    ticked(house, plan, WASHED, QUIT)
    actions.clear(clearance.pk, by=house.manager)
    return actions.schedule(reserved(house, plan).pk, by=house.manager)


def over(house, plan):
    case = in_theatre(house, plan)
    ticked(house, plan, NAILS)
    started(house, case)
    operated(house, case)
    actions.sign_nothing_used(case.pk, by=house.visit.nurse)
    return actions.complete(case.pk, by=house.visit.nurse)


def test_a_list_is_written_in_versions_and_a_plan_keeps_its_own(house):
    by = house.clinic.system
    entry = procedure(house)
    plan = listed(house, entry)
    again = catalog.write_checklist(entry.pk, LIST, by=by)
    assert again.version == 1  # nothing changed
    second = catalog.write_checklist(entry.pk, (ToDo("Shaved"),), "ours", seen=1, by=by)
    assert (second.version, second.size) == (2, 1)
    with pytest.raises(Clash, match="meanwhile"):
        catalog.write_checklist(entry.pk, LIST, seen=1, by=by)
    with pytest.raises(Invalid, match="one to 200"):
        catalog.write_checklist(entry.pk, (ToDo(" "),), by=by)
    with pytest.raises(Invalid, match="BEFORE"):
        catalog.write_checklist(entry.pk, (ToDo("X", "LATER"),), by=by)
    with pytest.raises(NotPermitted):
        catalog.write_checklist(entry.pk, LIST, by=house.visit.nurse)
    assert set(standing(house, plan)) == {one.words for one in LIST}
    with acting_as(by):
        assert [one.words for one in catalogue.due_of([entry.pk], seen_by=by)] == ["Shaved"]


def test_everybody_ticks_what_is_theirs_under_their_own_name(house):
    plan, nurse = listed(house), house.visit.nurse
    washed, quit_, me = item(house, plan, WASHED), item(house, plan, QUIT), house.clinic.patient_actor()
    with pytest.raises(NotPermitted, match="nurse"):
        plans.tick(washed.pk, by=house.visit.desk)
    with pytest.raises(NotFound):
        plans.tick(washed.pk, by=me)  # not the patient's to do
    with pytest.raises(NotFound):
        plans.tick(quit_.pk, by=house.clinic.patient_actor(house.clinic.other_patient))
    assert plans.tick(quit_.pk, by=me).staff_id is None
    first = plans.tick(washed.pk, by=nurse)
    with pytest.raises(Clash, match="meanwhile"):
        plans.tick(washed.pk, "TAKEN_BACK", "No", seen=quit_.pk, by=nurse)
    with pytest.raises(Invalid, match="why"):
        plans.tick(washed.pk, "TAKEN_BACK", by=nurse)
    back = plans.tick(washed.pk, "TAKEN_BACK", "It was another patient", seen=first.pk, by=nurse)
    assert back.replaces_id == first.pk
    assert standing(house, plan) == {WASHED: False, QUIT: True, NAILS: False, DRY: False, CALL: False}
    with pytest.raises(IllegalMove, match="taken back"):
        plans.tick(washed.pk, "TAKEN_BACK", "Again", by=nurse)
    with pytest.raises(Invalid, match="why"):
        plans.tick(washed.pk, "NOT_NEEDED", by=nurse)
    plans.tick(washed.pk, "NOT_NEEDED", "Local anaesthesia", by=nurse)
    assert standing(house, plan)[WASHED]


def test_what_is_required_before_the_day_holds_up_the_clearance(house):
    plan = listed(house)
    clearance = complete(house, plan)
    assert missing(house, clearance) == {"CHECKLIST"}
    assert missing(house, clearance, "DAY_OF") >= {"CHECKLIST_DAY"}
    with pytest.raises(NotReady, match="list of before the day"):
        actions.clear(clearance.pk, by=house.manager)
    with pytest.raises(Invalid, match="cannot be let go"):
        actions.waive(lines(house, clearance)["CHECKLIST"].pk, "No", "Dr Nila Das", by=house.surgeon)
    ticked(house, plan, WASHED)
    assert missing(house, clearance) == {"CHECKLIST"}
    plans.tick(item(house, plan, QUIT).pk, by=house.clinic.patient_actor())  # looked at again by a job
    actions.look_again(clearance.pk, by=house.manager)
    assert missing(house, clearance) == set()
    assert actions.clear(clearance.pk, by=house.manager).status == "CLEARED"
    plans.tick(item(house, plan, WASHED).pk, "TAKEN_BACK", "Not yet", by=house.visit.nurse)
    assert now(house, clearance).status == "EXPIRED"


def test_what_is_of_the_day_counts_on_the_day_and_lets_the_case_start(house):
    plan = listed(house)
    case = in_theatre(house, plan)
    ticked(house, plan, NAILS)  # a week before: it counts for nothing
    with on_the_day():
        assert not standing(house, plan)[NAILS]
        day_lines(house, case)
        start = {"told_mrn": case.patient.mrn, "told_sides": sides(house, case), "by": house.visit.nurse}
        with pytest.raises(NotReady, match="list of the day"):
            actions.start(case.pk, **start)
        assert attack("UPDATE theatre_case SET status = 'IN_PROGRESS'", by=house.visit.nurse) in (
            "theatre_case_lines_of_the_day", "theatre_case_starts",
        )  # fmt: skip
        ticked(house, plan, NAILS)
        assert missing(house, case.clearance, "DAY_OF") == set()
        assert actions.start(case.pk, **start).status == "IN_PROGRESS"


def test_nobody_goes_home_before_the_list_of_afterwards(house):
    plan, nurse = listed(house), house.visit.nurse
    case = in_theatre(house, plan)
    with on_the_day():
        with pytest.raises(IllegalMove, match="not over"):
            actions.discharge(case.pk, with_whom="Her sister", by=nurse)
        ticked(house, plan, NAILS, DRY)
        started(house, case)
    with on_the_day("10:30"):
        operated(house, case)
        actions.sign_nothing_used(case.pk, by=nurse)
        actions.complete(case.pk, by=nurse)
        with pytest.raises(NotReady, match=DRY):  # ticked before the patient came in
            actions.discharge(case.pk, with_whom="Her sister", by=nurse)
        insert = """INSERT INTO theatre_discharge (id, created_at, organization_id, patient_id, case_id, gone_at,
            with_whom, note, staff_id) SELECT gen_random_uuid(), kalon_now(), organization_id, patient_id, id,
            kalon_now(), '\\x00', NULL, %s FROM theatre_case"""
        assert attack(insert, [staff_of(house, nurse)], by=nurse) == "theatre_discharge_list"
        ticked(house, plan, DRY)
        with pytest.raises(Invalid, match="with whom"):
            actions.discharge(case.pk, with_whom=" ", by=nurse)
        gone = actions.discharge(case.pk, with_whom="Her sister", by=nurse)
        assert gone.with_whom == "Her sister"
        with pytest.raises(Clash, match="home already"):
            actions.discharge(case.pk, with_whom="Her sister", by=nurse)
        assert attack("UPDATE theatre_discharge SET gone_at = now()", by=nurse) != DONE


def test_raw_sql_ticks_for_nobody_else_and_changes_nothing(house):
    plan, nurse, doctor = listed(house), house.visit.nurse, house.visit.doctor
    ticked(house, plan, WASHED)
    insert = """INSERT INTO plans_tick (id, created_at, organization_id, patient_id, list_item_id, state, note, said_at,
        said_by_id, staff_id, name) SELECT gen_random_uuid(), now(), organization_id, patient_id, id, %s, NULL,
        kalon_now() + %s::interval, %s, %s, 'x' FROM plans_listitem WHERE id = %s"""
    nails = item(house, plan, NAILS).pk

    def tick(state="DONE", ago="0", user=nurse, staff=nurse, entry=nails, by=nurse):
        return attack(insert, [state, ago, user.user_id, staff_of(house, staff), entry], by=by)

    assert tick(user=doctor, staff=doctor) == "plans_tick_by_who_acts"
    assert tick(staff=doctor) == "plans_tick_by_who_acts"
    assert tick(user=house.visit.desk, staff=house.visit.desk, by=house.visit.desk) == "plans_tick_by_who_acts"
    assert tick(ago="-1 day") == "plans_tick_of_now"
    assert tick(state="NOT_NEEDED") == "plans_tick_said"
    assert tick(state="TAKEN_BACK") == "plans_tick_said"
    assert tick(entry=item(house, plan, WASHED).pk) == "plans_tick_first_once"
    assert tick() == DONE
    for statement in (
        "UPDATE plans_tick SET state = 'DONE'", "DELETE FROM plans_tick", "UPDATE plans_listitem SET id = id",
        "UPDATE catalog_checklistitem SET is_required = false", "DELETE FROM catalog_checklist",
    ):  # fmt: skip
        assert attack(statement, by=nurse) == "42501", statement  # no such right
    slipped = """INSERT INTO catalog_checklistitem (id, created_at, organization_id, checklist_id, position, moment,
        who, words, is_required) SELECT gen_random_uuid(), now(), organization_id, id, 6, 'BEFORE', 'NURSE', 'x', true
        FROM catalog_checklist"""
    assert attack(slipped, by=nurse) == "catalog_checklistitem_of_its_version"
    other = procedure(house, (ToDo("Elsewhere"),), code="EAR")
    hung = """INSERT INTO plans_listitem (id, created_at, organization_id, patient_id, plan_id, item_id)
        SELECT gen_random_uuid(), now(), plan.organization_id, plan.patient_id, plan.id, asked.id
        FROM plans_procedureplan plan, catalog_checklistitem asked WHERE asked.words = 'Elsewhere'"""
    assert attack(hung, by=nurse) == "plans_listitem_of_its_procedure"
    assert other.code == "EAR"


def test_raw_sql_clears_nobody_whose_list_is_open(house):
    plan = listed(house)
    clearance = complete(house, plan)
    with acting_as(house.clinic.system):
        assert Tick.objects.count() == 0
    cleared = """UPDATE theatre_clearance SET status = 'CLEARED', cleared_at = kalon_now(), valid_until = surgery_date,
        cleared_by_id = %s, status_at = kalon_now()"""
    assert attack(cleared, [staff_of(house, house.manager)], by=house.manager) == "theatre_clearance_lines"
    assert attack("DELETE FROM theatre_requirement WHERE kind = 'CHECKLIST'", by=house.manager) != DONE
    assert now(house, clearance).status == "OPEN"


def test_a_patient_ticks_their_own_and_reads_no_other(house):
    plan, me = listed(house), house.clinic.patient_actor()
    mine, nurse = client(house, me), client(house, house.visit.nurse)
    page = mine.get(f"/my/plans/{plan.pk}").content.decode()
    assert QUIT in page and WASHED not in page
    path = f"/my/plans/{plan.pk}/list/{item(house, plan, QUIT).pk}"
    assert mine.post(path, {"state": "DONE"}).status_code == 303
    assert standing(house, plan)[QUIT]
    assert mine.post(path, {"state": "TAKEN_BACK"}).status_code == 303
    assert not standing(house, plan)[QUIT]
    assert mine.post(f"/my/plans/{plan.pk}/list/{item(house, plan, WASHED).pk}", {"state": "DONE"}).status_code == 404
    other = client(house, house.clinic.patient_actor(house.clinic.other_patient))
    assert other.post(path, {"state": "DONE"}).status_code == 404
    listing = nurse.get(f"/plans/{plan.pk}/list").content.decode()
    assert all(one.words in listing for one in LIST)
    tick = f"/plans/{plan.pk}/list/{item(house, plan, WASHED).pk}"
    assert nurse.post(tick, {"state": "NOT_NEEDED"}).status_code == 422
    assert nurse.post(tick, {"state": "DONE"}).status_code == 303
    assert "1 of 2" in nurse.get(f"/plans/{plan.pk}").content.decode()
    body = nurse.get(f"/api/procedure-plans/{plan.pk}/list").json()
    assert [(one["words"], one["is_done"]) for one in body][:2] == [(WASHED, True), (QUIT, False)]
    washed = f"list/{item(house, plan, WASHED).pk}/ticks"
    for wrong in (uuid4(), plan.consultation_id):
        assert nurse.post(f"/api/procedure-plans/{wrong}/{washed}", "{}", "application/json").status_code == 404
    assert [one["words"] for one in mine.get(f"/api/procedure-plans/{plan.pk}/list").json()] == [QUIT]


def test_the_owner_writes_the_list_on_its_page(house):
    entry = procedure(house)
    roles, by = {None: ["owner"]}, house.clinic.system
    made = people.add_staff("Olga", kind="MANAGER", email="o@sk.example.org", roles=roles, by=by)
    owner, path = client(house, staff_actor(made.user)), f"/catalog/procedures/{entry.pk}/checklist"
    assert client(house, house.manager).get(path).status_code == 403
    assert WASHED in owner.get(path).content.decode()
    row = {"items-0-words": "Shaved", "items-0-moment": "DAY_OF", "items-0-who": "NURSE", "items-0-is_required": "on"}
    sent = {"seen": "1", "source": "House rule", "items-TOTAL_FORMS": "1", "items-INITIAL_FORMS": "0", **row}
    assert owner.post(path, sent).status_code == 303
    assert owner.post(path, sent).status_code == 422  # version 2 stands by now
    page = owner.get(path).content.decode()
    assert "Version 2" in page and "Shaved" in page
    body = owner.get(f"/api/procedures/{entry.pk}/checklist").json()
    assert (body["version"], [one["words"] for one in body["items"]]) == (2, ["Shaved"])


def test_a_plan_approved_before_the_list_was_written_receives_it_with_its_clearance(house):
    by = house.clinic.system
    facts = {"code": "LID", "name": "Lids", "category": "FACE", "setting": "SURGICAL"}
    entry = catalog.add_procedure({**facts, "service_id": house.clinic.consult.pk}, by=by)
    plan = listed(house, entry)
    assert standing(house, plan) == {}
    catalog.write_checklist(entry.pk, LIST, by=by)
    consented(house, plan)
    clearance = actions.open_clearance(plan.pk, now(house, plan).created_at.date(), by=house.manager)
    said(house, clearance)
    assert "CHECKLIST" in missing(house, clearance)


def test_a_list_that_came_after_its_clearance_was_opened_holds_it_up_in_the_database(house):
    by = house.clinic.system
    facts = {"code": "LID", "name": "Lids", "category": "FACE", "setting": "SURGICAL"}
    entry = catalog.add_procedure({**facts, "service_id": house.clinic.consult.pk}, by=by)
    plan = listed(house, entry)
    clearance = complete(house, plan)
    catalog.write_checklist(entry.pk, LIST, by=by)
    assert plans.attach_lists(plan.pk, by=house.visit.nurse) == len(LIST)
    assert plans.attach_lists(plan.pk, by=house.visit.nurse) == 0
    with pytest.raises(NotReady):
        actions.clear(clearance.pk, by=house.manager)
    ticked(house, plan, WASHED, QUIT)
    assert actions.clear(clearance.pk, by=house.manager).status == "CLEARED"
