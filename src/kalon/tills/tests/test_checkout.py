"""One verb takes it all: split tender, change, money on account, retries, and nothing when a part is refused."""

from decimal import Decimal

import pytest

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.billing.models import Payment
from kalon.billing.tests.sql import attack
from kalon.entitlements import actions as entitlements
from kalon.kernel.errors import DomainError, Invalid, KeyReused, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.tills import actions
from kalon.tills.actions import Tender
from kalon.tills.models import Checkout
from kalon.tills.tests.conftest import Tills


def _wallet(tills: Tills, amount: str) -> Payment:
    clinic = tills.clinic
    return billing.receive_advance(clinic.patient.pk, clinic.branch.pk, "UPI", Decimal(amount), by=tills.sini)


def _nothing_taken(tills: Tills) -> bool:
    with acting_as(tills.clinic.system):
        return not Payment.objects.exists() and not Checkout.objects.exists()


def test_a_draft_is_paid_by_three_tenders_in_one_go(tills: Tills):
    _wallet(tills, "300")
    session = tills.open()
    bill = tills.clinic.draft(tills.clinic.botox)  # 16,520.00
    tenders = [
        Tender("CASH", Decimal(500), given=Decimal(600)),
        Tender("UPI", Decimal(1000), "UTR 1"),
        Tender("CARD", Decimal(14720), "771204"),
        Tender("WALLET", Decimal(300)),
    ]
    made = actions.checkout(bill.pk, tenders, "one", by=tills.sini)
    assert (made.given, made.change) == (600, 100)
    paid = tills.again(bill)
    assert (paid.status, paid.owed, paid.allocated) == ("PAID", 0, Decimal(16520))
    with acting_as(tills.clinic.system):
        assert [(part.tender, part.amount, part.on_bill) for part in made.parts.all()] == [
            ("WALLET", 300, 300), ("CASH", 500, 500), ("UPI", 1000, 1000), ("CARD", 14720, 14720),
        ]  # fmt: skip
        assert bills.mismatches(seen_by=tills.clinic.system) == []
        assert session.entries.get().amount == 500
    again = actions.checkout(bill.pk, tenders, "one", by=tills.sini)
    assert again.pk == made.pk
    with pytest.raises(KeyReused):
        actions.checkout(bill.pk, tenders[:1], "one", by=tills.sini)


def test_a_voucher_and_a_lender_pay_their_parts(tills: Tills):
    clinic = tills.clinic
    sold = entitlements.sell_voucher(clinic.other_patient.pk, clinic.branch.pk, Decimal(1000), by=tills.thomas)
    with acting_as(clinic.system):
        code, paper = sold.code, sold.bill_line.bill_id
    bill = clinic.draft(clinic.botox)  # 16,520.00
    tenders = [Tender("VOUCHER", Decimal(1000), code), Tender("FINANCE", Decimal(15520), "Kerala Health Credit, LN-1")]
    with pytest.raises(NotReady, match="not paid"):
        actions.checkout(bill.pk, tenders, "one", by=tills.thomas)
    assert tills.again(bill).status == "DRAFT"
    actions.checkout(paper, [Tender("UPI", Decimal(1000))], "paper", by=tills.thomas)
    for nameless in (Tender("FINANCE", Decimal(5)), Tender("VOUCHER", Decimal(5))):
        with pytest.raises(Invalid, match="Write"):
            actions.checkout(bill.pk, [nameless], "k", by=tills.thomas)
    for _again in range(2):
        made = actions.checkout(bill.pk, tenders, "one", by=tills.thomas)
        assert (tills.again(bill).status, tills.again(bill).owed) == ("PAID", 0)
    with acting_as(clinic.system):
        assert [part.tender for part in made.parts.all()] == ["VOUCHER", "FINANCE"]
        assert code not in str(made.asked) and made.asked[0]["reference"] == code[-4:]
        assert bills.mismatches(seen_by=clinic.system) == []


def test_a_part_that_is_refused_takes_nothing(tills: Tills):
    bill = tills.clinic.draft(tills.clinic.consultation)
    tenders = [Tender("CARD", Decimal(500)), Tender("WALLET", Decimal(300))]  # there is nothing on account
    with pytest.raises(Invalid, match=r"0\.00 can be used"):
        actions.checkout(bill.pk, tenders, "k", by=tills.sini)
    assert _nothing_taken(tills)
    assert tills.again(bill).status == "DRAFT"


def test_more_than_is_owed_is_kept_on_account(tills: Tills):
    bill = tills.clinic.bill()
    made = actions.checkout(bill.pk, [Tender("UPI", Decimal(1000))], "k", by=tills.sini)
    with acting_as(tills.sini):
        part = made.parts.get()
        money = bills.money_of(tills.clinic.patient.pk, seen_by=tills.sini)
    assert (part.on_bill, money.on_account, tills.again(bill).status) == (800, 200, "PAID")


def test_a_part_payment_leaves_the_rest_owed(tills: Tills):
    bill = tills.clinic.bill()
    actions.checkout(bill.pk, [Tender("CASH", Decimal(300))], "k", by=tills.sini)
    assert (tills.again(bill).status, tills.again(bill).owed) == ("PARTIALLY_PAID", 500)


@pytest.mark.parametrize(
    "tender",
    [
        Tender("CHEQUE", Decimal(1)), Tender("ONLINE", Decimal(1)), Tender("CASH", Decimal(0)),
        Tender("CASH", Decimal(-5)), Tender("CASH", Decimal("0.005")), Tender("UPI", Decimal("NaN")),
        Tender("UPI", Decimal("Infinity")), Tender("CARD", Decimal(10) ** 12),
        Tender("CASH", Decimal(100), given=Decimal(99)),
    ],
    ids=str,
)  # fmt: skip
def test_bad_tenders_get_a_sentence_and_change_nothing(tills: Tills, tender: Tender):
    bill = tills.clinic.draft(tills.clinic.consultation)
    with pytest.raises(Invalid):
        actions.checkout(bill.pk, [tender], "k", by=tills.sini)
    assert _nothing_taken(tills) and tills.again(bill).status == "DRAFT"


def test_who_may_not_check_out_changes_nothing(tills: Tills):
    bill = tills.clinic.draft(tills.clinic.consultation)
    for nobody in (tills.nurse, tills.clinic.as_patient(tills.clinic.patient), tills.clinic.stranger):
        with pytest.raises(DomainError):
            actions.checkout(bill.pk, [Tender("CASH", Decimal(800))], "k", by=nobody)
    with pytest.raises(NotPermitted):
        actions.checkout(bill.pk, [Tender("CASH", Decimal(800))], "k", by=tills.clinic.desk)  # may bill, not check out
    assert _nothing_taken(tills)


def test_a_checkout_is_kept_as_it_was(tills: Tills):
    made = actions.checkout(tills.clinic.bill().pk, [Tender("UPI", Decimal(800))], "k", by=tills.sini)
    for change in ("UPDATE tills_checkout SET change = 5 WHERE id = %s", "DELETE FROM tills_checkout WHERE id = %s"):
        assert attack(change, [made.pk], by=tills.clinic.system) == "42501"
    other = tills.clinic.as_patient(tills.clinic.other_patient)
    with acting_as(other):
        assert not Checkout.objects.exists()
    with acting_as(tills.clinic.as_patient(tills.clinic.patient)):
        assert Checkout.objects.count() == 1
