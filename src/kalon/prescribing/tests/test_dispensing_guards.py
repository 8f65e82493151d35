"""What the database refuses at the counter, whatever Python does: plain SQL as the application's own role."""

import json
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from kalon.inventory.models import Movement
from kalon.kernel import clock
from kalon.kernel.constraints import broken_constraint, sqlstate
from kalon.kernel.tenancy import acting_as
from kalon.prescribing import actions
from kalon.prescribing.lifecycles import Status
from kalon.prescribing.models import DispensedLine, Prescription
from kalon.prescribing.tests.conftest import Room
from kalon.prescribing.tests.counter import Counter, open_counter
from kalon.prescribing.tests.sql import DENIED, DONE, attack

# Copies a row of a table with some of its columns changed.
COPY = """INSERT INTO {table} SELECT (jsonb_populate_record(old, %s::jsonb)).* FROM {table} old WHERE id = %s"""


@pytest.fixture
def counter(room: Room) -> Counter:
    return open_counter(room)


@pytest.fixture
def given(counter: Counter) -> tuple[Counter, Prescription, DispensedLine]:
    """Six of fifteen tablets are out."""
    counter.receive(40, "A")
    mine = counter.signed()
    counter.give(mine, 6)
    return counter, counter.room.again(mine), counter.lines(mine)[0]


def two_steps(counter: Counter, line: DispensedLine, much: int, **changes: Any) -> str:
    """Forge a movement of the ledger and its row at the counter, past every line of Python; what refused them."""
    by = counter.room.pharmacist
    movement, row = str(uuid4()), str(uuid4())
    with acting_as(by):
        old = Movement.objects.get(pk=line.movement_id)
    moved: dict[str, Any] = {"id": movement, "quantity": abs(much)}
    if much < 0:
        moved |= {"kind": "RETURNED", "from_location_id": None, "to_location_id": str(old.from_location_id),
                  "returns_id": str(old.pk), "reason": "x", "pick": ""}  # fmt: skip
    moved |= changes.pop("moved", {})
    said = {"id": row, "quantity": much, "movement_id": movement, **changes}
    with acting_as(by):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(COPY.format(table="inventory_movement"), [json.dumps(moved), old.pk])
                cursor.execute(COPY.format(table="prescribing_dispensedline"), [json.dumps(said), line.pk])
                transaction.set_rollback(True)
        except DatabaseError as error:
            return broken_constraint(error.__cause__) or sqlstate(error.__cause__)
    return DONE


def test_rows_at_the_counter_are_only_added(given: Any):
    counter, _, line = given
    by = counter.room.pharmacist
    for table, pk in (("prescribing_dispensedline", line.pk), ("prescribing_dispensing", line.dispensing_id)):
        assert attack(f"UPDATE {table} SET filling = 3 WHERE id = %s", [pk], by=by) == DENIED
        assert attack(f"DELETE FROM {table} WHERE id = %s", [pk], by=by) == DENIED


def test_never_more_than_was_prescribed(given: Any):
    counter, _mine, line = given
    assert two_steps(counter, line, 9) == DONE
    assert two_steps(counter, line, 10) == "prescribing_dispensed_over"


def test_nothing_expired_or_locked_away(given: Any):
    counter, _, line = given
    with clock.at(clock.now() + timedelta(days=301)):
        assert two_steps(counter, line, 1) == "inventory_movement_expired"
    assert two_steps(counter, line, 1) == DONE


def test_only_the_medicine_and_the_line_that_were_prescribed(given: Any):
    counter, _mine, line = given
    other = counter.keep("Cetrimal", generic="cetirizine", strength="10 mg")
    batch = counter.receive(10, "C", item=other)
    swapped = {"item_id": str(other.pk), "batch_id": str(batch)}
    assert two_steps(counter, line, 1, moved=swapped) == "prescribing_dispensed_same_medicine"
    outside = counter.room.signed()
    elsewhere = counter.room.again(outside).items.all()[0]
    assert two_steps(counter, line, 1, item_id=str(elsewhere.pk)) == "prescribing_dispensed_in_house"
    assert two_steps(counter, line, 1, quantity=2) == "prescribing_dispensed_moved"
    assert two_steps(counter, line, 1, filling=1) == "prescribing_dispensed_while_open"


def test_nothing_leaves_for_one_that_is_not_open(given: Any):
    counter, mine, line = given
    counter.give(mine, 9)
    assert two_steps(counter, line, 1) == "prescribing_dispensed_while_open"


def test_only_what_left_comes_back(given: Any):
    counter, _mine, line = given
    back = {"takes_back_id": str(line.pk), "reason": "x"}
    assert two_steps(counter, line, -6, **back) == DONE
    assert two_steps(counter, line, -6, **back, filling=1) == "prescribing_dispensed_was_out"
    assert two_steps(counter, line, -7, **back) == "inventory_movement_over_returned"
    assert two_steps(counter, line, -6, takes_back_id=str(line.pk), reason="") == "prescribing_dispensed_two_ways"


def test_patients_read_their_own_rows_and_write_none(given: Any):
    counter, _mine, _line = given
    me, other = (
        counter.room.clinic.patient_actor(),
        counter.room.clinic.patient_actor(counter.room.clinic.other_patient),
    )
    with acting_as(me):
        assert DispensedLine.objects.count() == 1
    with acting_as(other):
        assert DispensedLine.objects.count() == 0
    assert attack("INSERT INTO prescribing_dispensing SELECT * FROM prescribing_dispensing", by=me) == DENIED


STATES = {
    Status.DRAFT: lambda counter: counter.room.draft(counter.room.paracetamol()),
    Status.FINALIZED: lambda counter: counter.signed(refills=1),
    Status.PARTIALLY_DISPENSED: lambda counter: _given(counter, 6),
    Status.DISPENSED: lambda counter: _given(counter, 15),
    Status.SENT_TO_PHARMACY: lambda counter: actions.send(counter.room.signed().pk, by=counter.room.doctor),
    Status.CANCELLED: lambda counter: actions.cancel(counter.room.signed().pk, "Twice", by=counter.room.doctor),
}
# What bare SQL may do without a reason, a number, or anything handed out.
BARE = {("FINALIZED", "SENT_TO_PHARMACY"), ("DISPENSED", "PARTIALLY_DISPENSED")}


@pytest.mark.parametrize(("source", "target"), list(permutations(map(str, STATES), 2)))
def test_bare_sql_moves_nothing_that_is_not_so(counter: Counter, source: str, target: str):
    counter.receive(40, "A")
    row = STATES[Status(source)](counter)
    assert str(counter.room.again(row).status) == source
    outcome = attack(
        "UPDATE prescribing_prescription SET status = %s WHERE id = %s", [target, row.pk], by=counter.room.clinic.system
    )
    assert (outcome == DONE) is ((source, target) in BARE), outcome


@pytest.mark.parametrize("status", [status for status in Status if status != Status.DRAFT])
def test_a_prescription_is_born_a_draft(counter: Counter, status: str):
    row = counter.room.draft()
    said = json.dumps({"id": str(uuid4()), "status": status})
    outcome = attack(COPY.format(table="prescribing_prescription"), [said, row.pk], by=counter.room.doctor)
    assert outcome == "prescribing_prescription_status_moves"


@pytest.mark.parametrize("used", [0, 2, 3])
def test_refills_are_counted_one_by_one(counter: Counter, used: int):
    counter.receive(100, "A")
    mine = counter.signed(refills=3)
    counter.give(mine, 15)
    counter.refill(mine, 15)
    statement = "UPDATE prescribing_prescription SET refills_used = %s WHERE id = %s"
    by = counter.room.pharmacist
    assert attack(statement, [used, mine.pk], by=by) == "prescribing_refill_counted"
    begin = "UPDATE prescribing_prescription SET refills_used = 2, status = 'PARTIALLY_DISPENSED' WHERE id = %s"
    assert attack(begin, [mine.pk], by=by) == DONE
    with clock.at(clock.now() + timedelta(days=61)):
        assert attack(begin, [mine.pk], by=by) == "prescribing_refill_counted"


def _given(counter: Counter, quantity: int) -> Prescription:
    mine = counter.signed(refills=1)
    counter.give(mine, quantity)
    return mine
