"""Past Python: plain SQL as the application's role moves nothing that is not so, and uses nothing twice."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from kalon.billing.tests.sql import DONE, attack
from kalon.entitlements import actions
from kalon.entitlements.lifecycles import HoldingStatus
from kalon.entitlements.models import PackageHolding
from kalon.entitlements.tests.clinic import MORNING, Clinic
from kalon.kernel import clock


def _used_up(clinic: Clinic) -> PackageHolding:
    row = clinic.sold()
    for _ in range(6):
        clinic.use(row)
    for _ in range(2):
        clinic.use(row, service=clinic.peel)
    return row


def _expired(clinic: Clinic) -> PackageHolding:
    row = clinic.sold()
    with clock.at(MORNING + timedelta(days=181)):
        return actions.expire_package(row.pk, by=clinic.system)


def _given(clinic: Clinic) -> PackageHolding:
    row = clinic.sold()
    actions.transfer_package(row.pk, clinic.money.other_patient.pk, "Her sister", by=clinic.desk)
    return row


STATES: dict[str, Callable[[Clinic], PackageHolding]] = {
    HoldingStatus.PENDING: lambda clinic: clinic.sold(paid=False),
    HoldingStatus.ACTIVE: lambda clinic: clinic.sold(),
    HoldingStatus.USED_UP: _used_up,
    HoldingStatus.EXPIRED: _expired,
    HoldingStatus.REFUNDED: lambda clinic: actions.refund_package(clinic.sold().pk, "Moves", by=clinic.desk),
    HoldingStatus.TRANSFERRED: _given,
}


@pytest.mark.parametrize("source", list(STATES))
def test_bare_sql_moves_no_package(clinic: Clinic, source: str):
    row = STATES[source](clinic)
    said = {}
    for target in [other for one, other in permutations(map(str, STATES), 2) if one == str(source)]:
        move = "UPDATE entitlements_packageholding SET status = %s WHERE id = %s"
        said[target] = attack(move, [target, row.pk], by=clinic.system)
    # only letting a package be used is a decision; everything else is counted. What is not paid still cannot be used.
    assert {target for target, word in said.items() if word == DONE} == ({"ACTIVE"} if source == "PENDING" else set())
    assert set(said.values()) <= {
        DONE, "entitlements_holding_status_agrees", "entitlements_packageholding_status_moves",
        "entitlements_packageholding_sealed",
    }  # fmt: skip


COPY = """INSERT INTO entitlements_use SELECT (jsonb_populate_record(old, jsonb_build_object(
    'id', gen_random_uuid(){more}))).* FROM entitlements_use old WHERE id = %s"""


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        (COPY.format(more=""), "entitlements_use_once"),
        (COPY.format(more=", 'takes_back_id', old.id"), "entitlements_use_taken_back_explained"),
        ("UPDATE entitlements_use SET value = 0 WHERE id = %s", "42501"),
        ("DELETE FROM entitlements_use WHERE id = %s", "42501"),
        (
            "UPDATE entitlements_packageholding SET value = value + 1 WHERE id = (SELECT holding_id "
            "FROM entitlements_use WHERE id = %s)",
            "entitlements_holding_fixed",
        ),
        (
            "UPDATE entitlements_holdingitem SET quantity = 60 WHERE id = (SELECT item_id FROM entitlements_use "
            "WHERE id = %s)",
            "entitlements_item_fixed",
        ),
        (
            "INSERT INTO entitlements_holdingitem SELECT (jsonb_populate_record(item, jsonb_build_object('id', "
            "gen_random_uuid(), 'service_id', NULL))).* FROM entitlements_holdingitem item JOIN entitlements_use used "
            "ON used.item_id = item.id WHERE used.id = %s",
            "entitlements_item_fixed",
        ),
        (
            "INSERT INTO entitlements_settlement (id, created_at, organization_id, patient_id, holding_id, kind, value,"
            " kept, reason, settled_by_name) SELECT gen_random_uuid(), now(), organization_id, patient_id, holding_id,"
            " 'REFUND', 1, 0, 'Mine', 'x' FROM entitlements_use WHERE id = %s",
            "entitlements_settlement_takes_what_is_left",
        ),
        (
            "INSERT INTO entitlements_settlement (id, created_at, organization_id, patient_id, holding_id, kind, value,"
            " kept, reason, settled_by_name) SELECT gen_random_uuid(), now(), used.organization_id, used.patient_id,"
            " holding_id, 'REFUND', row.value - row.used, 0, 'Mine', 'x' FROM entitlements_use used"
            " JOIN entitlements_packageholding row ON row.id = used.holding_id WHERE used.id = %s",
            "entitlements_settlement_is_credited",
        ),
    ],
)
def test_plain_sql_uses_nothing_twice_and_changes_no_sum(clinic: Clinic, statement: str, refusal: str):
    used = clinic.use(clinic.sold())
    assert attack(statement, [used.pk], by=clinic.system) == refusal


def test_the_last_session_is_the_last_in_sql_too(clinic: Clinic):
    row = _used_up(clinic)
    visit: Any = clinic.visit()
    copy = """INSERT INTO entitlements_use SELECT (jsonb_populate_record(old, jsonb_build_object('id',
        gen_random_uuid(), 'appointment_id', %s::uuid))).* FROM entitlements_use old
        WHERE holding_id = %s LIMIT 1"""
    assert attack(copy, [visit.pk, row.pk], by=clinic.system) == "entitlements_item_never_below_zero"


def test_sums_written_by_hand_are_counted_again(clinic: Clinic):
    row = clinic.sold()
    clinic.use(row)
    before = clinic.again(row).used
    write = "UPDATE entitlements_packageholding SET used = 0, forfeited = 99 WHERE id = %s RETURNING used"
    assert attack(write, [row.pk], by=clinic.system) == DONE
    assert (clinic.again(row).used, clinic.again(row).forfeited) == (before, 0)
