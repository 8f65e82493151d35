"""One box finds the patient, and only those of the clinic."""

from uuid import UUID, uuid4

import pytest
from django.db import connection

from kalon.kernel.errors import NotPermitted
from kalon.kernel.search import Query, Step, candidates
from kalon.kernel.tenancy import acting_as
from kalon.patients import queries
from kalon.patients.models import Patient
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


ONE_OF_MANY = 7


@pytest.fixture
def many(here: Clinic) -> list[UUID]:
    """Forty people who share a token; the ids of two of them end in 0."""
    ids = [UUID(f"{uuid4().hex[:-1]}{'0' if number in (20, 30) else 'e'}") for number in range(40)]
    shared = {"organization": here.organization, "registered_by": "desk", "search_tokens": [ONE_OF_MANY]}
    with acting_as(here.frontdesk):
        Patient.objects.bulk_create(Patient(id=pk, mrn=f"M-{at}", **shared) for at, pk in enumerate(ids))
    return ids


def asked(here: Clinic, limit: int, *tokens: int) -> list[UUID]:
    with acting_as(here.frontdesk):
        return candidates(Query("", steps=(Step(any_groups=(tokens,), limit=limit),)))


def test_a_common_name_is_found_among_a_few_and_a_rare_one_among_all(here: Clinic, many: list[UUID]) -> None:
    assert set(asked(here, 2, ONE_OF_MANY)) == {many[20], many[30]}
    assert len(asked(here, 3, ONE_OF_MANY)) == 3
    assert set(asked(here, 60, ONE_OF_MANY)) == set(many)
    assert asked(here, 60, 8) == []


def test_many_spellings_are_looked_up_and_never_compared_with_every_patient(here: Clinic, many: list[UUID]) -> None:
    def scans() -> dict[str, int]:
        """How often the table, and each index of it, was read in this transaction."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.relname, pg_stat_get_xact_numscans(c.oid) FROM pg_class c WHERE c.oid = 'patients_patient'"
                "::regclass OR c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = 'patients_patient'::regclass)"
            )
            return dict(cursor.fetchall())

    with acting_as(here.frontdesk):
        before = scans()
        found = candidates(Query("", steps=(Step(any_groups=(tuple(range(1, 241)),), limit=50),)))
        read = {name for name, times in scans().items() if times > before[name]}
    assert set(found) == set(many)
    assert read == {"patients_patient_search", "patients_patient_search_some"}
