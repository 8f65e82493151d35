"""The procedure catalogue: its verbs, what the database holds of it, its pages and its JSON."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.catalog import actions, queries
from kalon.catalog.models import Procedure, Service
from kalon.catalog.rules import CodeLine, TeamLine
from kalon.catalog.tests.test_catalogue import a_patient, sql
from kalon.catalog.tests.test_fronts import as_
from kalon.kernel.errors import Clash, Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.people.tests.factories import Clinic

pytestmark = pytest.mark.django_db
NOSE = {
    "code": "RHINOPLASTY", "name": "Rhinoplasty", "category": "FACE", "setting": "SURGICAL", "minutes": 180,
    "room_kind": "THEATRE", "photo_views": ["FRONT", "LEFT_90", "RIGHT_90", "BASAL"],
}  # fmt: skip
TEAM = (TeamLine("ANAESTHETIST"), TeamLine("NURSE", 2))
CODES = (CodeLine("OPCS-4", "E02.6", "Nose, our words"), CodeLine("CPT", "30400"))
TYPED = {
    "code": "peel-tca", "name": "TCA peel", "category": "SKIN", "setting": "NON_SURGICAL", "minutes": "45",
    "needs_consent": "on", "is_active": "on", "team_NURSE": "1", "photo_views": ["FRONT", "CLOSE_UP"],
    "codes": "CPT 15788\r\nother P-7 Our peel",
}  # fmt: skip


def add(here: Clinic, **more: Any) -> Procedure:
    return actions.add_procedure({**NOSE, **more}, TEAM, CODES, by=here.owner)


def table(here: Clinic) -> list[Any]:
    with acting_as(here.owner):
        return list(Procedure.objects.order_by("id").values())


def test_a_procedure_is_added_with_its_team_and_codes_and_sold_as_a_service(here: Clinic) -> None:
    with acting_as(here.owner):
        sold = Service.objects.get(code="RHINOPLASTY")
    made = add(here, service_id=sold.pk)
    assert (made.service, made.needs_consent, made.photo_views[0]) == (sold, True, "FRONT")
    assert [str(line) for line in made.team.all()] == ["1 × ANAESTHETIST", "2 × NURSE"]
    assert [(str(line), line.words) for line in made.codes.all()] == [
        ("CPT 30400", ""), ("OPCS-4 E02.6", "Nose, our words"),
    ]  # fmt: skip
    for text in ("rhino", "RHINO", "304", "e02"):
        with acting_as(here.doctor):
            assert list(queries.procedures(seen_by=here.doctor, text=text)) == [made], text
    with acting_as(here.doctor):
        assert not queries.procedures(seen_by=here.doctor, category="BODY").exists()
        assert not queries.procedures(seen_by=here.doctor, setting="NON_SURGICAL").exists()


def test_changing_says_what_it_was_and_out_of_use_nobody_is_offered_it(here: Clinic) -> None:
    made = add(here)
    actions.change_procedure(made.pk, {"minutes": 200}, TEAM[:1], CODES[:1], by=here.owner)
    changed = actions.change_procedure(made.pk, {"minutes": 200}, TEAM[:1], CODES[:1], by=here.owner)
    assert (changed.minutes, len(changed.team.all()), len(changed.codes.all())) == (200, 1, 1)
    with acting_as(here.owner):
        facts = [event.facts for event in queries.changes(made, seen_by=here.owner)]
    assert [list(one) for one in facts] == [["codes"], ["team"], ["minutes"]]
    assert facts[1]["team"] == [{"ANAESTHETIST": 1, "NURSE": 2}, {"ANAESTHETIST": 1}]
    assert not actions.retire_procedure(made.pk, by=here.owner).is_active
    with acting_as(here.owner):
        assert not queries.procedures(seen_by=here.owner).exists()
        assert queries.procedures(seen_by=here.owner, active_only=False).exists()


@pytest.mark.parametrize(
    ("details", "team", "codes", "field"),
    [
        ({"code": "nose job"}, (), (), "code"),
        ({"name": "  "}, (), (), "name"),
        ({"minutes": 4}, (), (), "minutes"),
        ({"category": "NOSE"}, (), (), "category"),
        ({"needs_consent": False}, (), (), "needs_consent"),
        ({"least_days_between": 0}, (), (), "least_days_between"),
        ({"photo_views": ["FRONT", "NORTH"]}, (), (), "photo_views"),
        ({}, (TeamLine("PILOT"),), (), "team"),
        ({}, (TeamLine("NURSE", 11),), (), "team"),
        ({}, (TeamLine("NURSE"), TeamLine("NURSE")), (), "team"),
        ({}, (), (CodeLine("ABC", "1"),), "codes"),
        ({}, (), (CodeLine("CPT", "30 400"),), "codes"),
        ({}, (), (CodeLine("CPT", "30400"), CodeLine("CPT", "30400")), "codes"),
        ({}, (), tuple(CodeLine("CPT", str(n)) for n in range(21)), "codes"),
        ({}, (), (CodeLine("CPT", "1" * 31),), "codes"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    here: Clinic, details: Any, team: Any, codes: Any, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        actions.add_procedure({**NOSE, **details}, team, codes, by=here.owner)
    assert (refused.value.field, table(here)) == (field, [])


def test_two_procedures_of_one_code_and_another_clinics_service(here: Clinic, elsewhere: Clinic) -> None:
    made = add(here)
    with pytest.raises(Clash):
        add(here)
    with acting_as(elsewhere.owner):
        theirs = Service.objects.get(code="RHINOPLASTY")
    with pytest.raises(NotFound):
        add(here, code="NOSE-2", service_id=theirs.pk)
    assert sql(
        "UPDATE catalog_procedure SET service_id = %s WHERE id = %s", [theirs.pk, made.pk], by=here.owner
    ) == "catalog_procedure_same_service"  # fmt: skip
    with pytest.raises(NotFound):
        actions.change_procedure(made.pk, {"minutes": 5}, by=elsewhere.owner)


def test_whoever_has_no_right_changes_nothing(here: Clinic) -> None:
    made, before = add(here), table(here)
    for by in (here.frontdesk, here.doctor, here.public, a_patient(here)):
        for attempt in (
            lambda by=by: actions.add_procedure({**NOSE, "code": "X"}, by=by),
            lambda by=by: actions.change_procedure(made.pk, {"minutes": 5}, by=by),
            lambda by=by: actions.retire_procedure(made.pk, by=by),
        ):
            with pytest.raises(NotPermitted):
                attempt()
    assert table(here) == before


def test_the_database_refuses_what_the_verbs_would_and_patients_read_words_only(
    here: Clinic, elsewhere: Clinic
) -> None:
    add(here)
    by = here.owner
    assert sql("UPDATE catalog_procedure SET needs_consent = false", by=by) == "catalog_procedure_surgery_needs_consent"
    assert sql("UPDATE catalog_procedure SET code = 'a b'", by=by) == "catalog_procedure_named"
    assert sql("UPDATE catalog_procedure SET minutes = 0", by=by) == "catalog_procedure_minutes"
    assert sql("UPDATE catalog_procedureteam SET count = 11", by=by) == "catalog_procedureteam_count"
    assert sql("UPDATE catalog_procedurecode SET system = 'X'", by=by) == "catalog_procedurecode_shape"
    assert "permission denied" in sql("DELETE FROM catalog_procedure", by=by)
    patient = a_patient(here)
    with acting_as(patient):
        assert [row.name for row in queries.procedures(seen_by=patient, text="rhin")] == ["Rhinoplasty"]
    assert "permission denied" in sql("SELECT * FROM catalog_procedurecode", by=patient)
    for nobody in (here.public, elsewhere.owner):
        with acting_as(nobody):
            assert not Procedure.objects.exists()


def test_the_page_adds_changes_and_keeps_what_was_typed(here: Clinic) -> None:
    owner = as_(here, "owner")
    assert owner.post("/catalog/procedures/new", TYPED).status_code == 303
    with acting_as(here.owner):
        made = queries.procedures(seen_by=here.owner, text="PEEL-TCA").get()
        assert [str(line) for line in made.codes.all()] == ["CPT 15788", "OTHER P-7"]
        assert (made.team.get().count, made.photo_views) == (1, ["FRONT", "CLOSE_UP"])
    page = f"/catalog/procedures/{made.pk}"
    assert owner.post(page, {**TYPED, "minutes": "60"}).status_code == 303
    shown = owner.get(page).content.decode()
    assert "OTHER P-7 Our peel" in shown and "Minutes it takes: <bdi>45</bdi>" in " ".join(shown.split())
    for wrong, sentence in (
        ({"codes": "30400"}, "needs two words"),
        ({"codes": "ABC 1"}, "not a coding system"),
        ({"setting": "SURGICAL", "needs_consent": ""}, "An operation always has a signed consent"),
    ):
        refused = owner.post(page, {**TYPED, "name": "TCA peel, deep", **wrong})
        assert (refused.status_code, sentence in refused.content.decode()) == (422, True), wrong
        assert "TCA peel, deep" in refused.content.decode()
    assert as_(here, "frontdesk").get("/catalog/procedures").status_code == 403
    assert as_(here, "frontdesk").post(page, TYPED).status_code == 403
    assert Client().get("/catalog/procedures").status_code in (302, 303, 401, 403)


def test_the_list_and_its_json_ask_the_same_of_one_as_of_thirty(here: Clinic) -> None:
    owner, desk = as_(here, "owner"), as_(here, "frontdesk")
    paths = ((owner, "/catalog/procedures"), (desk, "/api/procedures"))

    def asked() -> list[int]:
        counts = []
        for client, path in paths:
            client.get(path)
            with CaptureQueriesContext(connection) as queries_made:
                assert client.get(path).status_code == 200
            counts.append(len(queries_made))
        return counts

    add(here)
    first = asked()
    for number in range(29):
        add(here, code=f"NOSE-{number}", name=f"Nose {number}")
    assert asked() == first
    assert "Rhinoplasty" not in owner.get("/catalog/procedures?q=nose+1").content.decode()
    assert "No procedure found" in owner.get("/catalog/procedures?category=HAIR").content.decode()


def test_json_is_written_by_the_owner_alone(here: Clinic) -> None:
    owner, desk = as_(here, "owner"), as_(here, "frontdesk")
    body = {**NOSE, "team": [{"staff_kind": "NURSE", "count": 2}], "codes": [{"system": "CPT", "code": "30400"}]}
    made = owner.post("/api/procedures", body, content_type="application/json")
    assert made.status_code == 201, made.content
    path = f"/api/procedures/{made.json()['id']}"
    assert desk.get(path).json()["codes"] == [{"system": "CPT", "code": "30400", "words": ""}]
    changed = owner.patch(path, {"minutes": 200, "room_kind": None, "codes": []}, content_type="application/json")
    assert (changed.json()["minutes"], changed.json()["room_kind"], changed.json()["codes"]) == (200, None, [])
    assert changed.json()["team"] == [{"staff_kind": "NURSE", "count": 2}]
    assert desk.patch(path, {"minutes": 5}, content_type="application/json").status_code == 403
    assert owner.post(f"{path}/retire", {}, content_type="application/json").json()["is_active"] is False
    assert owner.get("/api/procedures").json()["items"] == []


def test_what_patients_are_told_is_written_by_json(here: Clinic, elsewhere: Clinic) -> None:
    owner, desk, stranger = as_(here, "owner"), as_(here, "frontdesk"), as_(elsewhere, "owner")
    path, sent = f"/api/procedures/{add(here).pk}/instructions", {"content_type": "application/json"}
    body = {"text": " Nothing to eat. ", "source": "Ours"}
    put = owner.put(f"{path}/PRE_OP/en", body, **sent)
    assert put.json() == {"kind": "PRE_OP", "language": "en", "text": "Nothing to eat.", "source": "Ours"}
    assert owner.get(path).json() == [put.json()] and owner.get(f"{path}?language=ml").json() == []
    for wrong in ("NEVER/en", "PRE_OP/xx"):
        assert owner.put(f"{path}/{wrong}", body, **sent).status_code == 422, wrong
    assert owner.put(f"{path}/PRE_OP/en", {"text": "a\x00b"}, **sent).status_code == 422
    for who, status in ((desk, 403), (stranger, 404)):
        assert who.get(path).status_code == status
        assert who.put(f"{path}/PRE_OP/en", {"text": ""}, **sent).status_code == status
    assert owner.put(f"{path}/PRE_OP/en", {"text": ""}, **sent).status_code == 204
    assert owner.get(path).json() == []


def test_patients_are_told_in_their_language_and_in_english_where_it_has_no_text(here: Clinic) -> None:
    nose = add(here)
    for kind, language, text in (("PRE_OP", "en", "Eat."), ("PRE_OP", "ml", "കഴിക്കരുത്."), ("AFTERCARE", "en", "Rest.")):
        actions.write_instructions(nose.pk, kind, language, text, "Reviewed by nobody yet", by=here.owner)
    patient = a_patient(here)
    with acting_as(patient):
        [(named, texts)] = queries.instructions_for([nose.pk], "ml", seen_by=patient)
        assert (named, [one.text for one in texts]) == (nose, ["കഴിക്കരുത്.", "Rest."])
        assert len(queries.instructions_for([nose.pk], "hi", seen_by=patient)[0][1]) == 2
    assert "permission denied" in sql("UPDATE catalog_procedureinstructions SET text = 'x'", by=patient)
    assert sql("UPDATE catalog_procedureinstructions SET text = ' '", by=here.owner) == "catalog_instructions_said"
    for wrong, field in ((("X", "en", "x"), "kind"), (("PRE_OP", "xx", "x"), "language")):
        with pytest.raises(Invalid) as refused:
            actions.write_instructions(nose.pk, *wrong, by=here.owner)
        assert refused.value.field == field
    with pytest.raises(NotPermitted):
        actions.write_instructions(nose.pk, "PRE_OP", "en", "x", by=here.doctor)
    owner, page = as_(here, "owner"), f"/catalog/procedures/{nose.pk}/instructions?language=ml"
    assert "കഴിക്കരുത്." in owner.get(page).content.decode()
    assert owner.post(page, {"PRE_OP": "", "POST_OP": "വിശ്രമിക്കുക.", "source": "Ours"}).status_code == 303
    with acting_as(here.owner):
        assert list(queries.written_instructions(nose.pk, "ml", seen_by=here.owner)) == ["POST_OP"]
    assert "What patients are told" in owner.get(f"/catalog/procedures/{nose.pk}").content.decode()
    assert as_(here, "frontdesk").get(page).status_code == 403


def test_a_treatment_whose_visits_are_booked_with_less_than_it_takes_says_so(here: Clinic) -> None:
    with acting_as(here.owner):
        sold = Service.objects.get(code="CONSULT")
    facts = {"setting": "NON_SURGICAL", "service_id": sold.pk, "minutes": sold.minutes + 15, "room_kind": "TREATMENT"}
    made = actions.add_procedure({**NOSE, **facts}, (TeamLine("NURSE", 2),), by=here.owner)
    operation = add(here, code="LIFT", service_id=sold.pk)
    owner = as_(here, "owner")
    page = owner.get(f"/catalog/procedures/{made.pk}").content.decode()
    for said in (
        f"A visit is {sold.minutes} minutes long; it takes {sold.minutes + 15}.",
        "A visit is booked in: consultation room. It is done in: treatment room.",
        "Nobody is booked with a visit as: 2 nurses.",
        f"/catalog/services/{sold.pk}",
    ):
        assert said in page, said
    with acting_as(here.owner):
        assert str(queries.team_for([made.pk, operation.pk], seen_by=here.owner)) == "1 anaesthetist and 2 nurses"
    assert "booked otherwise" not in owner.get(f"/catalog/procedures/{operation.pk}").content.decode()
    alike = {"minutes": sold.minutes, "room_kind": sold.room_kind}
    actions.change_procedure(made.pk, alike, (), by=here.owner)
    assert "booked otherwise" not in owner.get(f"/catalog/procedures/{made.pk}").content.decode()
