"""Past every line of Python: what the database itself refuses, by the name of the rule."""

from typing import Any
from uuid import uuid4

import pytest

from kalon.inventory import actions
from kalon.inventory.models import Balance, Batch
from kalon.inventory.tests.clinic import Store
from kalon.inventory.tests.sql import DENIED, DONE, attack
from kalon.kernel.tenancy import acting_as

INSERT = """INSERT INTO inventory_movement (id, created_at, organization_id, kind, item_id, batch_id, quantity,
    from_location_id, to_location_id, patient_id, source_kind, source_id, returns_id, reason, supplier, reference, pick,
    made_by_name, cost, key)
    SELECT %s, kalon_now(), %s, kind, item::uuid, batch::uuid, quantity::numeric, start::uuid, goal::uuid,
        patient::uuid, source_kind, source::uuid, returns::uuid, reason, '', '', pick, 'sql', cost::numeric, ''
    FROM (VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)) AS row (kind, item, batch, quantity, start, goal,
        patient, source_kind, source, returns, reason, pick, cost)"""


def sent(store: Store, by: Any = None, **row: Any) -> str:
    """Insert a movement by hand: what refused it, or "done"."""
    text = {key: str(getattr(value, "pk", value)) for key, value in row.items() if value is not None}
    keys = ("kind", "item", "batch", "quantity", "start", "goal", "patient", "source_kind", "source", "returns")
    values = [text.get(key, "" if key == "source_kind" else None) for key in keys]
    values += [text.get("reason", ""), text.get("pick", ""), text.get("cost")]
    return attack(INSERT, [uuid4(), store.organization.pk, *values], by=by or store.system)


@pytest.fixture
def batch(store: Store) -> Batch:
    return store.batch(store.toxin, "10", "A", 100)


def given(store: Store, batch: Batch, **more: Any) -> dict[str, Any]:
    return {
        "kind": "ISSUED", "item": store.toxin, "batch": batch, "quantity": "1", "start": store.room,
        "patient": store.patient, "source_kind": "tests.Paper", "source": uuid4(), "pick": "NAMED",
    } | more  # fmt: skip


def test_a_plain_issue_goes_through(store: Store, batch: Batch):
    assert sent(store, **given(store, batch)) == DONE


def test_never_below_zero(store: Store, batch: Batch):
    assert sent(store, **given(store, batch, quantity="10.5")) == "inventory_balance_never_below_zero"
    assert sent(store, **given(store, batch, start=store.pharmacy)) == "inventory_balance_never_below_zero"


def test_a_balance_cannot_be_written_by_hand(store: Store, batch: Batch):
    with acting_as(store.system):
        row = Balance.objects.get()
        row.quantity = 5000  # type: ignore[assignment]
        row.save(update_fields=["quantity"])
        row.refresh_from_db()
    assert row.quantity == 10
    other = store.batch(store.toxin, "10", "B", 100)
    change = "UPDATE inventory_balance SET batch_id = %s WHERE batch_id = %s"
    assert attack(change, [other.pk, batch.pk], by=store.system) == "inventory_balance_fixed"
    assert attack("DELETE FROM inventory_balance", by=store.system) == DENIED


@pytest.mark.parametrize("statement", ["UPDATE inventory_movement SET quantity = 1", "DELETE FROM inventory_movement"])
def test_the_ledger_is_denied_to_the_application(store: Store, batch: Batch, statement: str):
    assert attack(statement, by=store.system) == DENIED


def test_the_ledger_is_kept_from_its_owner_too(store: Store, batch: Batch, as_owner: Any):
    triggers = as_owner.execute(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'inventory_movement'::regclass AND tgname LIKE %s",
        ["inventory_movement_kept%"],
    ).fetchall()
    assert sorted(name for (name,) in triggers) == ["inventory_movement_kept", "inventory_movement_kept_truncate"]


def test_no_expired_batch_leaves_to_a_patient(store: Store):
    from datetime import timedelta

    from kalon.kernel import clock

    batch = store.batch(store.toxin, "10", "A", 1)
    with clock.at(clock.now() + timedelta(days=2)):
        assert sent(store, **given(store, batch)) == "inventory_movement_expired"
        moved = {
            "kind": "MOVED",
            "goal": store.pharmacy,
            "patient": None,
            "source": None,
            "source_kind": "",
            "pick": "",
        }
        assert sent(store, **given(store, batch, **moved)) == DONE


def test_no_locked_batch_leaves_to_a_patient(store: Store, batch: Batch):
    actions.quarantine(batch.pk, "Recall", by=store.keeper)
    assert sent(store, **given(store, batch)) == "inventory_movement_quarantined"


def test_first_expired_is_meant(store: Store, batch: Batch):
    store.receive(store.toxin, "10", "SOONER", 5)
    assert sent(store, **given(store, batch, pick="FIRST_EXPIRED")) == "inventory_movement_first_expired"
    assert sent(store, **given(store, batch, pick="NAMED")) == DONE


def test_only_the_expired_is_written_off_as_expired(store: Store, batch: Batch):
    off = {"kind": "EXPIRED", "patient": None, "source": None, "source_kind": "", "pick": ""}
    assert sent(store, **given(store, batch, **off)) == "inventory_movement_not_expired"


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"quantity": "0"}, "inventory_movement_positive"),
        ({"quantity": "-1"}, "inventory_movement_positive"),
        ({"quantity": "0.25"}, "inventory_movement_whole_steps"),
        ({"patient": None}, "inventory_movement_patient_and_source"),
        ({"source": None}, "inventory_movement_patient_and_source"),
        ({"source_kind": ""}, "inventory_movement_patient_and_source"),
        ({"pick": ""}, "inventory_movement_picked"),
        ({"goal": "room"}, "inventory_movement_two_sides"),
        ({"cost": "1"}, "inventory_movement_cost_of_delivery"),
        ({"kind": "WASTED", "pick": "", "reason": "Broken"}, "inventory_movement_patient_and_source"),
        (
            {"kind": "WASTED", "pick": "", "patient": None, "source": None, "source_kind": ""},
            "inventory_movement_explained",
        ),
        ({"item": "filler"}, "inventory_movement_same_batch"),
    ],
)
def test_the_shape_of_a_movement(store: Store, batch: Batch, row: dict[str, Any], rule: str):
    named = {"room": store.pharmacy, "filler": store.filler}
    assert sent(store, **given(store, batch, **{key: named.get(value, value) for key, value in row.items()})) == rule


def test_what_comes_back_was_issued_to_that_patient_from_that_place(store: Store, batch: Batch):
    (issued,) = store.issue_batch(batch.pk, "4")
    back = given(store, batch, kind="RETURNED", start=None, goal=store.room, pick="", reason="Unused",
                 returns=issued.movement_id)  # fmt: skip
    assert sent(store, **back) == DONE
    assert sent(store, **back | {"quantity": "4.5"}) == "inventory_movement_over_returned"
    assert sent(store, **back | {"goal": store.pharmacy}) == "inventory_movement_returns_an_issue"
    assert sent(store, **back | {"patient": store.other_patient}) == "inventory_movement_returns_an_issue"
    assert sent(store, **back | {"returns": None}) == "inventory_movement_names_what_returns"


def test_a_batch_keeps_its_number_and_expiry(store: Store, batch: Batch):
    for change in ("number = 'Z'", "expires_on = expires_on + 900"):
        statement = f"UPDATE inventory_batch SET {change} WHERE id = %s"
        assert attack(statement, [batch.pk], by=store.system) == "inventory_batch_fixed"


def test_a_batch_has_what_its_item_asks_for(store: Store):
    insert = """INSERT INTO inventory_batch (id, created_at, organization_id, item_id, number, expires_on, status,
        status_at) VALUES (%s, kalon_now(), %s, %s, %s, %s, 'AVAILABLE', kalon_now())"""
    row = [uuid4(), store.organization.pk, store.toxin.pk]
    assert attack(insert, [*row, "", store.day(9)], by=store.system) == "inventory_batch_numbered"
    assert attack(insert, [*row, "A", None], by=store.system) == "inventory_batch_expires"
    assert attack(insert, [*row, "A", store.day(9)], by=store.system) == DONE


def test_units_and_places_stay(store: Store, batch: Batch):
    unit = "UPDATE inventory_item SET unit = 'ml' WHERE id = %s"
    assert attack(unit, [store.toxin.pk], by=store.system) == "inventory_item_unit_fixed"
    assert attack(unit, [store.filler.pk], by=store.system) == DONE
    closed = "UPDATE inventory_location SET is_active = false WHERE id = %s"
    assert attack(closed, [store.room.pk], by=store.system) == "inventory_location_not_empty"
    assert attack(closed, [store.pharmacy.pk], by=store.system) == DONE


def test_the_patients_own_role_reaches_nothing(as_portal: Any, store: Store):
    for table in ("item", "batch", "movement", "balance", "location"):
        granted = as_portal.execute(
            "SELECT has_table_privilege('kalon_portal', %s, 'SELECT, INSERT, UPDATE, DELETE')", [f"inventory_{table}"]
        ).fetchone()
        assert granted == (False,), table


STATES = ("AVAILABLE", "QUARANTINED")


@pytest.mark.parametrize(("source", "target"), [(a, b) for a in STATES for b in STATES if a != b])
def test_bare_sql_moves_no_batch_without_a_reason(store: Store, batch: Batch, source: str, target: str):
    if source == "QUARANTINED":
        actions.quarantine(batch.pk, "Recall", by=store.keeper)
    bare = "UPDATE inventory_batch SET status = %s WHERE id = %s"
    assert attack(bare, [target, batch.pk], by=store.system) == "inventory_batch_status_moves"
    why = f"WITH why AS (SELECT set_config('kalon.reason', 'Recall', true)) {bare.replace(' WHERE', ' FROM why WHERE')}"
    assert attack(why, [target, batch.pk], by=store.system) == DONE


def test_a_batch_is_born_available(store: Store):
    insert = """INSERT INTO inventory_batch (id, created_at, organization_id, item_id, number, expires_on, status,
        status_at) VALUES (%s, kalon_now(), %s, %s, 'A', %s, 'QUARANTINED', kalon_now())"""
    row = [uuid4(), store.organization.pk, store.toxin.pk, store.day(9)]
    assert attack(insert, row, by=store.system) == "inventory_batch_status_moves"
