"""Preference cards: written in versions by the surgeon or whoever arranges the theatre, read where it is prepared."""

from copy import copy

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kalon.catalog import actions as catalog
from kalon.catalog.actions import ToDo
from kalon.catalog.rules import TeamLine
from kalon.kernel.errors import Clash, Invalid, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.plans.actions import LineDetails
from kalon.theatre import actions, queries
from kalon.theatre.actions.listing import _cards
from kalon.theatre.tests.listed import CALL, LIST, QUIT, WASHED, listed, procedure, ticked
from kalon.theatre.tests.test_lists import client
from kalon.theatre.tests.told import DONE, SURGERY, attack, complete, planned, reserved, scheduled, staff_of

SAYS = {"instruments": "Nasal set, two hooks", "position": "Supine, head up", "minutes": 150, "anaesthesia": "GENERAL"}


def of_surgeon(house, entry, surgeon=None):
    with acting_as(house.manager):
        found = queries.preferred([entry.pk], surgeon or staff_of(house, house.surgeon), seen_by=house.manager)
        return [(one.whose, one.card.version) for one in found]


def test_the_surgeons_own_card_counts_before_the_house_s(house):
    entry, own = procedure(house), staff_of(house, house.surgeon)
    assert of_surgeon(house, entry) == []
    actions.write_card(entry.pk, None, SAYS, by=house.manager)
    assert of_surgeon(house, entry) == [("The house's own", 1)]
    first = actions.write_card(entry.pk, own, {**SAYS, "notes": "No music"}, by=house.surgeon)
    assert of_surgeon(house, entry) == [("Dr Nila Das", 1)]
    assert actions.write_card(entry.pk, own, {**SAYS, "notes": "No music"}, by=house.surgeon).pk == first.pk
    second = actions.write_card(entry.pk, own, SAYS, seen=1, by=house.manager)
    assert (second.version, of_surgeon(house, entry)) == (2, [("Dr Nila Das", 2)])
    with pytest.raises(Clash, match="meanwhile"):
        actions.write_card(entry.pk, own, SAYS, seen=1, by=house.surgeon)
    with acting_as(house.manager):
        listing = [(one.surgeon_id, one.version) for one in queries.counting_cards(seen_by=house.manager)]
        assert sorted(listing, key=str) == sorted([(None, 1), (own, 2)], key=str)
    actions.end_card(entry.pk, own, seen=2, by=house.surgeon)
    assert of_surgeon(house, entry) == [("The house's own", 1)]
    with pytest.raises(Invalid, match="no card"):
        actions.end_card(entry.pk, own, by=house.surgeon)


def test_the_list_on_paper_asks_once_for_the_cards_of_all_its_surgeons(house):
    entry = procedure(house, (ToDo(CALL, "AFTER", "DESK"),))
    own, other = staff_of(house, house.surgeon), house.clinic.other_doctor.pk
    scheduled(house, listed(house, entry))
    for whose, says in ((own, "Hers"), (other, "His"), (None, "Ours")):
        actions.write_card(entry.pk, whose, {**SAYS, "notes": says}, by=house.manager)
    by = house.manager
    with acting_as(by):
        [first] = queries.list_of_day(SURGERY, seen_by=by, branch_id=house.clinic.branch.pk)
        found = [copy(first), copy(first), copy(first), copy(first)]
        for case, surgeon in zip(found, (own, other, house.clinic.doctor.pk, own), strict=True):
            case.surgeon_id = surgeon
        said = []
        for cases in (found[:1], found):
            with CaptureQueriesContext(connection) as asked:
                cards = _cards(cases, by)
            assert len(asked) == 1, [one["sql"] for one in asked]
            said.append([dict(card["said"])["Notes"] for card in cards])
    assert said == [["Hers"], ["Hers", "His", "Ours"]]
    assert actions.list_pdf(house.clinic.branch.pk, SURGERY, by=by).startswith(b"%PDF")


def test_who_writes_a_card(house):
    entry, own = procedure(house), staff_of(house, house.surgeon)
    for by in (house.visit.nurse, house.visit.doctor, house.anaesthetist, house.visit.desk):
        with pytest.raises(NotPermitted):
            actions.write_card(entry.pk, own, SAYS, by=by)
    with pytest.raises(NotPermitted, match="your own"):
        actions.write_card(entry.pk, None, SAYS, by=house.surgeon)
    with pytest.raises(Invalid, match="minutes"):
        actions.write_card(entry.pk, own, {"minutes": 4}, by=house.surgeon)
    with pytest.raises(Invalid, match="anaesthesia"):
        actions.write_card(entry.pk, own, {"anaesthesia": "NONE"}, by=house.surgeon)
    with pytest.raises(Invalid, match="staff of this clinic"):
        actions.write_card(entry.pk, own, {"team": [entry.pk]}, by=house.surgeon)
    with acting_as(house.manager):
        assert not queries.counting_cards(seen_by=house.manager).exists()


def test_raw_sql_changes_no_version_and_writes_for_nobody_else(house):
    entry, own = procedure(house), staff_of(house, house.surgeon)
    actions.write_card(entry.pk, own, SAYS, by=house.surgeon)
    for statement in ("UPDATE theatre_preferencecard SET notes = 'x'", "DELETE FROM theatre_preferencecard"):
        assert attack(statement, by=house.surgeon) == "42501"  # no such right
    copy = """INSERT INTO theatre_preferencecard SELECT (jsonb_populate_record(card, jsonb_build_object(
        'id', gen_random_uuid(), 'version', %s::int, 'team', %s::text[]::uuid[]))).* FROM theatre_preferencecard card"""
    assert attack(copy, [2, []], by=house.manager) == "theatre_preferencecard_by_who_acts"
    assert attack(copy, [1, []], by=house.surgeon) == "theatre_preferencecard_version_once"
    assert attack(copy, [2, [str(entry.pk)]], by=house.surgeon) == "theatre_preferencecard_team"
    assert attack(copy, [2, []], by=house.surgeon) == DONE


def test_booking_begins_with_its_minutes_and_team_and_theatre_reads_it(house):
    entry, operates = procedure(house), house.clinic.other_doctor.pk
    nurse = staff_of(house, house.visit.nurse)
    actions.write_card(entry.pk, None, {**SAYS, "team": [nurse]}, by=house.manager)
    plan = listed(house, entry)
    takes = [TeamLine("NURSE", 2), TeamLine("ANAESTHETIST")]
    catalog.change_procedure(entry.pk, {"minutes": 90}, takes, by=house.clinic.system)
    desk = client(house, house.manager)
    form = desk.get(f"/theatre/plans/{plan.pk}/reserve").content.decode()
    assert 'value="150"' in form and "It takes 1 anaesthetist and 2 nurses besides the surgeon." in form
    kept = reserved(house, plan, team=(nurse,))
    assert (
        "Still to be found: 1 anaesthetist and 1 nurse" in desk.get(f"/theatre/reservations/{kept.pk}").content.decode()
    )
    [ticked] = [one for one in form.split("<input") if str(nurse) in one.split(">")[0]]
    assert "checked" in ticked.split(">")[0]
    assert "Nasal set" in desk.get(f"/theatre/cards/{entry.pk}").content.decode()
    assert desk.get("/theatre/cards").content.decode().count("Surgery NOSE") >= 1
    own = f"/theatre/cards/{entry.pk}?surgeon={operates}"
    sent = {"minutes": "90", "instruments": "Fine hooks", "seen": "0"}
    assert desk.post(own, sent).status_code == 303
    assert desk.post(own, sent).status_code == 422  # version 1 stands by now
    refused = client(house, house.visit.nurse).post(own, {**sent, "seen": "1", "minutes": "60"})
    assert (refused.status_code, desk.get(own).content.decode().count("Version")) == (422, 2)
    listing = desk.get("/api/preference-cards").json()
    assert [one["instruments"] for one in listing["items"]] == ["Fine hooks", "Nasal set, two hooks"]
    end = {"procedure_id": str(entry.pk), "surgeon_id": str(operates), "seen": 1}

    def ended(by, **more):
        sent = {"content_type": "application/json", "headers": {"Idempotency-Key": "end"}}
        return client(house, by).post("/api/preference-cards/end", {**end, **more}, **sent)

    assert [ended(house.visit.nurse).status_code, ended(house.visit.desk).status_code] == [403, 403]
    assert ended(house.manager, seen=0).status_code == 409
    done = ended(house.manager)
    assert (done.status_code, done.json()["is_active"], done.json()["version"]) == (200, False, 2)
    assert ended(house.manager)["Idempotent-Replayed"] == "true"
    assert [one["surgeon_id"] for one in desk.get("/api/preference-cards").json()["items"]] == [None]


def test_a_case_begins_with_the_anaesthesia_of_its_surgeon_s_cards(house):
    nose, lid = procedure(house), procedure(house, LIST[3:4], "LID")
    both = tuple(LineDetails(entry_id=one.pk, side="NONE", technique="Closed") for one in (nose, lid))
    plan = planned(house, lines=both)
    clearance = complete(house, plan)
    ticked(house, plan, WASHED, QUIT)
    actions.clear(clearance.pk, by=house.manager)
    kept, operates = reserved(house, plan), house.clinic.other_doctor.pk

    def offered():
        with acting_as(house.manager):
            return queries.usual_anaesthesia(queries.reservation(kept.pk, seen_by=house.manager), seen_by=house.manager)

    actions.write_card(nose.pk, None, {"anaesthesia": "LOCAL"}, by=house.manager)
    assert offered() == "GENERAL"  # nobody said anything of the other procedure
    actions.write_card(lid.pk, None, {"notes": "Quiet room"}, by=house.manager)
    assert offered() == "GENERAL"
    actions.write_card(lid.pk, operates, {"anaesthesia": "SEDATION"}, by=house.manager)
    assert offered() == "SEDATION"  # the deeper of the two
    page = client(house, house.manager).get(f"/theatre/reservations/{kept.pk}").content.decode()
    [chosen] = [one for one in page.split("<option") if " selected" in one.split(">")[0]]
    assert 'value="SEDATION"' in chosen
    with pytest.raises(Invalid, match="anaesthesia"):
        actions.schedule(kept.pk, anaesthesia="NONE", by=house.manager)
    assert actions.schedule(kept.pk, by=house.manager).anaesthesia == "SEDATION"
