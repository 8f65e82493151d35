"""Past Python: plain SQL as the application's role redeems no more of a voucher than was paid, and makes no money."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.billing.tests.sql import DONE, attack
from kalon.entitlements import actions
from kalon.entitlements.lifecycles import VoucherStatus
from kalon.entitlements.models import GiftVoucher, VoucherMove
from kalon.entitlements.tests.clinic import MORNING, Clinic
from kalon.entitlements.tests.test_vouchers import LATER, code_of, redeem, sell
from kalon.kernel import clock
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.errors import NotReady
from kalon.kernel.tenancy import acting_as


def _spent(clinic: Clinic) -> GiftVoucher:
    row = sell(clinic)
    redeem(clinic, code_of(clinic, row))
    return row


def _expired(clinic: Clinic) -> GiftVoucher:
    row = sell(clinic)
    with clock.at(MORNING + LATER):
        return actions.expire_voucher(row.pk, by=clinic.system)


STATES: dict[str, Callable[[Clinic], GiftVoucher]] = {
    VoucherStatus.PENDING: lambda clinic: sell(clinic, paid=False),
    VoucherStatus.ACTIVE: lambda clinic: sell(clinic),
    VoucherStatus.USED_UP: _spent,
    VoucherStatus.EXPIRED: _expired,
    VoucherStatus.REFUNDED: lambda clinic: actions.refund_voucher(sell(clinic).pk, "Moves", by=clinic.desk),
    VoucherStatus.VOID: lambda clinic: actions.refund_voucher(sell(clinic, paid=False).pk, "Slip", by=clinic.desk),
}


REFUSED = ("entitlements_voucher_status_agrees", "entitlements_giftvoucher_status_moves")


def test_bare_sql_moves_no_voucher(clinic: Clinic):
    for source, made in STATES.items():
        row = made(clinic)
        assert clinic.again(row).status == source
        for target in STATES:
            move = "UPDATE entitlements_giftvoucher SET status = %s WHERE id = %s"
            said = attack(move, [target, row.pk], by=clinic.system)
            if target == source:
                assert said == DONE
            elif (source, target) == ("PENDING", "ACTIVE"):
                assert said == "entitlements_voucher_not_paid"
            else:
                assert said in REFUSED


MOVE = """INSERT INTO entitlements_vouchermove SELECT (jsonb_populate_record(old, jsonb_build_object(
    'id', gen_random_uuid(), 'key', ''{more}))).* FROM entitlements_vouchermove old WHERE id = %s"""
PAYMENT = """INSERT INTO billing_payment SELECT (jsonb_populate_record(paid, jsonb_build_object('id', gen_random_uuid(),
    'status', 'PENDING', 'receipt_number', NULL, 'received_at', NULL{more}))).* FROM billing_payment paid
    JOIN entitlements_vouchermove old ON old.key = paid.key WHERE old.id = %s"""
OF_IT = "WHERE id = (SELECT voucher_id FROM entitlements_vouchermove WHERE id = %s)"


@pytest.fixture
def spent(clinic: Clinic) -> VoucherMove:
    """3,000 of 5,000 were redeemed."""
    paid = redeem(clinic, code_of(clinic, sell(clinic)), "3000")
    with acting_as(clinic.system):
        return VoucherMove.objects.get(key=paid.key)


def test_plain_sql_redeems_no_more_and_makes_no_money(clinic: Clinic, spent: VoucherMove):
    back = ", 'kind', 'RETURN', 'reason', 'Mine'"
    for statement, refusal in (
        (MOVE.format(more=", 'key', 'another'"), "entitlements_voucher_over_redeemed"),
        (MOVE.format(more=", 'kind', 'FORFEIT', 'reason', 'Mine', 'amount', 2000"), "entitlements_voucher_not_usable"),
        (MOVE.format(more=", 'kind', 'RESTORE', 'reason', 'Mine', 'amount', 1"), "entitlements_voucher_not_usable"),
        (MOVE.format(more=", 'kind', 'REFUND', 'reason', 'Mine'"), "entitlements_voucher_not_usable"),
        (MOVE.format(more=back), "entitlements_vouchermove_of_this_refund"),
        (MOVE.format(more=", 'amount', 1"), "entitlements_vouchermove_explained"),
        (MOVE.format(more=", 'amount', -1, 'key', 'x'"), "entitlements_vouchermove_positive"),
        (PAYMENT.format(more=", 'key', 'mine'"), "entitlements_payment_redeemed"),
        (PAYMENT.format(more=", 'amount', 9999"), "entitlements_payment_redeemed"),
        (PAYMENT.format(more=""), "billing_payment_key_once"),
        ("UPDATE entitlements_vouchermove SET amount = 1 WHERE id = %s", "42501"),
        ("DELETE FROM entitlements_vouchermove WHERE id = %s", "42501"),
        (f"UPDATE entitlements_giftvoucher SET value = 99999 {OF_IT}", "entitlements_voucher_fixed"),
        (f"UPDATE entitlements_giftvoucher SET code_hash = 'mine' {OF_IT}", "entitlements_voucher_fixed"),
    ):
        assert attack(statement, [spent.pk], by=clinic.system) == refusal, statement
    by_hand = f"UPDATE entitlements_giftvoucher SET redeemed = 0, forfeited = 7 {OF_IT}"
    assert attack(by_hand, [spent.pk], by=clinic.system) == DONE
    with acting_as(clinic.system):
        assert GiftVoucher.objects.get().redeemed == Decimal("3000.00")


def test_what_is_redeemed_is_paid_by_the_end(clinic: Clinic, spent: VoucherMove):
    with acting_as(clinic.system), connection.cursor() as cursor:
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            cursor.execute(MOVE.format(more=", 'key', 'nobody', 'amount', 1"), [spent.pk])
            cursor.execute("SET CONSTRAINTS entitlements_vouchermove_paid IMMEDIATE")
        assert broken_constraint(refused.value.__cause__) == "entitlements_vouchermove_paid"


def test_money_by_voucher_leaves_by_no_other_way(clinic: Clinic, spent: VoucherMove):
    with acting_as(clinic.system):
        paid = bills.payments(seen_by=clinic.system).get(key=spent.key)
    asked = billing.request_refund(paid.pk, Decimal("500.00"), "Wants cash", by=clinic.money.desk)
    billing.approve_refund(asked.pk, by=clinic.money.desk)
    in_cash = "UPDATE billing_refund SET method = 'CASH' WHERE id = %s"
    assert attack(in_cash, [asked.pk], by=clinic.system) == "entitlements_refund_goes_back"


def test_one_that_is_sold_on_another_line_or_for_another_sum_is_none(clinic: Clinic):
    row = sell(clinic)
    copy = """INSERT INTO entitlements_giftvoucher SELECT (jsonb_populate_record(old, jsonb_build_object(
        'id', gen_random_uuid(), 'status', 'PENDING', 'code_hash', 'other'))).* FROM entitlements_giftvoucher old
        WHERE id = %s"""
    assert attack(copy, [row.pk], by=clinic.system) == "entitlements_voucher_sold"


def test_unpaid_money_taken_off_the_sale_stops_it(clinic: Clinic):
    row = sell(clinic)
    billing.release(clinic.bill_of(row).pk, "The card payment bounced", by=clinic.money.desk)
    with clock.at(MORNING + timedelta(minutes=1)), pytest.raises(NotReady, match="not paid"):
        redeem(clinic, code_of(clinic, row), "1")
