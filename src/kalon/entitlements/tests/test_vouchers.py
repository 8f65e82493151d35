"""Gift vouchers: sold, redeemed in parts by whoever brings the code, never above what was paid."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.entitlements import actions, queries, rules
from kalon.entitlements.actions.paper import voucher_data
from kalon.entitlements.models import GiftVoucher, VoucherMove
from kalon.entitlements.tests.clinic import MORNING, Clinic
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid, KeyReused, NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.ledger import queries as ledger

LATER = timedelta(days=400)


def sell(clinic: Clinic, amount: str = "5000.00", *, paid: bool = True, **more: Any) -> GiftVoucher:
    worth = None if "service_id" in more else Decimal(amount)
    row = actions.sell_voucher(clinic.patient.pk, clinic.money.branch.pk, worth, by=clinic.desk, **more)
    if paid:
        clinic.money.pay(clinic.bill_of(row), str(row.value))
    return clinic.again(row)


def redeem(clinic: Clinic, code: str, amount: str | None = None, *, by: Actor | None = None, **more: Any) -> Any:
    worth = None if amount is None else Decimal(amount)
    other, at = clinic.money.other_patient, clinic.money.branch.pk
    return actions.redeem_voucher(code, other.pk, at, worth, by=by or clinic.desk, **more)


def code_of(clinic: Clinic, row: GiftVoucher) -> str:
    with acting_as(clinic.system):
        return GiftVoucher.objects.select_related("patient").get(pk=row.pk).code


def proven(clinic: Clinic) -> dict[str, Decimal]:
    """Every sum counted again agrees, and the books owe what is left of all vouchers."""
    with acting_as(clinic.system):
        assert queries.voucher_proof(seen_by=clinic.system) == []
        assert ledger.proof(seen_by=clinic.system) == []
        left = sum((row.left for row in GiftVoucher.objects.all()), Decimal(0))
        posted = ledger.totals(MORNING.date() - LATER, MORNING.date() + 3 * LATER, seen_by=clinic.system)
    assert posted.get("VOUCHERS", Decimal(0)) == -left
    return posted


def test_a_voucher_is_redeemed_in_parts_by_whoever_brings_it(clinic: Clinic):
    sold = sell(clinic, recipient="Anu", message="Happy birthday")
    bill = clinic.bill_of(sold)
    assert (bill.tax, bill.total, sold.status) == (0, Decimal("5000.00"), "ACTIVE")
    code = code_of(clinic, sold)
    owed = clinic.money.bill(patient=clinic.money.other_patient)  # 800.00
    paid = redeem(clinic, code.lower(), bill_id=owed.pk)
    assert (paid.method, paid.amount, clinic.again(owed).status) == ("VOUCHER", Decimal("800.00"), "PAID")
    redeem(clinic, rules.spaced(code), "1200")
    assert clinic.again(sold).left == Decimal("3000.00")
    proven(clinic)
    assert redeem(clinic, code).amount == Decimal("3000.00")
    row = clinic.again(sold)
    assert (row.status, row.left, row.redeemed) == ("USED_UP", 0, Decimal("5000.00"))
    with acting_as(clinic.system):
        assert bills.money_of(clinic.money.other_patient.pk, seen_by=clinic.system).on_account == Decimal("4200.00")
    with pytest.raises(NotReady):
        redeem(clinic, code, "1")
    proven(clinic)


def test_the_same_key_is_the_same_payment(clinic: Clinic):
    code = code_of(clinic, sell(clinic))
    first = redeem(clinic, code, "100", key="once")
    assert redeem(clinic, code, "100", key="once").pk == first.pk
    with pytest.raises(KeyReused):
        redeem(clinic, code, "200", key="once")
    other = code_of(clinic, sell(clinic, "10"))
    with pytest.raises(KeyReused):
        redeem(clinic, other, "10", key="once")
    with acting_as(clinic.system):
        assert VoucherMove.objects.count() == 1


def test_the_code_is_nowhere_in_clear_and_no_slip_finds_another(clinic: Clinic):
    sold = sell(clinic, recipient="Anu Thomas", message="With love")
    code = code_of(clinic, sold)
    with acting_as(clinic.system), connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(row)::text FROM entitlements_giftvoucher AS row")
        [(kept,)] = cursor.fetchall()
    assert len(code) == 16 and not any(word in kept for word in (code, code[:12], "Anu", "love"))
    for at, letter in enumerate(code):
        wrong = code[:at] + ("0" if letter != "0" else "1") + code[at + 1 :]
        assert rules.plain_code(wrong) is None
    for (at, one), (_, other) in pairwise(enumerate(code[: rules.RANDOM])):
        assert one == other or rules.plain_code(code[:at] + other + one + code[at + 2 :]) is None


@pytest.mark.parametrize("amount", ["5000.01", "0", "-1", "NaN", "1.001", "1e30"])
def test_not_above_what_is_left_and_only_money(clinic: Clinic, amount: str):
    sold = sell(clinic)
    with pytest.raises(Invalid):
        redeem(clinic, code_of(clinic, sold), amount)
    with pytest.raises(Invalid) if amount != "5000.01" else pytest.raises(NotPermitted):
        actions.sell_voucher(
            clinic.patient.pk, clinic.money.branch.pk, Decimal(amount),
            by=clinic.desk if amount != "5000.01" else clinic.money.stranger,
        )  # fmt: skip
    assert clinic.again(sold).left == Decimal("5000.00")


def test_a_code_that_is_none_and_who_may_not(clinic: Clinic):
    sold = sell(clinic)
    code = code_of(clinic, sold)
    with pytest.raises(NotFound):
        redeem(clinic, rules.new_code(lambda letters: letters[0]), "1")
    with pytest.raises(Invalid, match="mistyped"):
        redeem(clinic, "HELLO", "1")
    for by in (clinic.money.stranger, clinic.money.as_patient(clinic.patient)):
        for refused in (
            lambda by=by: redeem(clinic, code, "1", by=by),
            lambda by=by: actions.refund_voucher(sold.pk, "Mine", by=by),
            lambda by=by: actions.extend_voucher(sold.pk, sold.valid_until + timedelta(days=1), "Mine", by=by),
        ):
            with pytest.raises(NotPermitted):
                refused()
    for patient, sees in ((clinic.patient, [sold.pk]), (clinic.money.other_patient, [])):
        with acting_as(own := clinic.money.as_patient(patient)):
            assert [row.pk for row in queries.vouchers(seen_by=own)] == sees
    with acting_as(clinic.system):
        assert not VoucherMove.objects.exists()


def test_a_voucher_for_a_service_pays_that_service(clinic: Clinic):
    sold = sell(clinic, service_id=clinic.peel.pk)
    assert sold.value == Decimal("1180.00")  # its tax is in it, and due when the peel is billed
    code = code_of(clinic, sold)
    other = clinic.money.bill(patient=clinic.money.other_patient)
    with pytest.raises(Invalid, match="Chemical peel"):
        redeem(clinic, code, bill_id=other.pk)
    with pytest.raises(Invalid, match="Chemical peel"):
        redeem(clinic, code)
    bill = clinic.money.bill(clinic.peel, clinic.money.consultation, patient=clinic.money.other_patient)
    assert redeem(clinic, code, bill_id=bill.pk).allocated == Decimal("1180.00")
    assert clinic.again(bill).owed == Decimal("800.00")
    proven(clinic)


def test_what_was_paid_by_voucher_goes_back_on_it(clinic: Clinic):
    sold = sell(clinic)
    paid = redeem(clinic, code_of(clinic, sold))
    assert clinic.again(sold).status == "USED_UP"
    refund = billing.request_refund(paid.pk, Decimal("1500.00"), "Came off the bill", by=clinic.money.desk)
    billing.approve_refund(refund.pk, by=clinic.money.desk)
    billing.refund_done(refund.pk, by=clinic.money.desk)
    row = clinic.again(sold)
    assert (row.status, row.left) == ("ACTIVE", Decimal("1500.00"))
    redeem(clinic, code_of(clinic, sold), "1500")
    posted = proven(clinic)
    assert posted["ADVANCES"] == Decimal("-5000.00") and posted["CASH"] == Decimal("5000.00")


def test_what_came_by_voucher_is_given_to_nobody_else(clinic: Clinic):
    redeem(clinic, code_of(clinic, sell(clinic)), "1000.00")
    giver, taker, cash = clinic.money.other_patient, clinic.patient, Decimal("500.00")
    billing.receive_advance(giver.pk, clinic.money.branch.pk, "CASH", cash, by=clinic.money.desk)
    with acting_as(clinic.desk):
        with pytest.raises(Invalid, match="00 is on account that is kept for no plan and came by no voucher"):
            billing.transfer_on_account(giver.pk, taker.pk, Decimal("600.00"), "Her sister", by=clinic.money.desk)
        billing.transfer_on_account(giver.pk, taker.pk, cash, "Her sister", by=clinic.money.desk)
    proven(clinic)


def test_unpaid_it_is_worth_nothing_and_void_when_taken_back(clinic: Clinic):
    unpaid = sell(clinic, "10.00", paid=False)
    with pytest.raises(NotReady):
        redeem(clinic, code_of(clinic, unpaid), "1")
    with pytest.raises(NotReady, match="not paid"):
        billing.write_off(clinic.bill_of(unpaid).pk, "Lost", by=clinic.money.desk)
    assert actions.refund_voucher(unpaid.pk, "Changed their mind", by=clinic.desk).status == "VOID"
    cancelled = sell(clinic, "20.00", paid=False)
    billing.void_bill(clinic.bill_of(cancelled).pk, "Typed wrongly", by=clinic.money.desk)
    assert clinic.again(cancelled).status == "VOID"
    assert not proven(clinic).get("FORFEITED")


def test_what_is_left_is_taken_back_and_on_the_buyers_account(clinic: Clinic):
    sold = sell(clinic)
    redeem(clinic, code_of(clinic, sold), "1000")
    with pytest.raises(NotReady, match="redeemed"):
        billing.void_bill(clinic.bill_of(sold).pk, "Changed their mind", by=clinic.money.desk)
    row = actions.refund_voucher(sold.pk, "Changed their mind", by=clinic.desk)
    assert (row.status, row.refunded, row.left) == ("REFUNDED", Decimal("4000.00"), 0)
    with acting_as(clinic.system):
        assert bills.money_of(clinic.patient.pk, seen_by=clinic.system).on_account == Decimal("4000.00")
    with pytest.raises(IllegalMove):
        actions.refund_voucher(sold.pk, "Again", by=clinic.desk)
    proven(clinic)


def test_it_expires_by_itself_and_lives_again_when_extended(clinic: Clinic):
    sold = sell(clinic)
    code = code_of(clinic, sold)
    redeem(clinic, code, "1000")
    with clock.at(MORNING + LATER):
        with pytest.raises(NotReady):
            redeem(clinic, code, "1")
        ended = actions.expire_voucher(sold.pk, by=clinic.system)
        assert (ended.status, ended.forfeited, ended.left) == ("EXPIRED", Decimal("4000.00"), 0)
        assert proven(clinic)["FORFEITED"] == Decimal("-4000.00")
        with pytest.raises(Invalid):
            actions.extend_voucher(sold.pk, MORNING.date(), "Was ill", by=clinic.desk)
        until = MORNING.date() + LATER + timedelta(days=30)
        assert actions.extend_voucher(sold.pk, until, "Was ill", by=clinic.desk).status == "ACTIVE"
        assert redeem(clinic, code).amount == Decimal("4000.00")
    assert not proven(clinic).get("FORFEITED")


def test_the_card_is_printed_for_the_desk_and_the_buyer_only(clinic: Clinic):
    sold = sell(clinic, recipient="Anu", message="Happy birthday")
    buyer, other = (clinic.money.as_patient(one) for one in (clinic.patient, clinic.money.other_patient))
    for by in (clinic.desk, buyer):
        assert actions.voucher_pdf(sold.pk, by=by).startswith(b"%PDF")
    with pytest.raises(NotFound):
        actions.voucher_pdf(sold.pk, by=other)
    with pytest.raises(NotPermitted):
        actions.voucher_pdf(sold.pk, by=clinic.money.stranger)
    with acting_as(clinic.system):
        data = voucher_data(queries.voucher(sold.pk, seen_by=clinic.system), by=clinic.system)
    assert (data["recipient"], data["amount"], data["until"]) == ("Anu", "5,000.00", "24 November 2027")
    assert data["code"] == rules.spaced(code_of(clinic, sold))
