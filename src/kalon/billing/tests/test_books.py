"""Every movement of money is in the books and balances, however the row was moved; nobody else writes there."""

from decimal import Decimal
from typing import Any

import pytest

from kalon.billing import actions, queries
from kalon.billing.models import Bill
from kalon.billing.tests.sql import DENIED, DONE, attack
from kalon.kernel.errors import NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.ledger import queries as ledger
from kalon.ledger.models import Entry, Posting

pytestmark = pytest.mark.django_db


def test_a_bill_is_owed_earned_and_taxed(clinic):
    clinic.bill(clinic.consultation, clinic.botox)
    assert books(clinic) == {
        "RECEIVABLE": "17320.00", "REVENUE": "-14800.00", "CGST": "-1260.00", "SGST": "-1260.00"
    }  # fmt: skip


def test_a_discount_is_seen_beside_what_would_have_been_earned(clinic):
    bill = clinic.draft()
    line = actions.LineDetails(service_id=clinic.botox.pk, discount=Decimal(1400), discount_reason="Staff")
    actions.add_line(bill.pk, line, by=clinic.desk)
    actions.finalize(bill.pk, by=clinic.desk)
    assert books(clinic) == {
        "RECEIVABLE": "14868.00", "REVENUE": "-14000.00", "DISCOUNTS": "1400.00", "CGST": "-1134.00",
        "SGST": "-1134.00",
    }  # fmt: skip


def test_what_an_insurer_owes_and_what_is_earned_later_stand_apart(clinic):
    bill = clinic.draft()
    for more in ({"payer": "INSURER"}, {"earns": "DEFERRED"}, {"earns": "VOUCHERS"}):
        line = actions.LineDetails(description="A thing", unit_price=Decimal(100), **more)
        actions.add_line(bill.pk, line, by=clinic.desk)
    actions.finalize(bill.pk, by=clinic.desk)
    assert books(clinic) == {
        "RECEIVABLE": "200.00", "RECEIVABLE_PAYER": "100.00", "REVENUE": "-100.00", "DEFERRED": "-100.00",
        "VOUCHERS": "-100.00",
    }  # fmt: skip


def test_a_draft_and_a_payment_that_waits_move_nothing(clinic):
    clinic.draft(clinic.botox)
    bill = clinic.bill()
    actions.start_online_payment(bill.pk, by=clinic.desk)
    assert books(clinic) == {"RECEIVABLE": "800.00", "REVENUE": "-800.00"}


def test_money_comes_in_goes_on_a_bill_off_it_and_back(clinic):
    bill = clinic.bill()
    payment = clinic.pay(bill, "300.00", method="CARD")
    assert books(clinic) == {"RECEIVABLE": "500.00", "REVENUE": "-800.00", "CARD": "300.00"}
    actions.release(bill.pk, "Wrong bill", by=clinic.desk)
    assert books(clinic)["ADVANCES"] == "-300.00"
    refund = actions.request_refund(payment.pk, Decimal(100), "Too much", by=clinic.desk)
    actions.approve_refund(refund.pk, by=clinic.desk)
    assert books(clinic)["CARD"] == "300.00"
    actions.refund_done(refund.pk, by=clinic.desk)
    assert books(clinic) == {"RECEIVABLE": "800.00", "REVENUE": "-800.00", "CARD": "200.00", "ADVANCES": "-200.00"}
    with acting_as(clinic.system):
        assert ledger.balance_of(clinic.patient.pk, "ADVANCES", seen_by=clinic.system) == Decimal(-200)


def test_a_cancelled_bill_leaves_nothing_but_its_money_on_account(clinic):
    bill = clinic.bill(clinic.botox)
    clinic.pay(bill, "520.00")
    actions.void_bill(bill.pk, "Entered twice", by=clinic.desk)
    assert books(clinic) == {"CASH": "520.00", "ADVANCES": "-520.00"}


def test_a_line_taken_back_in_parts_and_then_the_rest(clinic):
    bill = clinic.draft()
    line = actions.LineDetails(
        service_id=clinic.botox.pk, quantity=Decimal(3), discount=Decimal("100.00"), discount_reason="Three"
    )
    actions.add_line(bill.pk, line, by=clinic.desk)
    actions.add_line(bill.pk, actions.LineDetails(service_id=clinic.consultation.pk), by=clinic.desk)
    actions.finalize(bill.pk, by=clinic.desk)
    with acting_as(clinic.system):
        first = bill.lines.get(position=1)
    for _ in range(2):
        actions.credit_line(bill.pk, first.pk, Decimal(1), "Not given", by=clinic.desk)
    third = {"RECEIVABLE": "17280.67", "REVENUE": "-14800.00", "DISCOUNTS": "33.33", "CGST": "-1257.00",
             "SGST": "-1257.00"}  # fmt: skip
    assert books(clinic) == third
    actions.void_bill(bill.pk, "All of it", by=clinic.desk)
    assert books(clinic) == {}


def test_what_is_given_up_is_written_off(clinic):
    bill = clinic.bill()
    clinic.pay(bill, "300.00")
    actions.write_off(bill.pk, "Cannot pay", by=clinic.desk)
    assert books(clinic) == {"REVENUE": "-800.00", "CASH": "300.00", "WRITE_OFFS": "500.00"}


def test_postings_say_what_they_are_about(clinic):
    bill = clinic.bill(clinic.botox)
    payment = clinic.pay(bill, "100.00")
    with acting_as(clinic.system):
        line = bill.lines.get()
        rows = Posting.objects.filter(bill_id=bill.pk)
        assert set(rows.values_list("bill_line_id", "service_id", "patient_id", "branch_id")) == {
            (line.pk, clinic.botox.pk, clinic.patient.pk, clinic.branch.pk)
        }
        assert set(Posting.objects.filter(payment_id=payment.pk).values_list("account", "amount")) == {
            ("CASH", Decimal(100)), ("ADVANCES", Decimal(-100)), ("ADVANCES", Decimal(100)),
            ("RECEIVABLE", Decimal(-100)),
        }  # fmt: skip
        made = Entry.objects.get(source_id=bill.pk)
        assert (made.kind, made.currency, made.by_name, made.date) == ("BILL", "INR", "Sini Paul", bill.bill_date)


ATTACKS = (
    "UPDATE ledger_posting SET amount = 1",
    "DELETE FROM ledger_posting",
    "UPDATE ledger_balance SET amount = 0",
    "UPDATE ledger_entry SET kind = 'X'",
    "INSERT INTO ledger_posting (organization_id, entry_id, branch_id, date, account, amount) "
    "SELECT organization_id, id, branch_id, date, 'CASH', 5 FROM ledger_entry LIMIT 1",
    "SELECT billing_post_all()",
    "SELECT billing_post_bill(bill) FROM billing_bill bill",
    "SELECT kalon_ledger_move('X', 'x', gen_random_uuid(), organization_id, branch_id, NULL, now(), 'CASH', 'UPI', 5) "
    "FROM ledger_entry LIMIT 1",
)


@pytest.mark.parametrize("statement", ATTACKS)
def test_not_even_the_applications_own_role_writes_in_the_books(clinic, statement):
    clinic.pay(clinic.bill(), "100.00")
    assert attack(statement, by=clinic.system) == DENIED
    assert attack("SELECT FROM ledger_posting", by=clinic.system) == DONE


def test_the_currency_stands_once_money_has_moved(clinic):
    change = "UPDATE people_organization SET currency = 'AED'"
    assert attack(change, by=clinic.system) == DONE
    clinic.bill()
    assert attack(change, by=clinic.system) == "ledger_currency_stands"


def test_who_has_no_right_to_the_books_reads_nothing(clinic):
    with acting_as(clinic.stranger), pytest.raises(NotPermitted):
        ledger.proof(seen_by=clinic.stranger)


def books(clinic: Any) -> dict[str, str]:
    """What stands on each account, after the proof that it all follows from the postings and the bills."""
    with acting_as(clinic.system):
        assert ledger.proof(seen_by=clinic.system) == []
        assert queries.mismatches(seen_by=clinic.system) == []
        sums: dict[str, Decimal] = {}
        for account, amount in Posting.objects.values_list("account", "amount"):
            sums[account] = sums.get(account, Decimal(0)) + amount
        owed = sum(bill.owed for bill in Bill.objects.exclude(status="DRAFT"))
        assert sums.get("RECEIVABLE", 0) + sums.get("RECEIVABLE_PAYER", 0) == owed
    return {account: str(amount) for account, amount in sums.items() if amount}
