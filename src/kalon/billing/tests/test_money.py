"""Money in, money put on bills, money back; and the books agree after each."""

from decimal import Decimal

import pytest

from kalon.billing import actions, queries
from kalon.billing.lifecycles import BILL, BillStatus, PaymentStatus, RefundStatus
from kalon.billing.models import Payment, PaymentAllocation
from kalon.billing.tests.clinic import Clinic
from kalon.kernel.errors import IllegalMove, Invalid, KeyReused, NotPermitted
from kalon.kernel.tenancy import acting_as


def test_part_by_part_until_it_is_paid(clinic: Clinic):
    bill = clinic.bill(clinic.consultation, clinic.botox)
    first = clinic.pay(bill, "1000", method="CASH")
    assert (first.receipt_number[-6:], clinic.again(bill).status, clinic.again(bill).owed) == (
        "R00001", BillStatus.PARTIALLY_PAID, Decimal("16320.00"),
    )  # fmt: skip
    clinic.pay(bill, "16320.00", method="UPI")
    assert (clinic.again(bill).status, clinic.again(bill).owed) == (BillStatus.PAID, Decimal("0.00"))
    with acting_as(clinic.system):
        amounts = list(PaymentAllocation.objects.filter(bill=bill).values_list("amount", flat=True))
        moves = [(event.move, event.to_state) for event in BILL.history(bill)]
    assert amounts == [Decimal("800.00"), Decimal("200.00"), Decimal("16320.00")]
    assert moves[-2:] == [("receive_part", "PARTIALLY_PAID"), ("receive_all", "PAID")]


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "800.01", "1e9", "NaN"])
def test_amounts_that_are_refused(clinic: Clinic, amount: str):
    bill = clinic.bill()
    with pytest.raises(Invalid) as refusal:
        clinic.pay(bill, amount)
    assert refusal.value.field == "amount"
    with acting_as(clinic.system):
        assert not Payment.objects.exists()


def test_only_open_bills_take_money(clinic: Clinic):
    paid = clinic.bill()
    clinic.pay(paid, "800")
    void = clinic.bill()
    actions.void_bill(void.pk, "Twice", by=clinic.desk)
    for bill in (clinic.draft(clinic.consultation), paid, void):
        with pytest.raises(IllegalMove):
            clinic.pay(bill, "1")
        with pytest.raises(IllegalMove):
            actions.start_online_payment(bill.pk, by=clinic.desk)


def test_the_same_request_pays_once(clinic: Clinic):
    bill = clinic.bill()
    first = clinic.pay(bill, "300", key="k-1")
    assert clinic.pay(bill, "300", key="k-1").pk == first.pk
    assert clinic.again(bill).allocated == Decimal("300.00")
    with pytest.raises(KeyReused):
        clinic.pay(bill, "301", key="k-1")
    with pytest.raises(KeyReused):
        clinic.pay(clinic.bill(), "300", key="k-1")


def test_a_cancelled_bill_keeps_its_money_on_account(clinic: Clinic):
    bill = clinic.bill()
    payment = clinic.pay(bill, "800")
    void = actions.void_bill(bill.pk, "Wrong patient", by=clinic.desk)
    assert (void.status, void.credited, void.allocated, void.owed) == (BillStatus.VOID, Decimal("800.00"), 0, 0)
    assert clinic.again(payment).on_account == Decimal("800.00")
    with acting_as(clinic.desk):
        note = queries.credit_notes(bill.pk, seen_by=clinic.desk).get()
        last = BILL.history(bill).last()
    assert (note.number, note.total, note.reason) == (
        "KOC/" + bill.number[4:8] + "/C00001",
        Decimal("800.00"),
        "Wrong patient",
    )
    assert (last.move, last.reason) == ("void", "Wrong patient")

    again = clinic.bill()
    actions.apply_on_account(payment.pk, again.pk, by=clinic.desk)
    assert (clinic.again(again).status, clinic.again(payment).on_account) == (BillStatus.PAID, 0)


def test_paidness_goes_both_ways(clinic: Clinic):
    bill = clinic.bill()
    clinic.pay(bill, "800")
    assert actions.release(bill.pk, "Wrong bill", by=clinic.desk).status == BillStatus.FINALIZED
    assert clinic.again(bill).owed == Decimal("800.00")


def test_a_reason_is_needed_to_correct(clinic: Clinic):
    bill = clinic.bill()
    for verb in (actions.void_bill, actions.write_off):
        with pytest.raises(Invalid) as refusal:
            verb(bill.pk, "  ", by=clinic.desk)
        assert refusal.value.field == "reason"


def test_what_is_owed_is_written_off(clinic: Clinic):
    bill = clinic.bill()
    clinic.pay(bill, "300")
    done = actions.write_off(bill.pk, "Moved away", by=clinic.desk)
    assert (done.status, done.written_off, done.owed) == (BillStatus.WRITTEN_OFF, Decimal("500.00"), 0)
    with pytest.raises(IllegalMove):
        clinic.pay(bill, "1")


def test_a_refund_goes_its_way(clinic: Clinic):
    bill = clinic.bill()
    payment = clinic.pay(bill, "800")
    with pytest.raises(Invalid, match="on account"):
        actions.request_refund(payment.pk, Decimal(1), "Asked", by=clinic.desk)
    actions.void_bill(bill.pk, "Visit cancelled", by=clinic.desk)
    refund = actions.request_refund(payment.pk, Decimal("300.00"), "Asked", "r-1", by=clinic.desk)
    assert actions.request_refund(payment.pk, Decimal("300.00"), "Asked", "r-1", by=clinic.desk).pk == refund.pk
    assert clinic.again(payment).on_account == Decimal("500.00")
    with pytest.raises(IllegalMove):
        actions.refund_done(refund.pk, by=clinic.desk)
    actions.approve_refund(refund.pk, by=clinic.desk)
    assert actions.refund_done(refund.pk, "UTR 7", by=clinic.desk).status == RefundStatus.DONE
    assert clinic.again(payment).status == PaymentStatus.PARTIALLY_REFUNDED
    rest = actions.request_refund(payment.pk, Decimal("500.00"), "Rest", by=clinic.desk)
    actions.approve_refund(rest.pk, by=clinic.desk)
    actions.refund_done(rest.pk, by=clinic.desk)
    assert (clinic.again(payment).status, clinic.again(payment).refunded) == (PaymentStatus.REFUNDED, Decimal("800.00"))


def test_a_refund_turned_down_frees_the_money(clinic: Clinic):
    bill = clinic.bill()
    payment = clinic.pay(bill, "800")
    actions.void_bill(bill.pk, "Visit cancelled", by=clinic.desk)
    refund = actions.request_refund(payment.pk, Decimal("800.00"), "Asked", by=clinic.desk)
    with pytest.raises(NotPermitted):
        actions.approve_refund(refund.pk, by=clinic.stranger)
    actions.refund_failed(refund.pk, "Wrong account", by=clinic.desk)
    assert clinic.again(payment).on_account == Decimal("800.00")


def test_one_patients_money_never_pays_anothers_bill(clinic: Clinic):
    bill = clinic.bill()
    payment = clinic.pay(bill, "800")
    actions.void_bill(bill.pk, "Twice", by=clinic.desk)
    other = clinic.bill(patient=clinic.other_patient)
    with pytest.raises(Invalid):
        actions.apply_on_account(payment.pk, other.pk, by=clinic.desk)
