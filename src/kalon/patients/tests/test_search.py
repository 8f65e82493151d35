"""One box finds the patient, and only those of the clinic."""

import pytest

from kalon.kernel.errors import NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.patients import queries
from kalon.patients.tests.factories import patient
from kalon.people.tests.factories import Clinic


def found(text: str, here: Clinic) -> list[str]:
    with acting_as(here.frontdesk):
        return [hit.name for hit in queries.search(text, seen_by=here.frontdesk)]


@pytest.fixture
def some(here: Clinic, elsewhere: Clinic) -> Clinic:
    patient(here.frontdesk, given_name="Meera", family_name="Nair", birth_date="1994-03-14", phone="98470 55218")
    patient(here.frontdesk, given_name="Joseph", family_name="Kurian", birth_date="1960-01-02", phone="98470 99999")
    patient(here.frontdesk, given_name="عائشة", family_name="رحمان", birth_date="1988-01-20", phone="98470 11111")
    patient(elsewhere.frontdesk, given_name="Meera", family_name="Nair", birth_date="1994-03-14", phone="98470 55218")
    return here


@pytest.mark.parametrize(
    "text",
    ["Meera Nair", "nair meera", "mira nayar", "mee", "98470 55218", "+919847055218", "55218", "SK-000001",
     "14/03/1994", "1994-03-14", "14 mar 1994", "meera 14.3.1994"],
)  # fmt: skip
def test_the_box_finds_by_name_phone_number_and_birth_date(some: Clinic, text: str) -> None:
    assert found(text, some) == ["Meera Nair"]


def test_a_name_of_another_script_is_found_in_its_script(some: Clinic) -> None:
    assert found("عائشة", some) == ["عائشة رحمان"]


@pytest.mark.parametrize(
    "text", ["", "   ", "xyzzy", "%", "'; DROP TABLE patients_patient; --", "\x00", "🌸", "a" * 10_000]
)
def test_what_means_nobody_finds_nobody(some: Clinic, text: str) -> None:
    assert found(text, some) == []


def test_a_patient_may_not_search(some: Clinic) -> None:
    with acting_as(some.public), pytest.raises(NotPermitted):
        queries.search("meera", seen_by=some.public)
