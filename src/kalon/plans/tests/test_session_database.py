"""The database's side of sessions: every pair of states by raw SQL, number, order, distance, the portal's role."""

import pytest
from django.db import DatabaseError, transaction

from kalon.kernel.tenancy import acting_as
from kalon.plans.lifecycles import SESSION, SessionStatus
from kalon.plans.tests.told import approved, book, now, refused, session, spaced, sql
from kalon.scheduling.tests.clinic import TUESDAY

TABLE = "plans_proceduresession"
WAYS = {
    "PLANNED": [],
    "SCHEDULED": ["SCHEDULED"],
    "CONSENT_PENDING": ["SCHEDULED", "CONSENT_PENDING"],
    "READY": ["SCHEDULED", "READY"],
    "IN_PROGRESS": ["SCHEDULED", "READY", "IN_PROGRESS"],
    "COMPLETED": ["SCHEDULED", "READY", "IN_PROGRESS", "COMPLETED"],
    "NO_SHOW": ["SCHEDULED", "NO_SHOW"],
    "CANCELLED": ["CANCELLED"],
}
REFUSALS = ("plans_proceduresession_status_moves", "plans_proceduresession_sealed")


def moved(pk, target, visit_id, doctor_id):
    """One step in plain SQL with the columns that belong to the state."""
    more = {
        "SCHEDULED": f", appointment_id = '{visit_id}'",
        "PLANNED": ", appointment_id = NULL",
        "READY": ", started_at = NULL",
        "IN_PROGRESS": f", started_at = now(), appointment_id = '{visit_id}'",
        "COMPLETED": f", done_at = now(), done_by_id = '{doctor_id}'",
    }.get(target, "")
    return sql(f"UPDATE {TABLE} SET status = %s{more} WHERE id = %s", target, pk)


def test_every_pair_of_states(visit):
    plan = approved(visit)  # decided in the visit of today, whose patient is here
    pk, at, doctor = session(visit, plan, 1).row.pk, visit.appointment.pk, visit.clinic.doctor.pk
    arrows = {(str(source), str(move.target)) for move in SESSION.moves for source in move.source}
    held = set()
    with acting_as(visit.doctor):
        sql("UPDATE plans_procedureplan SET status = 'SCHEDULED' WHERE id = %s", plan.pk)
        for source in SessionStatus.values:
            for target in SessionStatus.values:
                if source == target:
                    continue
                point = transaction.savepoint()
                sql("SELECT set_config('kalon.reason', 'test', true)")
                for step in WAYS[source]:
                    moved(pk, step, at, doctor)
                if (source, target) in arrows:
                    assert moved(pk, target, at, doctor) == 1
                    held.add((source, target))
                else:
                    with pytest.raises(DatabaseError) as error, transaction.atomic():
                        moved(pk, target, at, doctor)
                    assert error.value.__cause__.diag.constraint_name in REFUSALS, (source, target)
                transaction.savepoint_rollback(point)
    assert held == arrows


def test_a_start_and_a_no_show_are_taken_back_only_for_a_while_and_with_a_reason(visit):
    plan = approved(visit)
    pk, at, doctor = session(visit, plan, 1).row.pk, visit.appointment.pk, visit.clinic.doctor.pk
    with acting_as(visit.doctor):
        sql("UPDATE plans_procedureplan SET status = 'SCHEDULED' WHERE id = %s", plan.pk)
        for step in WAYS["IN_PROGRESS"]:
            moved(pk, step, at, doctor)
        sql("SELECT set_config('kalon.reason', '', true)")
        with refused("plans_proceduresession_status_moves"):
            moved(pk, "READY", at, doctor)


def test_nothing_begins_without_its_patient_or_under_a_plan_that_waits(visit):
    plan = approved(visit)
    pk, at, doctor = session(visit, plan, 1).row.pk, visit.clinic.booked("15:00").pk, visit.clinic.doctor.pk
    with acting_as(visit.doctor):
        sql("UPDATE plans_procedureplan SET status = 'SCHEDULED' WHERE id = %s", plan.pk)
        for step in WAYS["READY"]:
            moved(pk, step, at, doctor)
        with refused("plans_proceduresession_here"):  # confirmed, and nobody has come
            moved(pk, "IN_PROGRESS", at, doctor)
        sql("UPDATE scheduling_appointment SET status = 'CHECKED_IN' WHERE id = %s", at)
        sql("SELECT set_config('kalon.reason', 'test', true)")
        sql("UPDATE plans_procedureplan SET status = 'ON_HOLD', held_from = status WHERE id = %s", plan.pk)
        with refused("plans_proceduresession_plan_goes_on"):
            moved(pk, "IN_PROGRESS", at, doctor)
        with refused("plans_proceduresession_still_open"):
            sql("UPDATE plans_procedureplan SET status = 'CANCELLED' WHERE id = %s", plan.pk)


def test_no_session_is_done_before_the_one_before_it(visit):
    plan = approved(visit, "SERIES")
    pk, at, doctor = session(visit, plan, 2).row.pk, visit.appointment.pk, visit.clinic.doctor.pk
    with acting_as(visit.doctor):
        sql("UPDATE plans_procedureplan SET status = 'SCHEDULED' WHERE id = %s", plan.pk)
        for step in WAYS["IN_PROGRESS"]:
            moved(pk, step, at, doctor)
        with refused("plans_proceduresession_in_order"):
            moved(pk, "COMPLETED", at, doctor)
        sql("UPDATE plans_procedureplan SET status = 'IN_PROGRESS' WHERE id = %s", plan.pk)
        with refused("plans_proceduresession_still_open"):
            sql("UPDATE plans_procedureplan SET status = 'COMPLETED' WHERE id = %s", plan.pk)


def test_never_closer_than_the_catalogue_says_unless_a_doctor_allowed_it(visit):
    plan = spaced(visit, days=14)
    book(visit, session(visit, plan, 1).prompt, day=TUESDAY, kind="SESSION")
    near = visit.clinic.booked("15:00", day=TUESDAY, kind="SESSION", service_id=visit.clinic.consult.pk)
    second = session(visit, plan, 2).row
    with acting_as(visit.doctor):
        with refused("plans_proceduresession_apart"):
            moved(second.pk, "SCHEDULED", near.pk, None)
        with refused("plans_session_early_together"):
            sql(f"UPDATE {TABLE} SET early_reason = 'Because' WHERE id = %s", second.pk)
        sql(f"UPDATE {TABLE} SET early_reason = 'Because', early_by_id = %s WHERE id = %s",
            visit.clinic.doctor.pk, second.pk)  # fmt: skip
        assert moved(second.pk, "SCHEDULED", near.pk, None) == 1
    with acting_as(visit.doctor), refused("plans_proceduresession_apart"):  # nor may the first come after the second
        sql(f"UPDATE {TABLE} SET appointment_id = %s WHERE plan_id = %s AND number = 1",
            visit.clinic.booked("12:00", day=TUESDAY.replace(day=26)).pk, plan.pk)  # fmt: skip


def test_there_are_as_many_as_planned_and_none_changes_its_place(visit):
    plan = approved(visit, "SERIES")
    other = approved(visit, "SERIES", of=plan.consultation_id, session_count=2)
    with acting_as(visit.doctor):
        for change in ("number = 7", f"plan_id = '{other.pk}'", f"patient_id = '{visit.clinic.other_patient.pk}'"):
            with refused("plans_proceduresession_as_planned"):
                sql(f"UPDATE {TABLE} SET {change} WHERE plan_id = %s AND number = 3", plan.pk)
        copied = (
            f"INSERT INTO {TABLE} SELECT (jsonb_populate_record(one, jsonb_build_object('id', gen_random_uuid(), "
            f"'number', %s, 'plan_id', %s::text))).* FROM {TABLE} AS one WHERE plan_id = %s AND number = 3"
        )
        with refused("plans_proceduresession_as_planned"):
            sql(copied, 4, str(plan.pk), plan.pk)
        with refused("plans_proceduresession_as_planned"):
            sql(copied, 3, str(other.pk), plan.pk)
        with refused("plans_session_number_once"):
            sql(copied, 2, str(plan.pk), plan.pk)
        for statement in (f"DELETE FROM {TABLE}", f"TRUNCATE {TABLE} CASCADE"):
            with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
                sql(statement)


def test_a_visit_of_another_patient_or_of_another_session_is_refused(visit):
    plan = approved(visit, "SERIES")
    theirs = visit.clinic.booked("11:00", day=TUESDAY, patient_id=visit.clinic.other_patient.pk)
    mine = book(visit, session(visit, plan, 1).prompt, day=TUESDAY, at="12:00", kind="SESSION")
    second = session(visit, plan, 2).row.pk
    with acting_as(visit.doctor):
        with pytest.raises(DatabaseError, match="plans_session_visit_of_patient"), transaction.atomic():
            moved(second, "SCHEDULED", theirs.pk, None)
            sql("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="appointment_id"), transaction.atomic():
            moved(second, "SCHEDULED", mine.pk, None)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("appointment_id = NULL", "plans_session_visit_by_status"),
        ("done_at = now()", "plans_session_done_together"),
        ("number = 0", "plans_proceduresession_as_planned"),
    ],
)
def test_columns_that_belong_together(visit, change, constraint):
    plan = approved(visit)
    book(visit, plan, day=TUESDAY, kind="SESSION")
    with acting_as(visit.doctor), refused(constraint):
        sql(f"UPDATE {TABLE} SET {change} WHERE plan_id = %s", plan.pk)


def test_the_portal_role_follows_its_own_visit_and_writes_nothing_else(visit):
    plan = approved(visit)
    book(visit, plan, day=TUESDAY, kind="SESSION")
    with acting_as(visit.clinic.patient_actor()):
        for change in ("status = 'READY'", "status = 'NO_SHOW'", "early_reason = 'I may'", "due_date = '2026-11-01'",
                       "number = 2", "started_at = now()", "edition = 4"):  # fmt: skip
            with pytest.raises(DatabaseError), transaction.atomic():
                sql(f"UPDATE {TABLE} SET {change} WHERE plan_id = %s", plan.pk)
        assert moved(session(visit, plan, 1).row.pk, "PLANNED", None, None) == 1
    with acting_as(visit.clinic.patient_actor(visit.clinic.other_patient)):
        assert sql(f"SELECT 1 FROM {TABLE}") == 0
    assert sql(f"SELECT 1 FROM {TABLE}") == 0  # no context: no row
    assert now(visit, plan).status == "SCHEDULED"
