"""Every pair of a registration's states by plain SQL, as the application's own role: only drawn arrows pass."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import permutations
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from kalon.kernel.constraints import broken_constraint
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions
from kalon.patients.lifecycles import REGISTRATION, RegistrationStatus
from kalon.patients.models import Registration
from kalon.patients.tests.factories import details, patient
from kalon.people.tests.factories import Clinic

PAIRS = list(permutations(map(str, RegistrationStatus.values), 2))
DRAWN = {(str(source), str(move.target)) for move in REGISTRATION.moves for source in move.source}
MOVE = "UPDATE patients_registration SET status = %s WHERE id = %s"


@pytest.fixture
def row(here: Clinic) -> UUID:
    """A registration that waits for its code, with a patient it could be confirmed for."""
    waiting = actions.start_registration(details(), by=here.public)
    known = patient(here.frontdesk)
    with acting_as(here.system):
        sql("UPDATE patients_registration SET patient_id = %s WHERE id = %s", known.pk, waiting.pk)
    return waiting.pk


def sql(statement: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


@contextmanager
def refused(*constraints: str) -> Iterator[None]:
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        yield
    assert broken_constraint(error.value.__cause__) in constraints, error.value


def brought_to(row: UUID, status: str) -> None:
    if status != RegistrationStatus.PENDING:
        sql(MOVE, status, row)


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_only_drawn_arrows_pass(here: Clinic, row: UUID, source: str, target: str) -> None:
    with acting_as(here.system):
        brought_to(row, source)
        if (source, target) in DRAWN:
            assert sql(MOVE, target, row) == 1
        else:
            with refused("patients_registration_status_moves", "patients_registration_sealed"):
                sql(MOVE, target, row)


def test_the_arrows_were_tried() -> None:
    assert set(PAIRS) >= DRAWN == {("PENDING", "CONFIRMED"), ("PENDING", "EXPIRED")}


@pytest.mark.parametrize("status", [status for status in RegistrationStatus if status not in REGISTRATION.initial])
def test_none_is_born_ended(here: Clinic, row: UUID, status: str) -> None:
    copy = """INSERT INTO patients_registration SELECT (jsonb_populate_record(one, jsonb_build_object(
        'id', gen_random_uuid(), 'status', %s::text))).* FROM patients_registration one WHERE id = %s"""
    with acting_as(here.system), refused("patients_registration_status_moves"):
        sql(copy, status, row)


@pytest.mark.parametrize("ended", REGISTRATION.seals)
@pytest.mark.parametrize(
    "change", ["payload = '\\x00'::bytea", "code_hash = 'x'", "attempts = 0", "opens = false", "patient_id = NULL"]
)
def test_an_ended_one_is_sealed(here: Clinic, row: UUID, ended: str, change: str) -> None:
    with acting_as(here.system):
        sql("UPDATE patients_registration SET attempts = 1 WHERE id = %s", row)
        brought_to(row, ended)
        with refused("patients_registration_sealed"):
            sql(f"UPDATE patients_registration SET {change} WHERE id = %s", row)


def test_each_move_is_written_down_by_the_database(here: Clinic, row: UUID) -> None:
    with acting_as(here.system):
        sql(MOVE, "EXPIRED", row)
        told = REGISTRATION.history(Registration(pk=row)).values_list("from_state", "to_state")
        assert list(told) == [("", "PENDING"), ("PENDING", "EXPIRED")]


def test_a_visitor_and_another_clinic_touch_none(here: Clinic, elsewhere: Clinic, row: UUID) -> None:
    with acting_as(here.public), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        sql(MOVE, "EXPIRED", row)
    for stranger in (elsewhere.system, elsewhere.frontdesk):
        with acting_as(stranger):
            assert sql(MOVE, "EXPIRED", row) == 0
    with acting_as(here.system):
        assert sql("SELECT 1 FROM patients_registration WHERE id = %s AND status = 'PENDING'", row) == 1
