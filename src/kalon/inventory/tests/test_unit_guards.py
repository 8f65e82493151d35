"""Past every line of Python: implants, reservations and the registry as the database itself holds them."""

from collections import deque
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from kalon.inventory import actions
from kalon.inventory.lifecycles import RESERVATION, UNIT, ReservationStatus, UnitStatus
from kalon.inventory.tests.sql import DENIED, DONE, at_commit, attack
from kalon.inventory.tests.theatre import Theatre
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.lifecycle import Lifecycle
from kalon.kernel.tenancy import acting_as

WHY = "SELECT set_config('kalon.reason', 'test', true)"
MOVE = """INSERT INTO inventory_movement (id, created_at, organization_id, kind, item_id, batch_id, unit_id, quantity,
    from_location_id, to_location_id, patient_id, source_kind, source_id, reservation_id, key, reason, supplier,
    reference, pick, made_by_name)
    SELECT %s, kalon_now(), u.organization_id, %s, u.item_id, u.batch_id, u.id, %s::numeric, %s::uuid, %s::uuid,
        %s::uuid, %s, %s::uuid, %s::uuid, '', %s, '', '', %s, 'sql' FROM inventory_serialunit u WHERE id = %s"""
HOLD = """INSERT INTO inventory_reservation (id, created_at, organization_id, patient_id, plan_id, source_kind,
    source_id, item_id, batch_id, unit_id, location_id, quantity, used, needed_on, status, status_at, made_by_name)
    SELECT %s, kalon_now(), b.organization_id, %s, %s, 'plan', %s, b.item_id, b.id, %s::uuid, %s, %s::numeric, 0, %s,
        %s, kalon_now(), 'sql' FROM inventory_batch b WHERE b.id = %s"""


def moved(unit: Any, kind: str, **row: Any) -> tuple[str, list[Any]]:
    """A movement of a piece, written by hand, for its case or another paper."""
    paper, of = row.get("paper", ("case", row["case"]) if "case" in row else ("", None))
    text = {name: getattr(value, "pk", value) for name, value in row.items()}
    return MOVE, [
        uuid4(), kind, text.get("quantity", 1), text.get("start"), text.get("goal"), text.get("patient"),
        paper, getattr(of, "pk", of), text.get("hold"),
        text.get("reason", ""), "NAMED" if kind == "ISSUED" else "", unit.pk,
    ]  # fmt: skip


def hold(theatre: Theatre, batch_id: Any, unit: Any = None, **row: Any) -> tuple[str, list[Any]]:
    """A reservation, written by hand."""
    plan = row.get("plan", theatre.plan)
    return HOLD, [
        row.get("id", uuid4()), row.get("patient_id", plan.patient_id), plan.pk, plan.pk, unit and unit.pk,
        row.get("place", theatre.store).pk, row.get("quantity", 1), row.get("day", theatre.day()),
        row.get("status", "HELD"), batch_id,
    ]  # fmt: skip


def status(unit: Any, to: str) -> tuple[str, list[Any]]:
    return f"UPDATE inventory_serialunit SET status = '{to}' WHERE id = %s", [unit.pk]


def way_to(lifecycle: Lifecycle, goal: str) -> list[str]:
    """States on the shortest way from the beginning to a state, along the table's own arrows."""
    ways = deque([[str(lifecycle.initial[0])]])
    while ways:
        way = ways.popleft()
        if way[-1] == goal:
            return way[1:]
        ways += [[*way, str(move.target)] for move in lifecycle.moves
                 if way[-1] in move.source and str(move.target) not in way]  # fmt: skip
    raise AssertionError(goal)


def tried(table: str, pk: Any, lifecycle: Lifecycle, source: str, target: str) -> str:
    """What becomes of a row that is walked to `source` and then set to `target`, by SQL alone."""
    point = transaction.savepoint()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(WHY)
            for state in [*way_to(lifecycle, source), target]:
                cursor.execute(f"UPDATE {table} SET status = %s WHERE id = %s", [state, pk])
            return DONE
    except DatabaseError as error:
        return broken_constraint(error.__cause__)
    finally:
        transaction.savepoint_rollback(point)


def test_every_pair_of_states_of_a_piece(theatre: Theatre):
    (unit,) = theatre.take_in("S1")
    arrows = {(str(source), str(move.target)) for move in UNIT.moves for source in move.source}
    with acting_as(theatre.system):
        for source in UnitStatus.values:
            for target in set(UnitStatus.values) - {source}:
                found = tried("inventory_serialunit", unit.pk, UNIT, source, target)
                assert found == (DONE if (source, target) in arrows else "inventory_serialunit_status_moves"), (
                    source, target,
                )  # fmt: skip


def test_every_pair_of_states_of_a_reservation(theatre: Theatre):
    theatre.receive("5")
    (row,) = theatre.reserve_mesh("1")
    arrows = {(str(source), str(move.target)) for move in RESERVATION.moves for source in move.source}
    with acting_as(theatre.system):
        for source in ("HELD", "RELEASED"):
            for target in set(ReservationStatus.values) - {source}:
                found = tried("inventory_reservation", row.pk, RESERVATION, source, target)
                # what the ledger does not say was used is not used
                said = "inventory_reservation_all_used" if target == "USED" else DONE
                assert found == (said if (source, target) in arrows else "inventory_reservation_status_moves")
    using = {"patient_id": theatre.plan.patient_id, "source": theatre.paper, "plan_id": theatre.plan.pk,
             "by": theatre.surgeon}  # fmt: skip
    actions.consume(item_id=theatre.mesh.pk, branch_id=theatre.visit.clinic.branch.pk, **using)
    for target in ("HELD", "RELEASED"):
        change = f"UPDATE inventory_reservation SET status = '{target}' WHERE id = %s"
        assert attack(change, [row.pk], by=theatre.system) == "inventory_reservation_status_moves"


@pytest.mark.parametrize("target", ["RESERVED", "RETURNED", "WASTED", "EXPIRED"])
def test_a_state_that_the_ledger_does_not_carry_is_refused_at_the_end(theatre: Theatre, target: str):
    (unit,) = theatre.take_in("S1")
    assert at_commit((WHY, []), status(unit, target), by=theatre.system) == "inventory_serialunit_in_step"
    assert at_commit((WHY, []), status(unit, "QUARANTINED"), by=theatre.system) == DONE


def test_a_movement_without_its_state_is_refused_at_the_end(theatre: Theatre):
    (unit,) = theatre.take_in("S1")
    thrown = moved(unit, "WASTED", start=theatre.store, reason="Dropped")
    assert at_commit(thrown, by=theatre.system) == "inventory_serialunit_in_step"
    assert at_commit(thrown, (WHY, []), status(unit, "WASTED"), by=theatre.system) == DONE
    assert at_commit(thrown, (WHY, []), status(unit, "RETURNED"), by=theatre.system) == "inventory_serialunit_in_step"
    born = """INSERT INTO inventory_serialunit (id, created_at, organization_id, item_id, batch_id, serial, udi, status,
        status_at, recall) SELECT %s, kalon_now(), organization_id, item_id, batch_id, 'S9', '', 'IN_STOCK',
        kalon_now(), 'CLEAR' FROM inventory_serialunit WHERE id = %s"""
    assert at_commit((born, [uuid4(), unit.pk]), by=theatre.system) == "inventory_serialunit_in_step"


def test_a_piece_moves_once_in_and_once_out_from_where_it_stands(theatre: Theatre):
    unit, other = theatre.take_in("S1", "S2")
    patient = {"patient": theatre.plan.patient_id, "case": theatre.case}
    assert attack(*moved(unit, "RECEIVED", goal=theatre.store), by=theatre.system) == (
        "inventory_movement_unit_comes_once"
    )  # fmt: skip
    far = moved(unit, "WASTED", start=theatre.far_store, reason="x")
    assert attack(*far, by=theatre.system) == "inventory_movement_unit_elsewhere"
    two = moved(unit, "WASTED", start=theatre.store, reason="x", quantity=2)
    assert attack(*two, by=theatre.system) == "inventory_movement_unit_is_one"
    bare = moved(unit, "ISSUED", start=theatre.store, **patient)
    assert attack(*bare, by=theatre.system) == "inventory_movement_unit_reserved"
    row = theatre.reserve(other)
    theirs = moved(unit, "ISSUED", start=theatre.store, **patient, hold=row)
    assert attack(*theirs, by=theatre.system) == "inventory_movement_as_reserved"
    stranger = {**patient, "patient": theatre.visit.clinic.other_patient}
    wrong = moved(other, "ISSUED", start=theatre.store, **stranger, hold=row)
    assert attack(*wrong, by=theatre.system) == "inventory_movement_as_reserved"
    right = moved(other, "ISSUED", start=theatre.store, **patient, hold=row)
    assert attack(*right, by=theatre.system) == DONE
    used = "UPDATE inventory_reservation SET status = 'USED' WHERE id = %s"
    assert at_commit(right, status(other, "CONSUMED"), (used, [row.pk]), by=theatre.system) == DONE
    # without its entry in the registry nothing is implanted
    assert at_commit(right, status(other, "IMPLANTED"), (used, [row.pk]), by=theatre.system) == (
        "inventory_serialunit_in_step"
    )  # fmt: skip
    whole = moved(other, "ISSUED", start=theatre.store, **patient)
    plain = (whole[0].replace("u.id, %s::numeric", "NULL, %s::numeric"), whole[1])
    assert attack(*plain, by=theatre.system) == "inventory_movement_by_unit"


ENTRY = """INSERT INTO inventory_implant (id, created_at, organization_id, patient_id, unit_id, movement_id, plan_id,
    branch_id, source_kind, source_id, side, implanted_at, surgeon_name, made_by_name, explanted_by_name,
    explant_reason, item_name, manufacturer, model, size, shape, device_code, lot, serial, udi)
    SELECT gen_random_uuid(), kalon_now(), m.organization_id, m.patient_id, m.unit_id, m.id, %s, %s, m.source_kind,
        m.source_id, 'LEFT', kalon_now(), '', 'sql', '', '', '', '', '', '', '', '', '', '', ''
        FROM inventory_movement m WHERE m.unit_id = %s AND m.kind = 'ISSUED'"""


def test_a_piece_is_put_in_only_by_the_case_of_its_plan_in_theatre_and_from_its_branch(theatre: Theatre):
    (unit,), (far,) = theatre.take_in("S1"), theatre.take_in("S2", place=theatre.far_store)
    row, by, plan = theatre.reserve(unit), theatre.system, theatre.plan
    out = {"start": theatre.store, "patient": plan.patient_id, "hold": row}
    for paper, rule in (
        (("plan", plan), "theatre_case_takes_pieces"), (("visit", uuid4()), "theatre_case_takes_pieces"),
        (("case", uuid4()), "theatre_case_takes_stock"), (("case", plan), "theatre_case_takes_stock"),
    ):  # fmt: skip
        assert attack(*moved(unit, "ISSUED", **out, paper=paper), by=by) == rule, paper
    used = ("UPDATE inventory_reservation SET status = 'USED' WHERE id = %s", [row.pk])
    here, there = theatre.store.branch_id, theatre.far_store.branch_id

    def put_in(of: Any, branch_id: Any) -> str:
        left = moved(unit, "ISSUED", **out, case=theatre.case)
        return at_commit(left, status(unit, "IMPLANTED"), used, (ENTRY, [of.pk, branch_id, unit.pk]), by=by)

    assert put_in(plan, here) == DONE
    assert put_in(theatre.other_plan, here) == "theatre_implant_in_theatre"
    assert put_in(plan, there) == "theatre_implant_in_theatre"
    # what lies at another branch is neither kept for this patient, nor taken, nor carried there while it is kept
    kept = hold(theatre, far.batch_id, far, place=theatre.far_store)
    assert attack(*kept, by=by) == "inventory_reservation_at_its_branch"
    thrown = moved(far, "WASTED", start=theatre.far_store, case=theatre.case, reason="x")
    assert attack(*thrown, by=by) == "theatre_case_takes_from_here"
    carried = moved(unit, "MOVED", start=theatre.store, goal=theatre.far_store)
    assert attack(*carried, by=by) == "inventory_reservation_at_its_branch"
    # and what is kept for another plan is not this case's
    theirs = theatre.reserve(*theatre.take_in("S3"), theatre.other_plan)
    wrong = moved(theirs.unit, "ISSUED", **{**out, "hold": theirs}, case=theatre.case)
    assert attack(*wrong, by=by) == "theatre_case_takes_its_own"
    for table, pk in (("plans_procedureplan", plan.pk), ("theatre_case", theatre.case.pk)):
        moves = f"UPDATE {table} SET branch_id = %s WHERE id = %s"
        assert attack(moves, [there, pk], by=by).startswith(table.split("_")[0]), table


def test_nothing_is_put_in_before_knife_to_skin(theatre: Theatre):
    (unit,) = theatre.take_in("S1")
    plan, by = theatre.other_plan, theatre.system
    case = theatre.brought_in(plan, "14:00")
    row = theatre.reserve(unit, plan)
    out = moved(unit, "ISSUED", start=theatre.store, patient=plan.patient_id, hold=row, case=case)
    used = ("UPDATE inventory_reservation SET status = 'USED' WHERE id = %s", [row.pk])

    def put_in() -> str:
        entry = (ENTRY, [plan.pk, theatre.store.branch_id, unit.pk])
        return at_commit(out, status(unit, "IMPLANTED"), used, entry, by=by)

    assert put_in() == "theatre_implant_in_theatre"
    theatre.cut(case)
    assert put_in() == DONE


def test_a_place_cannot_be_written_by_hand(theatre: Theatre):
    (unit,) = theatre.take_in("S1")
    change = "UPDATE inventory_serialunit SET location_id = %s WHERE id = %s"
    assert at_commit((change, [theatre.far_store.pk, unit.pk]), by=theatre.system) == DONE
    with acting_as(theatre.system), connection.cursor() as cursor:
        cursor.execute(change, [theatre.far_store.pk, unit.pk])
    assert theatre.now(unit).location_id == theatre.store.pk
    for column in ("serial = 'X'", "udi = 'X'", f"batch_id = '{uuid4()}'"):
        statement = f"UPDATE inventory_serialunit SET {column} WHERE id = %s"
        assert attack(statement, [unit.pk], by=theatre.system) == "inventory_serialunit_fixed"


def test_only_a_recall_marks_what_it_found(theatre: Theatre):
    (unit,) = theatre.take_in("S1")
    marked = "UPDATE inventory_serialunit SET recall = 'AFFECTED' WHERE id = %s"
    assert attack(marked, [unit.pk], by=theatre.system) == "inventory_serialunit_recall_said"


def test_reservations_that_may_not_be(theatre: Theatre):
    (unit, other) = theatre.take_in("S1", "S2")
    batch = theatre.receive("5", "M1", 100).batch_id
    by = theatre.system
    assert attack(*hold(theatre, batch, quantity=5), by=by) == DONE
    assert attack(*hold(theatre, batch, quantity=5.5), by=by) == "inventory_balance_promised_is_there"
    assert attack(*hold(theatre, batch, quantity=0.25), by=by) == "inventory_reservation_whole_steps"
    assert attack(*hold(theatre, batch, quantity=0), by=by) == "inventory_reservation_quantity"
    assert attack(*hold(theatre, batch, day=theatre.day(101)), by=by) == "inventory_reservation_expires"
    assert attack(*hold(theatre, batch, status="USED"), by=by) == "inventory_reservation_status_moves"
    assert attack(*hold(theatre, batch, place=theatre.far_store), by=by) == "inventory_reservation_at_its_branch"
    assert attack(*hold(theatre, unit.batch_id), by=by) == "inventory_reservation_by_unit"
    assert attack(*hold(theatre, batch, unit), by=by) in (
        "inventory_reservation_by_unit",
        "inventory_reservation_same_unit",
    )
    stranger = theatre.visit.clinic.other_patient
    assert attack(*hold(theatre, batch, patient_id=stranger.pk), by=by) == "inventory_reservation_same_plan"
    assert at_commit(hold(theatre, unit.batch_id, unit), by=by) == "inventory_serialunit_in_step"
    assert at_commit(hold(theatre, unit.batch_id, unit), status(unit, "RESERVED"), by=by) == DONE
    row = theatre.reserve(other)
    assert attack(*hold(theatre, other.batch_id, other), by=by) in (
        "inventory_reservation_unit_once", "inventory_balance_promised_is_there",
    )  # fmt: skip
    for change in ("quantity = 2", f"plan_id = '{theatre.other_plan.pk}'", f"source_id = '{uuid4()}'"):
        statement = f"UPDATE inventory_reservation SET {change} WHERE id = %s"
        assert attack(statement, [row.pk], by=by) == "inventory_reservation_fixed"
    assert attack("DELETE FROM inventory_reservation", by=by) == DENIED
    locked = (WHY, []), ("UPDATE inventory_batch SET status = 'QUARANTINED' WHERE id = %s", [other.batch_id])
    assert at_commit(*locked, by=by) == "inventory_batch_promised"


def test_nothing_is_reserved_of_what_is_locked_away_or_for_a_plan_that_ended(theatre: Theatre):
    batch = theatre.receive("5").batch_id
    actions.quarantine(batch, "Recall", by=theatre.keeper)
    assert attack(*hold(theatre, batch), by=theatre.system) == "inventory_reservation_quarantined"
    actions.release_batch(batch, "Cleared", by=theatre.keeper)
    ended = "UPDATE plans_procedureplan SET status = 'CANCELLED' WHERE id = %s"
    refused = at_commit(
        (WHY, []), (ended, [theatre.other_plan.pk]), hold(theatre, batch, plan=theatre.other_plan), by=theatre.system
    )
    assert refused == "inventory_reservation_plan"


def test_what_is_promised_does_not_leave_by_another_way(theatre: Theatre):
    batch = theatre.receive("5").batch_id
    theatre.reserve_mesh("4")
    out = """INSERT INTO inventory_movement (id, created_at, organization_id, kind, item_id, batch_id, quantity,
        from_location_id, source_kind, key, reason, supplier, reference, pick, made_by_name)
        SELECT %s, kalon_now(), organization_id, 'WASTED', item_id, id, %s::numeric, %s, '', '', 'x', '', '', '', 'sql'
        FROM inventory_batch WHERE id = %s"""
    for quantity, answer in ((1, DONE), (2, "inventory_balance_promised_is_there")):
        assert attack(out, [uuid4(), quantity, theatre.store.pk, batch], by=theatre.system) == answer
    forged = "UPDATE inventory_balance SET held = 0 WHERE batch_id = %s"
    assert attack(forged, [batch], by=theatre.system) == DONE
    with acting_as(theatre.system), connection.cursor() as cursor:
        cursor.execute(forged, [batch])
    assert theatre.balance(batch) == (5, 4)


def test_the_registry_is_kept(theatre: Theatre):
    one, two = theatre.take_in("S1", "S2")
    entry = theatre.implanted(one)
    by = theatre.system
    copy = """INSERT INTO inventory_implant SELECT (jsonb_populate_record(NULL::inventory_implant,
        to_jsonb(i) || jsonb_build_object('id', %s::text) || %s::jsonb)).* FROM inventory_implant i WHERE id = %s"""
    # a piece leaves once, so a second entry for it has no movement of its own to stand on
    assert attack(copy, [uuid4(), "{}", entry.pk], by=by) in (
        "inventory_implant_one_patient", "inventory_implant_movement_id_key",
    )  # fmt: skip
    other = f'{{"unit_id": "{two.pk}"}}'
    assert attack(copy, [uuid4(), other, entry.pk], by=by) == "inventory_implant_moved"
    for change, rule in (
        ("serial = 'X'", "inventory_implant_kept"), (f"unit_id = '{two.pk}'", "inventory_implant_kept"),
        ("side = 'RIGHT'", "inventory_implant_kept"), ("explanted_at = now()", "inventory_implant_explanted_by"),
        ("explanted_by_name = 'x', explanted_at = now()", DONE),
    ):  # fmt: skip
        assert attack(f"UPDATE inventory_implant SET {change} WHERE id = %s", [entry.pk], by=by) == rule
    out = "UPDATE inventory_implant SET explanted_by_name = 'x', explanted_at = now() WHERE id = %s"
    assert at_commit((out, [entry.pk]), by=by) == "inventory_serialunit_in_step"
    assert at_commit((WHY, []), status(one, "EXPLANTED"), by=by) == "inventory_serialunit_in_step"
    assert attack("DELETE FROM inventory_implant", by=by) == DENIED
    actions.change_item(theatre.implant.pk, {"name": "Renamed"}, by=theatre.keeper)
    assert theatre.now(entry).item_name == "Lunara Round 295"


def test_an_implant_goes_in_on_a_side_of_the_plan(theatre: Theatre):
    (unit,) = theatre.take_in("S1")
    with acting_as(theatre.system), connection.cursor() as cursor:
        cursor.execute("SELECT side FROM plans_planline WHERE plan_id = %s", [theatre.plan.pk])
        assert cursor.fetchall() == [("BOTH",)]
    entry = theatre.implanted(unit, "RIGHT")
    assert entry.side == "RIGHT"


def test_the_patients_own_role_reads_its_implants_and_nothing_else(as_portal: Any, theatre: Theatre):
    for table, rights in (
        ("serialunit", "SELECT, INSERT, UPDATE, DELETE"), ("reservation", "SELECT, INSERT, UPDATE, DELETE"),
        ("kitline", "SELECT, INSERT, UPDATE, DELETE"), ("implant", "INSERT, UPDATE, DELETE"),
    ):  # fmt: skip
        granted = as_portal.execute(
            "SELECT has_table_privilege('kalon_portal', %s, %s)", [f"inventory_{table}", rights]
        ).fetchone()
        assert granted == (False,), table
