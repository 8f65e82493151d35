"""The database's side: every pair of states by raw SQL, seals, forged columns, other patients, the portal's role."""

import pytest
from django.db import DatabaseError, connection, transaction

from kalon.consents.tests.planned import consented
from kalon.kernel.tenancy import acting_as
from kalon.plans.lifecycles import FOLLOW_UP, PLAN, UNFINISHED, FollowUpStatus, PlanStatus
from kalon.plans.models import PlanLine, ProcedurePlan
from kalon.plans.tests.told import approved, book, follow_up_in, planned, refused, sql
from kalon.scheduling.tests.clinic import TUESDAY

WAYS = {
    "SURGICAL": ["DRAFT", "PENDING_APPROVAL", "APPROVED", "CONSENT_PENDING", "CONSENT_SIGNED"],  # then its case
    "CONSENTED": ["DRAFT", "PENDING_APPROVAL", "APPROVED", "CONSENT_PENDING", "CONSENT_SIGNED", "SCHEDULED",
                  "IN_PROGRESS", "COMPLETED"],
    "NON_SURGICAL": ["DRAFT", "PENDING_APPROVAL", "APPROVED", "SCHEDULED", "IN_PROGRESS", "COMPLETED"],
    "CONSERVATIVE": ["DRAFT", "PENDING_APPROVAL", "APPROVED", "IN_PROGRESS", "COMPLETED"],
}  # fmt: skip


def of_kind(visit, kind):
    """A plan in writing; a treatment that asks for a consent goes the whole way without a case."""
    return planned(visit, "NON_SURGICAL", consent="REQUIRED") if kind == "CONSENTED" else planned(visit, kind)


def drawn(plan_type, consent, held_from):
    """The arrows of the table whose row conditions hold for such a plan."""
    row = {"plan_type": plan_type, "consent": consent, "approved_by_id": "x"}
    arrows = set()
    for move in PLAN.moves:
        for source in move.source:
            facts = row | {"held_from": held_from if source == "ON_HOLD" else str(source)}
            if all(
                facts[one.column] in [str(value) for value in one.values] if one.values else bool(facts[one.column])
                for one in move.where
            ):
                arrows.add((str(source), str(move.target)))
    return arrows


def sessions_over(plan):
    """A plan ends when its sessions are over."""
    sql("SELECT set_config('kalon.reason', 'test', true)")
    sql("UPDATE plans_proceduresession SET status = 'CANCELLED' WHERE plan_id = %s AND status = 'PLANNED'", plan.pk)


def walked(plan, way, status):
    """The plan set into a state along its own way in plain SQL, as the app role."""
    sql("SELECT set_config('kalon.reason', 'test', true)")
    if status == "CANCELLED":
        sql("UPDATE plans_procedureplan SET status = 'CANCELLED' WHERE id = %s", plan.pk)
        return
    stop = "APPROVED" if status == "ON_HOLD" else status
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM plans_procedureplan WHERE id = %s", [plan.pk])
        begun = way.index(cursor.fetchone()[0])
    for step in way[begun + 1 : way.index(stop) + 1]:
        named = ", approved_at = now(), approved_by_id = doctor_id" if step == "APPROVED" else ""
        if step == "COMPLETED":
            sessions_over(plan)
        sql(f"UPDATE plans_procedureplan SET status = %s{named} WHERE id = %s", step, plan.pk)
    if status == "ON_HOLD":
        sql("UPDATE plans_procedureplan SET status = 'ON_HOLD', held_from = status WHERE id = %s", plan.pk)


@pytest.mark.parametrize("plan_type", list(WAYS))
def test_every_pair_of_states(visit, plan_type):
    plan = of_kind(visit, plan_type)
    way = WAYS[plan_type]
    arrows, held = drawn(plan.plan_type, plan.consent, "APPROVED"), set()
    if plan_type == "SURGICAL":
        arrows -= {("CONSENT_SIGNED", "SCHEDULED")}  # there is no case
    with acting_as(visit.doctor):
        for source in [*way, "ON_HOLD", "CANCELLED"]:
            before = transaction.savepoint()
            if "CONSENT_SIGNED" in way and source in way[2:]:  # the states in which its consent is signed, or may be
                walked(plan, way, "APPROVED")
                consented(visit, plan)
                sql("SELECT set_config('kalon.reason', 'test', true)")
                sql("UPDATE plans_procedureplan SET status = 'APPROVED' WHERE id = %s", plan.pk)
            for target in PlanStatus.values:
                if source == target:
                    continue
                point = transaction.savepoint()
                walked(plan, way, source)
                if target in ("COMPLETED", "CANCELLED"):
                    sessions_over(plan)
                extra = ", held_from = status" if target == "ON_HOLD" else ""
                named = ", approved_at = now(), approved_by_id = doctor_id" if source == "PENDING_APPROVAL" else ""
                move = f"UPDATE plans_procedureplan SET status = %s{extra}{named} WHERE id = %s"
                if (source, target) in arrows:
                    assert sql(move, target, plan.pk) == 1
                    held.add((source, target))
                else:
                    with pytest.raises(DatabaseError) as error, transaction.atomic():
                        sql(move, target, plan.pk)
                    name = error.value.__cause__.diag.constraint_name
                    assert name in ("consents_plan_consented", "plans_procedureplan_status_moves",
                                    "plans_procedureplan_sealed", "plans_procedureplan_held_from",
                                    "theatre_plan_booked_by_its_case",
                                    ), (source, target, name)  # fmt: skip
                transaction.savepoint_rollback(point)
            transaction.savepoint_rollback(before)
    reachable = {*way, "ON_HOLD", "CANCELLED"}
    assert held == {(a, b) for a, b in arrows if a in reachable}


@pytest.mark.parametrize("state", [state for state in UNFINISHED if state in WAYS["CONSENTED"]])
def test_a_plan_on_hold_goes_back_only_where_it_stood(visit, state):
    plan = of_kind(visit, "CONSENTED")
    with acting_as(visit.doctor):
        if state in (PlanStatus.CONSENT_SIGNED, PlanStatus.SCHEDULED, PlanStatus.IN_PROGRESS):
            walked(plan, WAYS["CONSENTED"], "APPROVED")
            consented(visit, plan)
        walked(plan, WAYS["CONSENTED"], str(state))
        sql("SELECT set_config('kalon.reason', 'test', true)")
        sql("UPDATE plans_procedureplan SET status = 'ON_HOLD', held_from = status WHERE id = %s", plan.pk)
        for other in UNFINISHED:
            if other != state:
                with refused("plans_procedureplan_status_moves", "consents_plan_consented"):
                    sql("UPDATE plans_procedureplan SET status = %s WHERE id = %s", str(other), plan.pk)
        assert sql("UPDATE plans_procedureplan SET status = %s WHERE id = %s", str(state), plan.pk) == 1


def test_where_it_was_held_from_cannot_be_forged(visit):
    plan = planned(visit, "SURGICAL")
    with acting_as(visit.doctor):
        sql("SELECT set_config('kalon.reason', 'test', true)")
        with refused("plans_procedureplan_held_from", "consents_plan_consented"):
            sql(
                "UPDATE plans_procedureplan SET status = 'ON_HOLD', held_from = 'CONSENT_SIGNED' WHERE id = %s", plan.pk
            )
        with refused("plans_procedureplan_held_from", "consents_plan_consented"):
            sql("UPDATE plans_procedureplan SET held_from = 'CONSENT_SIGNED' WHERE id = %s", plan.pk)
        sql("UPDATE plans_procedureplan SET status = 'ON_HOLD', held_from = 'DRAFT' WHERE id = %s", plan.pk)
        for forged in (
            "held_from = 'CONSENT_SIGNED'",
            "status = 'CONSENT_SIGNED', held_from = 'CONSENT_SIGNED'",
            "status = 'DRAFT', held_from = 'CONSENT_SIGNED'",
        ):
            with refused("plans_procedureplan_held_from", "consents_plan_consented"):
                sql(f"UPDATE plans_procedureplan SET {forged} WHERE id = %s", plan.pk)


def copy_of(table, pk, **changes):
    """A row like another, with these changes, written in plain SQL."""
    built = ", ".join(f"'{column}', %s::text" for column in changes)
    return sql(
        f"INSERT INTO {table} SELECT (jsonb_populate_record(one, jsonb_build_object('id', gen_random_uuid(), "
        f"'number', left(gen_random_uuid()::text, 18), {built}))).* FROM {table} AS one WHERE id = %s",
        *changes.values(), pk,
    )  # fmt: skip


def test_no_plan_is_born_in_the_middle_or_of_a_consultation_that_decided_nothing(visit):
    plan = planned(visit)
    with acting_as(visit.doctor):
        with refused("plans_procedureplan_status_moves"):
            copy_of("plans_procedureplan", plan.pk, status="APPROVED", held_from="")
        with refused("plans_procedureplan_held_from", "consents_plan_consented"):
            copy_of("plans_procedureplan", plan.pk, status="DRAFT", held_from="APPROVED")
        sql("SELECT set_config('kalon.reason', 'test', true)")
        sql("UPDATE consultations_consultation SET status = 'IN_CONSULTATION' WHERE id = %s", plan.consultation_id)
        with refused("plans_procedureplan_outcome"):
            copy_of("plans_procedureplan", plan.pk, status="DRAFT")
        for outcome in ("NO_ACTION", "REFERRED", "FOLLOW_UP", "CONSERVATIVE"):
            sql(
                "UPDATE consultations_consultation SET status = 'PLAN_CREATED', outcome = %s WHERE id = %s",
                outcome, plan.consultation_id,
            )  # fmt: skip
            with refused("plans_procedureplan_outcome"):  # a conservative outcome has no other plan
                copy_of("plans_procedureplan", plan.pk, status="DRAFT")
            sql("UPDATE consultations_consultation SET status = 'IN_CONSULTATION' WHERE id = %s", plan.consultation_id)


def test_a_plan_never_names_the_consultation_of_another_patient(visit):
    plan = planned(visit)
    bare = planned(visit, of=plan.consultation_id, lines=(), title="Peels")
    other = visit.clinic.other_patient.pk
    with acting_as(visit.doctor):
        with refused("plans_procedureplan_outcome"):
            copy_of("plans_procedureplan", plan.pk, status="DRAFT", patient_id=str(other))
        with pytest.raises(DatabaseError, match="plans_plan_consultation_of_patient"), transaction.atomic():
            sql("UPDATE plans_procedureplan SET patient_id = %s WHERE id = %s", other, bare.pk)
            sql("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="plans_line_of_plan"), transaction.atomic():
            sql("UPDATE plans_planline SET patient_id = %s WHERE plan_id = %s", other, plan.pk)
            sql("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "change", ["plan_type = 'SERIES'", "title = '\\x00'::bytea", "money_type = 'HYBRID'", "session_count = 9",
               "approved_at = now() + interval '1 day'"]
)  # fmt: skip
def test_an_approved_plan_is_sealed(visit, change):
    plan = approved(visit)
    with acting_as(visit.doctor), refused("plans_procedureplan_sealed"):
        sql(f"UPDATE plans_procedureplan SET {change} WHERE id = %s", plan.pk)


def test_its_lines_are_sealed_with_it(visit):
    plan = approved(visit)
    with acting_as(visit.doctor):
        for statement in (
            "UPDATE plans_planline SET quantity = 9 WHERE plan_id = %s",
            "DELETE FROM plans_planline WHERE plan_id = %s",
            "INSERT INTO plans_planline SELECT (jsonb_populate_record(one, jsonb_build_object('id', gen_random_uuid(), "
            "'position', 2))).* FROM plans_planline AS one WHERE plan_id = %s",
        ):
            with refused("plans_planline_sealed"):
                sql(statement, plan.pk)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("plan_type = 'SURGICAL'", "plans_plan_consent_by_type"),
        ("plan_type = 'SERIES'", "plans_plan_sessions_by_type"),
        ("plan_type = 'SERIES', session_count = 3", "plans_plan_sessions_by_type"),  # how far apart is not said
        ("session_count = 4", "plans_plan_sessions_by_type"),
        ("review_after_days = 0", "plans_plan_review_days"),
        ("approved_at = now()", "plans_plan_approved_together"),
        ("acknowledged_at = now()", "plans_plan_acknowledged_together"),
    ],
)
def test_columns_that_belong_together(visit, change, constraint):
    plan = planned(visit)
    with acting_as(visit.doctor), refused(constraint):
        sql(f"UPDATE plans_procedureplan SET {change} WHERE id = %s", plan.pk)


def test_nobody_deletes_or_empties_the_tables(visit):
    planned(visit)
    with acting_as(visit.doctor):
        for table in ("plans_procedureplan", "plans_followupplan"):
            for statement in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
                with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
                    sql(statement)


def test_every_pair_of_states_of_a_follow_up(visit):
    follow_up = follow_up_in(visit)
    booked = visit.clinic.booked("11:00", day=TUESDAY)
    arrows = {(str(s), str(m.target)) for m in FOLLOW_UP.moves for s in m.source}
    into = {"SCHEDULED": f"appointment_id = '{booked.pk}'", "PENDING": "appointment_id = NULL"}
    held = set()
    with acting_as(visit.doctor):
        for source in FollowUpStatus.values:
            for target in FollowUpStatus.values:
                if source == target:
                    continue
                point = transaction.savepoint()
                sql("SELECT set_config('kalon.reason', 'test', true)")
                _sign(visit, booked)
                for step in {"SCHEDULED": ["SCHEDULED"], "COMPLETED": ["SCHEDULED", "COMPLETED"],
                             "CANCELLED": ["CANCELLED"]}.get(source, []):  # fmt: skip
                    more = f", {into[step]}" if step in into else ""
                    sql(f"UPDATE plans_followupplan SET status = %s{more} WHERE id = %s", step, follow_up.pk)
                more = f", {into[target]}" if target in into else ""
                move = f"UPDATE plans_followupplan SET status = %s{more} WHERE id = %s"
                if (source, target) in arrows:
                    assert sql(move, target, follow_up.pk) == 1
                    held.add((source, target))
                else:
                    with pytest.raises(DatabaseError) as error, transaction.atomic():
                        sql(move, target, follow_up.pk)
                    assert error.value.__cause__.diag.constraint_name in (
                        "plans_followupplan_status_moves", "plans_followupplan_sealed", "plans_followupplan_signed"
                    )  # fmt: skip
                transaction.savepoint_rollback(point)
    assert held == arrows


def _sign(visit, booked):
    """The encounter of a visit walked to its signature in plain SQL."""
    name = "UPDATE consultations_consultation SET status = %s, outcome = 'NO_ACTION' WHERE appointment_id = %s"
    for step in ("CHECKED_IN", "IN_CONSULTATION", "PLAN_CREATED"):
        sql(name, step, booked.pk)
    sql(
        "UPDATE consultations_consultation SET status = 'CLOSED', signed_at = now(), signed_by_id = %s "
        "WHERE appointment_id = %s",
        visit.clinic.doctor.pk, booked.pk,
    )  # fmt: skip


def test_a_follow_up_is_not_done_before_its_visit_is_signed(visit):
    follow_up = follow_up_in(visit)
    booked = book(visit, follow_up, day=TUESDAY)
    with acting_as(visit.doctor):
        with refused("plans_followupplan_signed"):
            sql("UPDATE plans_followupplan SET status = 'COMPLETED' WHERE id = %s", follow_up.pk)
        _sign(visit, booked)
        assert sql("UPDATE plans_followupplan SET status = 'COMPLETED' WHERE id = %s", follow_up.pk) == 1


def test_a_visit_says_it_is_for_a_plan_of_its_own_patient(visit):
    follow_up = follow_up_in(visit)
    theirs = visit.clinic.booked("11:00", day=TUESDAY, patient_id=visit.clinic.other_patient.pk)
    with acting_as(visit.desk):
        with refused("plans_occasion"):
            sql("UPDATE scheduling_appointment SET occasion_id = %s WHERE id = %s", follow_up.pk, theirs.pk)
        with refused("plans_occasion"):
            sql("UPDATE scheduling_appointment SET occasion_id = gen_random_uuid() WHERE id = %s", theirs.pk)
        with pytest.raises(DatabaseError, match="plans_follow_up_visit_of_patient"), transaction.atomic():
            sql(
                "UPDATE plans_followupplan SET status = 'SCHEDULED', appointment_id = %s WHERE id = %s",
                theirs.pk, follow_up.pk,
            )  # fmt: skip
            sql("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_portal_role_writes_nothing_of_a_plan_but_that_it_was_read(visit):
    plan = approved(visit)
    mine = visit.clinic.patient_actor()
    with acting_as(mine):
        for change in ("status = 'CANCELLED'", "status = 'IN_PROGRESS'", "session_count = 2", "goal = '\\x00'::bytea",
                       "approved_at = now()", "review_after_days = 3"):  # fmt: skip
            with pytest.raises(DatabaseError) as error, transaction.atomic():
                sql(f"UPDATE plans_procedureplan SET {change} WHERE id = %s", plan.pk)
            assert error.value.__cause__.diag.constraint_name in (
                "plans_procedureplan_by_patient", "plans_procedureplan_sealed", "plans_procedureplan_status_moves"
            )  # fmt: skip
        for statement in ("DELETE FROM plans_planline", "UPDATE plans_planline SET quantity = 3",
                          "SELECT * FROM plans_work", "SELECT * FROM plans_chasestep"):  # fmt: skip
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                sql(statement)
        assert sql("UPDATE plans_procedureplan SET acknowledged_at = now(), acknowledged_by_id = %s", mine.user_id) == 1
    with acting_as(visit.clinic.patient_actor(visit.clinic.other_patient)):
        for table in ("plans_procedureplan", "plans_planline", "plans_followupplan"):
            assert sql(f"SELECT 1 FROM {table}") == 0
    assert sql("SELECT 1 FROM plans_procedureplan") == 0  # no context: no row


def test_a_line_belongs_to_who_the_plan_belongs_to(visit):
    plan = planned(visit)
    with acting_as(visit.doctor):
        assert PlanLine.objects.get(plan=plan).patient_id == plan.patient_id
        assert ProcedurePlan.objects.get(pk=plan.pk).number == "PL-2026-0001"
