"""The desk registers, corrects and writes down; every refusal leaves nothing behind."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from kalon.kernel import crypto
from kalon.kernel.actors import Actor
from kalon.kernel.audit import AuditEvent
from kalon.kernel.errors import Clash, Invalid, NotFound, NotPermitted, Stale
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions, queries
from kalon.patients.models import Allergy, AllergyState, Contact, Coverage, HistoryItem, Patient
from kalon.patients.rules import (
    AllergyAnswer,
    AllergyDetails,
    ContactDetails,
    CoverageDetails,
    GuardianDetails,
    HistoryDetails,
)
from kalon.patients.tests.factories import details, patient
from kalon.patients.tests.test_rules import checked
from kalon.people.tests.factories import Clinic

TABLES = (Patient, Allergy, HistoryItem, Contact, Coverage)
HUSBAND = ContactDetails(name="Ravi Nair", relationship="Husband", phone="98470 55219", is_emergency=True)


def rows(here: Clinic) -> dict[str, int]:
    with acting_as(here.system):
        return {table.__name__: table.objects.count() for table in TABLES}


def again(one: Patient, by: Actor) -> Patient:
    with acting_as(by):
        return queries.patient(one.pk, seen_by=by)


def test_a_new_patient_gets_the_next_number_of_the_clinic(here: Clinic, elsewhere: Clinic) -> None:
    assert [patient(here.frontdesk).mrn, patient(here.frontdesk).mrn] == ["SK-000001", "SK-000002"]
    assert patient(elsewhere.frontdesk).mrn == "NS-000001"


def test_what_identifies_somebody_stands_encrypted_in_the_table(here: Clinic) -> None:
    one = patient(here.frontdesk, given_name="Meera", phone="98470 55218", address={"city": "Kochi"})
    with acting_as(here.system):
        held = Patient.objects.filter(pk=one.pk).values_list("given_name", "phone", "birth_date", "address").get()
    assert all(b"Meera" not in bytes(value) and b"9847055218" not in bytes(value) for value in held)
    found = again(one, here.frontdesk)
    assert (found.name.split()[0], found.phone, found.postal_address) == ("Meera", "+919847055218", {"city": "Kochi"})


@pytest.mark.parametrize(
    ("name", "born", "phone", "why"),
    [
        ("Mira Nair", "1994-03-14", "98470 00001", "same name and birth date"),
        ("Asha Das", "1980-01-01", "98470 55218", "same phone"),
        ("Meera Nair", "1994-03-14", "98470 55218", "same name, birth date and phone"),
        ("Nair Meerra", "1994-03-14", "98470 00001", "same name and birth date"),
    ],
)
def test_somebody_who_looks_the_same_is_shown_before_a_second_record_is_made(
    here: Clinic, name: str, born: str, phone: str, why: str
) -> None:
    given, _, family = name.partition(" ")
    typed = {"given_name": given, "family_name": family, "birth_date": born, "phone": phone}
    first = patient(
        here.frontdesk, given_name="Meera", family_name="Nair", birth_date="1994-03-14", phone="98470 55218"
    )
    before = rows(here)
    with pytest.raises(Clash) as refusal:
        actions.register(details(**typed, confirmed_not_duplicate=False), by=here.frontdesk)
    assert refusal.value.facts["duplicates"] == [{"id": str(first.pk), "mrn": first.mrn, "why": why}]
    assert "Meera" not in str(refusal.value.as_problem())
    assert rows(here) == before
    assert patient(here.frontdesk, **typed).mrn == "SK-000002"  # a different person, and the desk says so


def test_two_people_of_one_name_and_nothing_else_in_common_need_no_warning(here: Clinic) -> None:
    patient(here.frontdesk, given_name="Meera", family_name="Nair", birth_date="1994-03-14")
    other = details(given_name="Joseph", family_name="Kurian", confirmed_not_duplicate=False)
    assert actions.register(other, by=here.frontdesk).mrn == "SK-000002"


def test_a_patient_under_18_needs_a_guardian(here: Clinic) -> None:
    with pytest.raises(Invalid) as refusal:
        patient(here.frontdesk, birth_date="2018-05-02")
    assert refusal.value.facts["errors"] == {
        "guardian_name": ["A patient under 18 needs a guardian. Write who decides for them, with a phone number."]
    }
    assert rows(here)["Patient"] == 0


def test_a_child_is_reached_through_the_mother_who_is_a_patient_too(here: Clinic) -> None:
    mother = patient(here.frontdesk, given_name="Meera", phone="98470 55218")
    guardian = GuardianDetails(relationship="Mother", patient_id=mother.pk)
    child = patient(here.frontdesk, birth_date="2018-05-02", phone="", email="", guardian=guardian)
    with acting_as(here.frontdesk):
        (contact,) = queries.contacts(child.pk, seen_by=here.frontdesk)
        assert (contact.person_id, contact.is_guardian, contact.phone) == (mother.pk, True, "+919847055218")
        found = {hit.mrn for hit in queries.search("98470 55218", seen_by=here.frontdesk)}
    assert found == {mother.mrn, child.mrn}


def test_a_child_cannot_be_a_guardian(here: Clinic) -> None:
    mother = GuardianDetails(name="Meera Nair", relationship="Mother", phone="98470 55218")
    child = patient(here.frontdesk, birth_date="2018-05-02", guardian=mother)
    with pytest.raises(Invalid, match="A guardian must be of age"):
        patient(
            here.frontdesk,
            birth_date="2019-05-02",
            guardian=GuardianDetails(relationship="Brother", patient_id=child.pk),
        )
    assert rows(here)["Patient"] == 1


def test_an_abha_number_belongs_to_one_record(here: Clinic, elsewhere: Clinic) -> None:
    number = checked("9112345678901")
    patient(here.frontdesk, abha_number=number)
    with pytest.raises(Clash, match="Another patient's record has this ABHA number"):
        patient(here.frontdesk, abha_number=number)
    assert rows(here)["Patient"] == 1
    patient(elsewhere.frontdesk, abha_number=number)  # the same person may be a patient of two clinics


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("given_name", "x" * 10_000),
        ("given_name", "Me\x00era"),
        ("family_name", "\ud83c"),
        ("family_name", "🌸🌸"),
        ("birth_date", "2026-02-30"),
        ("birth_date", "2999-01-01"),
        ("phone", "ninety-eight"),
        ("email", "meera@"),
        ("abha_number", "123"),
        ("abha_address", "nowhere"),
        ("referral_source", "y" * 10_000),
        ("language", "xx"),
        ("gender", "robot"),
    ],
)
def test_bad_input_gets_a_sentence_by_its_field_and_nothing_is_half_written(
    here: Clinic, field: str, value: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        patient(here.frontdesk, **{field: value})
    assert list(refusal.value.facts["errors"]) == [field]
    assert all(sentence.endswith(".") for sentence in refusal.value.facts["errors"][field])
    assert rows(here) == dict.fromkeys(("Patient", "Allergy", "HistoryItem", "Contact", "Coverage"), 0)


def test_a_fault_in_the_last_line_of_history_leaves_no_patient_behind(here: Clinic) -> None:
    with pytest.raises(Invalid):
        patient(
            here.frontdesk,
            history=(HistoryDetails(kind="CONDITION", text="Asthma"), HistoryDetails(kind="?", text="x")),
        )
    assert rows(here)["Patient"] == 0


def test_allergies_are_asked_and_the_old_answer_is_kept(here: Clinic) -> None:
    one = patient(here.frontdesk)
    assert queries_banner(one, here).allergy_state == AllergyState.NOT_RECORDED
    penicillin = AllergyDetails(substance="Penicillin", reaction="anaphylaxis", severity="SEVERE", since_year=2019)
    actions.record_allergies(one.pk, "KNOWN", [penicillin, AllergyDetails(substance="Latex")], by=here.frontdesk)
    banner = queries_banner(one, here)
    assert [item.substance for item in banner.allergies] == ["Penicillin", "Latex"]
    assert banner.asked_by == here.frontdesk.name
    actions.record_allergies(one.pk, "KNOWN", [penicillin], by=here.frontdesk)
    actions.record_allergies(one.pk, "NONE_KNOWN", by=here.frontdesk)
    assert queries_banner(one, here).allergy_state == AllergyState.NONE_KNOWN
    with acting_as(here.system):
        ended = sorted(Allergy.objects.filter(patient=one).values_list("substance", "ended_by"))
    assert ended == [("Latex", here.frontdesk.name), ("Penicillin", here.frontdesk.name)]


def queries_banner(one: Patient, here: Clinic) -> queries.Banner:
    with acting_as(here.frontdesk):
        found = queries.patient(one.pk, seen_by=here.frontdesk)
        whole = queries.banner(found)
        assert queries.banners([found]) == {found.pk: whole}, "in a list it is the same banner"
        return whole


@pytest.mark.parametrize(
    ("state", "substances", "sentence"),
    [
        ("NOT_RECORDED", [], "Choose what was answered about allergies."),
        ("KNOWN", [], "Write at least one substance, or choose another answer."),
        ("NONE_KNOWN", ["Latex"], "Substances are written down, so the answer is: known allergies."),
        ("KNOWN", [""], "Write the name of the substance."),
        ("MAYBE", [], "Choose one of the answers about allergies."),
    ],
)
def test_an_answer_about_allergies_must_make_sense(
    here: Clinic, state: str, substances: list[str], sentence: str
) -> None:
    one = patient(here.frontdesk)
    with pytest.raises(Invalid) as refusal:
        actions.record_allergies(one.pk, state, [AllergyDetails(substance=s) for s in substances], by=here.frontdesk)
    assert refusal.value.detail == sentence
    assert again(one, here.frontdesk).allergy_state == AllergyState.NOT_RECORDED


def test_a_correction_needs_a_reason_and_the_present_version_and_is_found_by_the_new_name(here: Clinic) -> None:
    one = patient(here.frontdesk, given_name="Meera", family_name="Nair")
    put_right = actions.correct(
        one.pk, {"given_name": "Padma"}, version=1, reason="As on her passport", by=here.frontdesk
    )
    assert (put_right.name, put_right.version) == ("Padma Nair", 2)
    with pytest.raises(Stale, match="Somebody changed this record after you opened the page"):
        actions.correct(one.pk, {"given_name": "Uma"}, version=1, reason="No", by=here.frontdesk)
    with pytest.raises(Invalid, match="Write why this is changed"):
        actions.correct(one.pk, {"given_name": "Uma"}, version=2, reason="  ", by=here.frontdesk)
    with pytest.raises(Invalid, match="This cannot be changed here"):
        actions.correct(one.pk, {"mrn": "SK-999999"}, version=2, reason="A nicer number", by=here.frontdesk)
    assert again(one, here.frontdesk).name == "Padma Nair"
    with acting_as(here.frontdesk):
        assert [hit.mrn for hit in queries.search("padma nair", seen_by=here.frontdesk)] == [one.mrn]
        change = AuditEvent.objects.filter(patient_id=one.pk, kind="CHANGE").latest("id")
    assert (change.reason, change.facts) == ("As on her passport", {"fields": ["given_name"]})


def test_a_contact_opens_under_the_key_of_its_own_patient_only(here: Clinic) -> None:
    one = patient(here.frontdesk)
    actions.add_contact(one.pk, HUSBAND, by=here.frontdesk)
    with acting_as(here.system):
        Patient.objects.filter(pk=one.pk).update(data_key=crypto.new_data_key())
        (contact,) = queries.contacts(one.pk, seen_by=here.frontdesk)
        with pytest.raises(crypto.Tampered):
            str(contact.name)


Verb = Callable[[UUID, Actor], Any]
VERBS: dict[str, Verb] = {
    "register": lambda pk, by: actions.register(details(), by=by),
    "correct": lambda pk, by: actions.correct(pk, {"given_name": "Uma"}, version=1, reason="Because", by=by),
    "record_allergies": lambda pk, by: actions.record_allergies(pk, "NONE_KNOWN", by=by),
    "add_contact": lambda pk, by: actions.add_contact(pk, HUSBAND, by=by),
    "add_guardian": lambda pk, by: actions.add_guardian(pk, HUSBAND, by=by),
    "add_coverage": lambda pk, by: actions.add_coverage(pk, CoverageDetails(payer="Star", policy_number="1"), by=by),
    "add_history": lambda pk, by: actions.add_history(pk, HistoryDetails(kind="CONDITION", text="Asthma"), by=by),
    "end_history": lambda pk, by: actions.end_history(pk, uuid4(), by=by),
    "settle_duplicate": lambda pk, by: actions.settle_duplicate(pk, "Twins", by=by),
}


@pytest.mark.parametrize("name", sorted(VERBS))
def test_without_the_right_nothing_is_written(here: Clinic, elsewhere: Clinic, name: str) -> None:
    one = patient(here.frontdesk)
    before, held = rows(here), again(one, here.frontdesk).version
    with pytest.raises(NotPermitted):
        VERBS[name](one.pk, here.inventory)
    if name != "register":
        with pytest.raises(NotFound):
            VERBS[name](one.pk, elsewhere.frontdesk)
    assert rows(here) == before
    now = again(one, here.frontdesk)
    assert (now.version, now.allergy_state) == (held, AllergyState.NOT_RECORDED)


@pytest.mark.parametrize("name", sorted(set(VERBS) - {"end_history"}))
def test_with_the_right_each_verb_does_its_work(here: Clinic, name: str) -> None:
    one = patient(here.frontdesk)
    assert VERBS[name](one.pk, here.frontdesk) is not None


def test_an_answer_may_come_with_the_registration(here: Clinic) -> None:
    answer = AllergyAnswer(state="KNOWN", allergies=(AllergyDetails(substance="Aspirin"),))
    one = patient(here.frontdesk, allergies=answer)
    assert [item.substance for item in queries_banner(one, here).allergies] == ["Aspirin"]
