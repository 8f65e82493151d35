"""Allergies and history: every line says who told it, who verified it, and can be read when it no longer counts."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from kalon.kernel.actors import EVERYWHERE, Actor, Kind
from kalon.kernel.constraints import broken_constraint, sqlstate
from kalon.kernel.errors import Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions, queries
from kalon.patients.models import Allergy, HistoryItem, Patient
from kalon.patients.rules import AllergyDetails, HistoryDetails
from kalon.patients.tests.factories import patient
from kalon.people.rules import PATIENT_PERMISSIONS
from kalon.people.tests.factories import Clinic

ASTHMA = HistoryDetails(kind="CONDITION", text="Asthma", code="j45.9", since_year=2004)
PENICILLIN = AllergyDetails(substance="Penicillin", reaction="rash", since_year=2019)


@pytest.fixture
def meera(here: Clinic) -> Patient:
    return patient(here.frontdesk)


def as_patient(here: Clinic, of: Patient) -> Actor:
    grants = {EVERYWHERE: PATIENT_PERMISSIONS}
    return Actor(Kind.PATIENT, "Meera", here.organization_id, None, of.pk, grants=grants)


def lines(here: Clinic, of: Patient) -> list[HistoryItem]:
    with acting_as(here.owner):
        return list(queries.history(of.pk, seen_by=here.owner))


def state(here: Clinic, of: Patient) -> tuple[str, list[str]]:
    with acting_as(here.owner):
        banner = queries.banner(queries.patient(of.pk, seen_by=here.owner))
    return banner.allergy_state, [one.substance for one in banner.allergies]


def attack(by: Actor, statement: str, *values: object) -> str:
    with acting_as(by):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, values)
                transaction.set_rollback(True)
        except DatabaseError as error:
            return broken_constraint(error.__cause__) or sqlstate(error.__cause__)
    return "done"


@pytest.fixture(scope="module")
def one_code(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A classification that knows one code, as the installer loads it."""
    with django_db_blocker.unblock():
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "INSERT INTO codes_code (system, code, title, level, parent, is_leaf, synonyms, words) "
                "VALUES ('ICD-10', 'J45.9', 'Asthma', 'CODE', '', true, '{}', '')"
            )
            cursor.execute("INSERT INTO codes_edition VALUES ('ICD-10', 'Test', 1, now())")
        yield
        with connections["owner"].cursor() as cursor:
            cursor.execute("TRUNCATE codes_code, codes_edition")
        connections["owner"].close()


def test_the_code_of_a_condition_stands_in_a_classification(one_code: None, here: Clinic, meera: Patient) -> None:
    line = actions.add_history(meera.pk, ASTHMA, by=here.owner)
    unknown = replace(ASTHMA, code="J45.7")
    for attempt in (
        lambda: actions.add_history(meera.pk, unknown, by=here.owner),
        lambda: actions.change_history(meera.pk, line.pk, unknown, by=here.owner),
        lambda: actions.add_own_history(unknown, by=as_patient(here, meera)),
    ):
        with pytest.raises(Invalid, match=r"No classification has the code J45\.7") as refusal:
            attempt()
        assert refusal.value.field == "code"
    assert [one.code for one in lines(here, meera)] == ["J45.9"]


def test_a_line_is_added_verified_put_right_and_ended(here: Clinic, meera: Patient) -> None:
    line = actions.add_history(meera.pk, ASTHMA, by=here.owner)
    assert (line.code, line.since_year, line.source, line.noted_by) == ("J45.9", 2004, "CONSULTATION", here.owner.name)
    assert actions.verify_history(meera.pk, line.pk, by=here.owner).verified_by == here.owner.name
    told = HistoryDetails(kind="MEDICATION", text="Salbutamol", dose="2 puffs when needed", source="EXTERNAL")
    right = actions.change_history(meera.pk, line.pk, told, by=here.owner)
    assert [(one.text, one.dose, one.verified_by) for one in lines(here, meera)] == [
        ("Salbutamol", "2 puffs when needed", "")
    ]
    actions.end_history(meera.pk, right.pk, by=here.owner)
    with acting_as(here.owner):
        _, old = queries.ended(meera.pk, seen_by=here.owner)
        assert {(one.text, one.ended_by) for one in old} == {
            ("Asthma", here.owner.name), ("Salbutamol", here.owner.name),
        }  # fmt: skip
    with pytest.raises(NotFound):
        actions.end_history(meera.pk, right.pk, by=here.owner)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"code": "diabetes"}, "code"), ({"code": "E119"}, "code"), ({"kind": "SURGERY", "code": "E11.9"}, "code"),
        ({"dose": "1 a day"}, "dose"), ({"since_year": 1066}, "since_year"), ({"since_year": 3000}, "since_year"),
        ({"source": "A DREAM"}, "source"), ({"text": " "}, "text"), ({"kind": "MOOD"}, "kind"),
        ({"kind": "MEDICATION", "dose": "x" * 201}, "dose"),
    ],
)  # fmt: skip
def test_a_line_that_makes_no_sense_is_refused(here: Clinic, meera: Patient, told: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.add_history(
            meera.pk, HistoryDetails(**{"kind": "CONDITION", "text": "Diabetes", **told}), by=here.owner
        )
    assert refusal.value.field == field
    assert lines(here, meera) == []


def test_nothing_of_a_patient_begins_before_they_were_born(here: Clinic, meera: Patient) -> None:
    with acting_as(here.owner):
        born = meera.born
    assert born is not None
    early = born.year - 1
    with pytest.raises(Invalid, match=f"born in {born.year}") as refusal:
        actions.add_history(meera.pk, replace(ASTHMA, since_year=early), by=here.owner)
    assert refusal.value.field == "since_year"
    with pytest.raises(Invalid, match=f"Penicillin: The patient was born in {born.year}"):
        actions.record_allergies(meera.pk, "KNOWN", [replace(PENICILLIN, since_year=early)], by=here.owner)
    assert lines(here, meera) == []
    mother = HistoryDetails(kind="FAMILY", text="Diabetes, mother", since_year=early)
    actions.add_history(meera.pk, mother, by=here.owner)
    actions.add_history(meera.pk, replace(ASTHMA, since_year=born.year), by=here.owner)


def test_asking_again_keeps_what_was_known_of_each_allergy(here: Clinic, meera: Patient) -> None:
    actions.record_allergies(meera.pk, "KNOWN", [PENICILLIN], by=here.owner)
    with acting_as(here.owner):
        held = Allergy.objects.get()
    more = AllergyDetails(substance="Penicillin", reaction="rash", since_year=2019, kind="DRUG", severity="SEVERE")
    actions.change_allergy(meera.pk, held.pk, more, by=here.owner)
    actions.record_allergies(meera.pk, "KNOWN", [PENICILLIN, AllergyDetails(substance="Latex")], by=here.owner)
    with acting_as(here.owner):
        found = {one.substance: (one.kind, one.severity) for one in queries.allergies(meera.pk, seen_by=here.owner)}
    assert found == {"Penicillin": ("DRUG", "SEVERE"), "Latex": ("LATEX", "UNKNOWN")}


def test_the_four_states_of_the_banner(here: Clinic, meera: Patient) -> None:
    assert state(here, meera) == ("NOT_RECORDED", [])
    actions.record_allergies(meera.pk, "NONE_KNOWN", by=here.owner)
    assert state(here, meera) == ("NONE_KNOWN", [])
    actions.record_allergies(meera.pk, "UNAVAILABLE", by=here.owner)
    assert state(here, meera) == ("UNAVAILABLE", [])
    actions.record_allergies(meera.pk, "KNOWN", [PENICILLIN], by=here.owner)
    assert state(here, meera) == ("KNOWN", ["Penicillin"])
    with acting_as(here.system):
        Allergy.objects.update(ended_at="2026-01-01T00:00:00Z", ended_by="a fault")
    assert state(here, meera) == ("UNAVAILABLE", []), "known, and no line says what: never shown as none"


def test_what_a_patient_adds_stands_in_the_banner_at_once_and_waits_to_be_verified(
    here: Clinic, meera: Patient
) -> None:
    actions.record_allergies(meera.pk, "NONE_KNOWN", by=here.owner)
    me = as_patient(here, meera)
    own = actions.add_own_allergy(PENICILLIN, by=me)
    line = actions.add_own_history(HistoryDetails(kind="SURGERY", text="Appendix", source="EXTERNAL"), by=me)
    assert (own.source, own.verified_at, line.source) == ("SELF_REPORTED", None, "SELF_REPORTED")
    assert state(here, meera) == ("KNOWN", ["Penicillin"])
    with pytest.raises(Invalid):
        actions.add_own_allergy(AllergyDetails(substance="PENICILLIN"), by=me)
    assert actions.verify_allergy(meera.pk, own.pk, by=here.owner).verified_by == here.owner.name
    with acting_as(here.owner):
        assert queries.patient(meera.pk, seen_by=here.owner).allergy_state == "KNOWN"


def test_a_patient_verifies_and_ends_nothing(here: Clinic, meera: Patient) -> None:
    me = as_patient(here, meera)
    own = actions.add_own_allergy(PENICILLIN, by=me)
    line = actions.add_own_history(ASTHMA, by=me)
    for attempt in (
        lambda: actions.verify_allergy(meera.pk, own.pk, by=me),
        lambda: actions.change_allergy(meera.pk, own.pk, PENICILLIN, by=me),
        lambda: actions.verify_history(meera.pk, line.pk, by=me),
        lambda: actions.change_history(meera.pk, line.pk, ASTHMA, by=me),
        lambda: actions.end_history(meera.pk, line.pk, by=me),
        lambda: actions.add_history(meera.pk, ASTHMA, by=me),
    ):
        with pytest.raises(NotPermitted):
            attempt()
    assert attack(me, "UPDATE patients_allergy SET verified_at = now(), verified_by = 'me'") == "42501"
    assert attack(me, "UPDATE patients_historyitem SET is_current = false") == "42501"
    verified = (
        "INSERT INTO patients_allergy (id, created_at, organization_id, patient_id, substance, reaction, severity, "
        "kind, source, noted_by, ended_by, verified_at, verified_by) "
        "VALUES (%s, now(), %s, %s, 'Dust', '', 'MILD', 'OTHER', 'SELF_REPORTED', 'me', '', now(), 'a doctor')"
    )
    assert attack(me, verified, uuid4(), here.organization_id, meera.pk) == "patients_allergy_own_words"
    found = verified.replace("SELF_REPORTED", "CONSULTATION").replace("now(), 'a doctor'", "NULL, ''")
    assert attack(me, found, uuid4(), here.organization_id, meera.pk) == "patients_allergy_own_words"
    honest = verified.replace("now(), 'a doctor'", "NULL, ''")
    assert attack(me, honest, uuid4(), here.organization_id, meera.pk) == "done"


def test_who_has_no_right_is_refused_and_nothing_changes(here: Clinic, meera: Patient) -> None:
    actions.record_allergies(meera.pk, "KNOWN", [PENICILLIN], by=here.owner)
    line = actions.add_history(meera.pk, ASTHMA, by=here.owner)
    with acting_as(here.owner):
        held = Allergy.objects.get()
    for attempt in (
        lambda: actions.change_allergy(meera.pk, held.pk, PENICILLIN, by=here.inventory),
        lambda: actions.verify_allergy(meera.pk, held.pk, by=here.inventory),
        lambda: actions.change_history(meera.pk, line.pk, ASTHMA, by=here.inventory),
        lambda: actions.verify_history(meera.pk, line.pk, by=here.inventory),
        lambda: actions.add_own_allergy(PENICILLIN, by=here.inventory),
        lambda: actions.add_own_history(ASTHMA, by=here.inventory),
    ):
        with pytest.raises(NotPermitted):
            attempt()
    with acting_as(here.owner):
        assert Allergy.objects.get().verified_at is None and HistoryItem.objects.get().is_current


def test_the_pages_of_the_history(here: Clinic, meera: Patient) -> None:
    desk = Client()
    desk.force_login(here.users["owner"], backend="allauth.account.auth_backends.AuthenticationBackend")
    tab = reverse("patients:tab", args=[meera.pk, "history"])
    assert "Not recorded" in desk.get(tab).content.decode()
    actions.record_allergies(meera.pk, "KNOWN", [PENICILLIN], by=here.owner)
    line = actions.add_history(meera.pk, ASTHMA, by=here.owner)
    with acting_as(here.owner):
        held = Allergy.objects.get()
    shown = desk.get(tab).content.decode()
    assert all(word in shown for word in ("Penicillin", "Asthma", "J45.9", "since 2004", "To verify"))
    allergy = reverse("patients:allergy", args=[meera.pk, held.pk])
    assert "Penicillin" in desk.get(allergy).content.decode()
    bad = desk.post(allergy, {"substance": "", "kind": "DRUG", "severity": "MILD", "source": "CONSULTATION"})
    assert bad.status_code == 422
    change = reverse("patients:history_change", args=[meera.pk, line.pk])
    assert "Asthma" in desk.get(change).content.decode()
    wrong = desk.post(change, {"kind": "CONDITION", "text": "Asthma, mild", "code": "asthma"})
    assert wrong.status_code == 422 and "Asthma, mild" in wrong.content.decode()
    for name, pk in (("history_verify", line.pk), ("allergy_verify", held.pk), ("history_end", line.pk)):
        assert desk.post(reverse(f"patients:{name}", args=[meera.pk, pk])).status_code == 303
    assert "No longer counts" in desk.get(tab).content.decode()
