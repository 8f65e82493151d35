"""Two records beside each other, and who stands in whose record: what is shown, logged, refused."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kalon.kernel.audit import AuditEvent
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions, queries
from kalon.patients.models import Patient
from kalon.patients.pages.comparing import Fact
from kalon.patients.rules import AllergyDetails, ContactDetails
from kalon.patients.tests.factories import patient
from kalon.patients.tests.test_pages import signed_in
from kalon.people.tests.factories import Clinic


@pytest.fixture
def older(here: Clinic) -> Patient:
    one = patient(
        here.frontdesk, given_name="Meera", family_name="Nair", birth_date="1994-03-14", phone="+919847055218"
    )
    actions.record_allergies(one.pk, "KNOWN", [AllergyDetails(substance="Latex")], by=here.owner)
    return one


@pytest.fixture
def younger(here: Clinic, older: Patient) -> Patient:
    one = patient(here.frontdesk, given_name="Mira", family_name="Nair", birth_date="1994-03-14", phone="+919847055218")
    with acting_as(here.system):
        Patient.objects.filter(pk=one.pk).update(possible_duplicate_of=older)
    return one


def looked_at(here: Clinic) -> set[object]:
    with acting_as(here.owner):
        seen = AuditEvent.objects.filter(kind="READ", purpose="comparing two records")
        return set(seen.values_list("patient_id", flat=True))


@pytest.mark.parametrize(
    ("one", "other", "state"),
    [("Nair", "nair ", "SAME"), ("Meera", "Mira", "DIFFERENT"), ("Latex", "Not recorded", "OPEN")],
)
def test_what_two_records_say_is_the_same_or_not_or_left_open(one: str, other: str, state: str) -> None:
    assert Fact("Name", (one, other)).state == state
    assert Fact("Registered", (one, other)).state == ""


def test_two_records_stand_side_by_side_and_both_reads_are_logged(
    here: Clinic, older: Patient, younger: Patient
) -> None:
    desk = signed_in(here, "frontdesk")
    page = reverse("patients:compare", args=[younger.pk])
    assert page in desk.get(reverse("patients:page", args=[younger.pk])).content.decode()
    shown = desk.get(page).content.decode()
    assert all(word in shown for word in (older.mrn, younger.mrn, "Meera Nair", "Mira Nair", "Latex", "Different"))
    assert looked_at(here) == {older.pk, younger.pk}
    assert desk.post(reverse("patients:settle", args=[younger.pk]), {"reason": "Twins"}).status_code == 303
    assert older.mrn not in desk.get(page).content.decode().partition("They look alike")[0]


def test_who_may_not_correct_compares_nothing(here: Clinic, younger: Patient) -> None:
    assert signed_in(here, "inventory").get(reverse("patients:compare", args=[younger.pk])).status_code == 403
    assert Client().get(reverse("patients:compare", args=[younger.pk])).status_code in (302, 303)
    assert looked_at(here) == set()


def _son(here: Clinic, of: Patient) -> Patient:
    son = patient(here.frontdesk)
    near = ContactDetails(
        name="Meera Nair", phone="+919847055218", relationship="Mother", is_guardian=True, patient_id=of.pk
    )
    actions.add_contact(son.pk, near, by=here.frontdesk)
    return son


def test_a_mother_stands_in_her_sons_record_and_he_on_her_page(here: Clinic, older: Patient) -> None:
    son = _son(here, older)
    desk = signed_in(here, "frontdesk")
    hers = desk.get(reverse("patients:tab", args=[older.pk, "family"])).content.decode()
    assert son.mrn in hers and "where they are the mother" in hers
    assert (
        son.mrn
        not in desk.get(reverse("patients:tab", args=[son.pk, "family"]))
        .content.decode()
        .partition("In the records of others")[2]
    )
    with acting_as(here.owner):
        logged = AuditEvent.objects.filter(kind="READ", purpose="family of another patient", patient_id=son.pk)
        assert logged.count() == 1


def test_a_large_family_asks_the_database_no_more(here: Clinic, older: Patient) -> None:
    def cost() -> int:
        with acting_as(here.frontdesk), CaptureQueriesContext(connection) as asked:
            assert all(row.patient.name for row in queries.named_by(older.pk, seen_by=here.frontdesk))
        return len(asked)

    _son(here, older)
    one = cost()
    for _ in range(5):
        _son(here, older)
    assert cost() == one
