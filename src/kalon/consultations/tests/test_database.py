"""The database's side: every pair of states by raw SQL, the seal, and who may write what."""

from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction

from kalon.consultations import actions
from kalon.consultations.lifecycles import CONSULTATION, Status
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.tenancy import acting_as

PAIRS = [(a, b) for a in Status.values for b in Status.values if a != b]
DRAWN = {(str(s), str(m.target)) for m in CONSULTATION.moves for s in m.source}


@contextmanager
def refused(constraint):
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        yield
    assert broken_constraint(error.value.__cause__) == constraint, error.value


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def placed_in(visit, status):
    """The encounter set into a state by walking the drawn arrows in plain SQL, as the app role."""
    path = {
        "SCHEDULED": [],
        "CHECKED_IN": ["CHECKED_IN"],
        "IN_TRIAGE": ["CHECKED_IN", "IN_TRIAGE"],
        "IN_CONSULTATION": ["CHECKED_IN", "IN_CONSULTATION"],
        "PLAN_CREATED": ["CHECKED_IN", "IN_CONSULTATION", "PLAN_CREATED"],
        "CLOSED": ["CHECKED_IN", "IN_CONSULTATION", "PLAN_CREATED", "CLOSED"],
        "CANCELLED": ["CANCELLED"],
    }[status]
    pk = visit.encounter.pk
    sql("SELECT set_config('kalon.reason', 'test', true)")
    sql(
        "UPDATE consultations_consultation SET outcome = 'NO_ACTION', signed_at = now(), signed_by_id = %s "
        "WHERE id = %s",
        visit.clinic.doctor.pk, pk,
    )  # fmt: skip
    for step in path:
        sql("UPDATE consultations_consultation SET status = %s WHERE id = %s", step, pk)
    return pk


def test_every_pair_of_states(visit):
    held = set()
    with acting_as(visit.doctor):
        for source, target in PAIRS:
            point = transaction.savepoint()
            pk = placed_in(visit, source)
            move = "UPDATE consultations_consultation SET status = %s WHERE id = %s"
            if (source, target) in DRAWN:
                held.update({(source, target)} if sql(move, target, pk) else ())
            else:
                with refused("consultations_consultation_status_moves"):
                    sql(move, target, pk)
            transaction.savepoint_rollback(point)
    assert held == DRAWN


def test_no_encounter_is_born_in_the_middle(visit):
    copy = (
        "INSERT INTO consultations_consultation SELECT "
        "(jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(),"
        " 'status', 'CLOSED', 'appointment_id', NULL, 'mode', 'ASYNC', 'outcome', 'NO_ACTION'))).* "
        "FROM consultations_consultation c WHERE id = %s"
    )
    with acting_as(visit.doctor), refused("consultations_consultation_status_moves"):
        sql(copy, visit.encounter.pk)


@pytest.mark.parametrize(
    "change",
    [
        "outcome = 'REFERRED'",
        "assessment = '\\x00'::bytea",
        "signed_at = signed_at + interval '1 day'",
        "patient_id = gen_random_uuid()",
    ],
)
def test_a_signed_encounter_is_sealed(visit, change):
    with acting_as(visit.doctor):
        pk = placed_in(visit, "CLOSED")
        with refused("consultations_consultation_sealed"):
            sql(f"UPDATE consultations_consultation SET {change} WHERE id = %s", pk)


def test_nobody_deletes_or_empties_the_table(visit):
    with acting_as(visit.doctor):
        for statement in ("DELETE FROM consultations_consultation", "TRUNCATE consultations_consultation CASCADE"):
            with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
                sql(statement)


def test_vitals_are_never_changed_and_never_added_after_the_signature(visit):
    arrived = visit.arrived()
    vitals = actions.record_vitals(arrived.pk, measured={"pulse": 70}, by=visit.nurse)
    with acting_as(visit.nurse):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            sql("UPDATE consultations_vitals SET pulse = 60 WHERE id = %s", vitals.pk)
        sql(
            "UPDATE consultations_consultation SET status = 'IN_CONSULTATION', outcome = 'NO_ACTION' WHERE id = %s",
            arrived.pk,
        )
        sql("UPDATE consultations_consultation SET status = 'PLAN_CREATED' WHERE id = %s", arrived.pk)
        sql(
            "UPDATE consultations_consultation SET status = 'CLOSED', signed_at = now(), signed_by_id = %s "
            "WHERE id = %s",
            visit.clinic.doctor.pk, arrived.pk,
        )  # fmt: skip
        with refused("consultations_vitals_sealed"):
            sql(
                "INSERT INTO consultations_vitals SELECT (jsonb_populate_record(v, jsonb_build_object('id',"
                " gen_random_uuid()))).* FROM consultations_vitals v"
            )


def test_a_visit_is_not_completed_while_its_note_is_open_not_even_in_sql(visit):
    visit.arrived()
    with acting_as(visit.doctor):
        sql("UPDATE scheduling_appointment SET status = 'IN_PROGRESS' WHERE id = %s", visit.appointment.pk)
        with refused("consultations_closed_first"):
            sql("UPDATE scheduling_appointment SET status = 'COMPLETED' WHERE id = %s", visit.appointment.pk)


def test_a_patient_writes_nothing_in_the_record(visit):
    pk = visit.encounter.pk
    with acting_as(visit.clinic.patient_actor()):
        for change in ("outcome = 'NO_ACTION'", "assessment = '\\x00'::bytea", "signed_at = now()"):
            with refused("consultations_not_by_patient"):
                sql(f"UPDATE consultations_consultation SET {change} WHERE id = %s", pk)


def test_another_patient_and_another_clinic_reach_no_row(visit):
    touch = "UPDATE consultations_consultation SET status_at = status_at WHERE id = %s"
    pk = visit.encounter.pk
    with acting_as(visit.clinic.patient_actor(visit.clinic.other_patient)):
        assert sql("SELECT 1 FROM consultations_consultation") == 0
        assert sql(touch, pk) == 0
    assert sql("SELECT 1 FROM consultations_consultation") == 0  # no context: no row
