"""The database has the last word: raw SQL as the application's and the portal's role."""

from typing import Any

import psycopg
import pytest

from kalon.kernel.actors import Actor, Kind
from kalon.kernel.tenancy import signed_context
from kalon.patients import actions
from kalon.patients.models import Patient
from kalon.patients.rules import AllergyDetails, ContactDetails, CoverageDetails, HistoryDetails
from kalon.patients.tests.factories import details, patient
from kalon.people.tests.factories import clinic

OF_A_PATIENT = ("patients_allergy", "patients_historyitem", "patients_contact", "patients_coverage")
ALL = ("patients_patient", *OF_A_PATIENT, "patients_access", "patients_registration")


class Two:
    """Two clinics; in the first two patients with a full record each."""

    def __init__(self) -> None:
        self.here, self.there = clinic(roles=["owner", "frontdesk"]), clinic(roles=["frontdesk"], code="NS")
        self.meera, self.joseph = (self._full(self.here.frontdesk) for _ in range(2))
        self.stranger = self._full(self.there.frontdesk)

    @staticmethod
    def _full(by: Actor) -> Patient:
        one = patient(by)
        actions.record_allergies(one.pk, "KNOWN", [AllergyDetails(substance="Latex")], by=by)
        actions.add_history(one.pk, HistoryDetails(kind="CONDITION", text="Asthma"), by=by)
        actions.add_contact(one.pk, ContactDetails(name="Ravi", relationship="Son", phone="98470 55219"), by=by)
        actions.add_coverage(one.pk, CoverageDetails(payer="Star Health", policy_number="1"), by=by)
        return one

    def as_meera(self) -> Actor:
        return Actor(Kind.PATIENT, "Meera", self.here.organization_id, None, self.meera.pk)


@pytest.fixture
def two(own_database: str) -> Two:
    return Two()


Link = psycopg.Connection[Any]


def seen(link: Link, actor: Actor | None, table: str) -> int:
    with link.transaction():
        link.execute("SELECT set_config('kalon.context', %s, true)", [signed_context(actor) if actor else ""])
        row = link.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None
    return int(row[0])


def run(link: Link, actor: Actor, statement: str, *values: object) -> "psycopg.Cursor[Any]":
    with link.transaction():
        link.execute("SELECT set_config('kalon.context', %s, true)", [signed_context(actor)])
        return link.execute(statement, values)


def refused(link: Link, actor: Actor, statement: str, *values: object) -> str:
    with pytest.raises(psycopg.Error) as error:
        run(link, actor, statement, *values)
    return error.value.diag.constraint_name or error.value.sqlstate or ""


def test_without_a_signed_context_nothing_is_seen(two: Two, as_app: Link) -> None:
    assert {table: seen(as_app, None, table) for table in ALL} == dict.fromkeys(ALL, 0)


def test_staff_see_their_own_clinic(two: Two, as_app: Link) -> None:
    assert [seen(as_app, two.here.frontdesk, table) for table in ("patients_patient", *OF_A_PATIENT)] == [2] * 5
    assert [seen(as_app, two.there.frontdesk, table) for table in ("patients_patient", *OF_A_PATIENT)] == [1] * 5


def test_a_patient_sees_one_record_their_own(two: Two, as_portal: Link) -> None:
    assert [seen(as_portal, two.as_meera(), table) for table in ("patients_patient", *OF_A_PATIENT)] == [1] * 5


def test_a_patient_of_one_clinic_cannot_name_another_clinic(two: Two, as_portal: Link) -> None:
    astray = Actor(Kind.PATIENT, "Meera", two.there.organization_id, None, two.meera.pk)
    assert [seen(as_portal, astray, table) for table in ("patients_patient", *OF_A_PATIENT)] == [0] * 5


def test_a_patient_reads_and_does_not_write(two: Two, as_portal: Link) -> None:
    for statement in (
        "UPDATE patients_patient SET is_active = false",
        "DELETE FROM patients_allergy",
        "SELECT count(*) FROM patients_registration",
    ):
        assert refused(as_portal, two.as_meera(), statement) == "42501"


def test_the_application_role_removes_nothing(two: Two, as_app: Link) -> None:
    for table in ALL:
        assert refused(as_app, two.here.frontdesk, f"DELETE FROM {table}") == "42501"
        assert refused(as_app, two.here.frontdesk, f"TRUNCATE {table} CASCADE") == "42501"


def test_a_contact_cannot_hang_from_another_clinics_patient(two: Two, as_app: Link) -> None:
    statement = """
        INSERT INTO patients_contact (id, created_at, organization_id, patient_id, person_id, relationship,
            is_emergency, is_guardian, name, phone, email)
        VALUES (gen_random_uuid(), now(), %s, %s, %s, 'Mother', true, true, '', '', '')"""
    here, mine, theirs = two.here.organization_id, two.meera.pk, two.stranger.pk
    assert refused(as_app, two.here.frontdesk, statement, here, theirs, None) == "patients_contact_patient_here"
    assert refused(as_app, two.here.frontdesk, statement, here, mine, theirs) == "patients_contact_person_here"
    assert refused(as_app, two.here.frontdesk, statement, here, mine, mine) == "patients_contact_another_person"
    assert refused(as_app, two.here.frontdesk, statement, two.there.organization_id, theirs, None) == "42501"


def test_an_answer_about_allergies_names_who_asked(two: Two, as_app: Link) -> None:
    for statement in (
        "UPDATE patients_patient SET allergy_state = 'NOT_RECORDED'",
        "UPDATE patients_patient SET allergies_asked_by = ''",
    ):
        assert refused(as_app, two.here.frontdesk, statement) == "patients_patient_allergies_asked"


def test_a_registration_moves_along_its_table_only(two: Two, as_app: Link) -> None:
    row = actions.start_registration(details(), by=two.here.public)
    move = "UPDATE patients_registration SET status = %s WHERE id = %s"
    assert refused(as_app, two.here.system, move, "CONFIRMED", row.pk) == "patients_registration_confirmed"
    assert refused(as_app, two.here.system, move, "OPENED", row.pk) == "patients_registration_status_moves"
    tries = "UPDATE patients_registration SET attempts = 6 WHERE id = %s"
    assert refused(as_app, two.here.system, tries, row.pk) == "patients_registration_attempts"
    run(as_app, two.here.system, move, "EXPIRED", row.pk)
    assert refused(as_app, two.here.system, move, "PENDING", row.pk) in {
        "patients_registration_sealed",
        "patients_registration_status_moves",
    }
    later = "UPDATE patients_registration SET expires_at = now() + interval '1 day' WHERE id = %s"
    assert refused(as_app, two.here.system, later, row.pk) == "patients_registration_sealed"


def test_the_search_function_keeps_to_the_clinic_and_is_closed_to_patients(
    two: Two, as_app: Link, as_portal: Link
) -> None:
    held = "SELECT search_tokens[1:1] FROM patients_patient WHERE id = %s"
    (token,) = run(as_app, two.here.frontdesk, held, two.meera.pk).fetchone() or ([],)
    call = "SELECT count(*) FROM patients_candidates(%s::bigint[], '{}'::bigint[], 10)"
    assert run(as_app, two.here.frontdesk, call, token).fetchone() != (0,)
    assert run(as_app, two.there.frontdesk, call, token).fetchone() == (0,)
    assert refused(as_portal, two.as_meera(), call, token) == "42501"
